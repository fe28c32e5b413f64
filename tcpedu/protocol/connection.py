"""입출력이 없는 TCP 연결: 호출과 세그먼트와 시각이 들어오고 세그먼트가 나간다 (RFC 9293 §3.10).

시계도 소켓도 난수도 모른다. `now`(초)를 넘기고, 돌려받은 세그먼트를 전하고, `next_timer()`가 말한 시각에 `poll`을
부르면 된다. 상태는 언제나 `state.TRANSITIONS`의 표를 따라서만 바뀐다.
강의: lessons/04_connection_establishment.ipynb, lessons/05_connection_termination.ipynb
"""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

from .config import Config, Negotiated
from .handshake import negotiate, reset_for, syn_options, timestamp
from .receiver import Receiver
from .segment import Flags, NoOperation, Option, Segment, Timestamps
from .sender import Chunk, Sender
from .seqnum import seq_add, seq_diff, seq_lt
from .state import Action, Event, State, TransitionError, transition

SYNCHRONIZED = frozenset(State) - {State.CLOSED, State.LISTEN, State.SYN_SENT}
_RECEIVING = (State.ESTABLISHED, State.FIN_WAIT_1, State.FIN_WAIT_2)
_SENDING = (State.SYN_SENT, State.SYN_RCVD, State.ESTABLISHED, State.CLOSE_WAIT)


class ConnectionClosedError(ValueError):
    """이 상태에서는 할 수 없는 호출이다."""


class Change(NamedTuple):
    """상태가 한 번 바뀐 기록."""

    event: Event
    old: State
    new: State


class Connection:
    """TCP 연결의 한쪽 끝 (RFC 9293 §3.10).

    `iss`는 초기 송신 순서 번호다. 호출(`open`, `write`, `close` …)은 아무것도 내보내지 않는다. 나갈 세그먼트는
    `poll(now)`과 `receive(segment, now)`가 돌려준다.

    >>> client, server = Connection(Config(50000, 80), iss=100), Connection(Config(80), iss=300)
    >>> client.open(); server.listen()
    >>> (syn,) = client.poll(now=0.0)
    >>> (syn_ack,) = server.receive(syn, now=0.1)
    >>> (ack,) = client.receive(syn_ack, now=0.2)
    >>> server.receive(ack, now=0.3)
    []
    >>> ack.summary(), server.state.name
    ('ACK seq=101 ack=301 win=65535', 'ESTABLISHED')
    """

    def __init__(self, config: Config | None = None, *, iss: int) -> None:
        self.config = config or Config()
        self.iss = iss % (1 << 32)
        self.changes: list[Change] = []
        self.error: str | None = None  # 연결이 비정상으로 끝난 까닭
        self._reset_to(State.CLOSED)

    def _reset_to(self, state: State) -> None:
        self.state = state
        self.remote_port = self.config.remote_port
        self.negotiated = Negotiated()
        self._sender = Sender(self.config, self.iss)
        self._receiver: Receiver | None = None
        self._syn: Segment | None = None  # 상대의 SYN
        self._passive = state is State.LISTEN
        self._close_pending = False
        self._outbox: list[Segment] = []
        self._start_syn = False
        self._ack_needed = False
        self._time_wait_at: float | None = None
        self._recent_timestamp = 0  # TS.Recent (RFC 7323 §4.3)

    # RFC의 변수 -----------------------------------------------------------

    @property
    def snd_una(self) -> int:
        """확인받지 못한 가장 오래된 순서 번호 (SND.UNA)."""
        return self._sender.una

    @property
    def snd_nxt(self) -> int:
        """다음에 보낼 순서 번호 (SND.NXT)."""
        return self._sender.nxt

    @property
    def snd_wnd(self) -> int:
        """상대가 허락한 송신 윈도우, 바이트 (SND.WND)."""
        return self._sender.wnd

    @property
    def irs(self) -> int | None:
        """상대의 초기 순서 번호 (IRS). SYN을 받기 전에는 `None`."""
        return self._receiver.irs if self._receiver else None

    @property
    def rcv_nxt(self) -> int | None:
        """다음에 받을 순서 번호 (RCV.NXT). SYN을 받기 전에는 `None`."""
        return self._receiver.nxt if self._receiver else None

    @property
    def rcv_wnd(self) -> int:
        """내 수신 윈도우, 바이트 (RCV.WND)."""
        return self._receiver.wnd if self._receiver else self.config.receive_buffer

    @property
    def srtt(self) -> float | None:
        """평활 왕복 시간, 초 (RFC 6298). 표본이 없으면 `None`."""
        return self._sender.estimator.srtt

    @property
    def rttvar(self) -> float | None:
        """왕복 시간의 편차, 초 (RFC 6298). 표본이 없으면 `None`."""
        return self._sender.estimator.rttvar

    @property
    def rto(self) -> float:
        """재전송 타임아웃, 초 (RFC 6298)."""
        return self._sender.estimator.rto

    @property
    def readable(self) -> int:
        """지금 `read`할 수 있는 바이트 수."""
        return self._receiver.available if self._receiver else 0

    @property
    def eof(self) -> bool:
        """상대가 FIN을 보냈고 그 앞의 데이터를 모두 읽었는가."""
        return self._receiver is not None and self._receiver.eof and not self.readable

    # 사용자 호출 (RFC 9293 §3.10.1–3.10.5) --------------------------------

    def open(self, active: bool = True) -> None:
        """OPEN 호출. 능동이면 다음 `poll`에서 SYN이 나간다 (RFC 9293 §3.10.1)."""
        if self.state is State.CLOSED:
            self._reset_to(State.CLOSED)  # 끝난 연결의 흔적을 지운다
        if active and self.config.remote_port is None:
            raise ConnectionClosedError("능동 개방에는 상대 포트가 필요합니다: Config(remote_port=…)를 지정하세요")
        self._user(Event.OPEN_ACTIVE if active else Event.OPEN_PASSIVE)
        self._passive = not active

    def listen(self) -> None:
        """수동 개방: `open(active=False)`와 같다."""
        self.open(active=False)

    def write(self, data: bytes) -> int:
        """SEND 호출. 송신 버퍼에 들어간 바이트 수를 돌려준다 (RFC 9293 §3.10.2)."""
        if self.state is State.LISTEN and self.config.remote_port is not None:
            self._user(Event.SEND)
            self._passive = False
        if self.state not in _SENDING or self._close_pending:
            raise ConnectionClosedError(f"{self.state.name} 상태에서는 데이터를 보낼 수 없습니다")
        return self._sender.write(data)

    def read(self, n: int | None = None) -> bytes:
        """RECEIVE 호출. 순서가 맞은 바이트를 최대 `n`개, 없으면 빈 바이트 (RFC 9293 §3.10.3)."""
        if self._receiver is None:
            return b""
        data = self._receiver.read(n)
        if self.state in _RECEIVING and self._receiver.window_opened:
            self._ack_needed = True
        return data

    def close(self) -> None:
        """CLOSE 호출: 더 보낼 것이 없다. 버퍼에 남은 데이터 뒤에 FIN이 나간다 (RFC 9293 §3.10.4)."""
        if self.state is State.SYN_RCVD and self._sender.unsent:
            self._close_pending = True  # 보낼 데이터가 남았으면 ESTABLISHED가 된 뒤에 닫는다
        elif not self._close_pending:
            self._user(Event.CLOSE)

    def abort(self) -> None:
        """ABORT 호출: RST를 보내고 곧바로 CLOSED (RFC 9293 §3.10.5)."""
        self._user(Event.ABORT)

    def _user(self, event: Event) -> None:
        try:
            self._move(event)
        except TransitionError as error:
            raise ConnectionClosedError(str(error)) from None

    # 상태 전이 ------------------------------------------------------------

    def _move(self, event: Event, segment: Segment | None = None) -> None:
        """표에서 찾은 대로 상태를 바꾸고 정해진 일을 한다."""
        action, target = transition(self.state, event)
        self._perform(action, segment)
        old, self.state = self.state, target
        if target is not old:
            self.changes.append(Change(event, old, target))
        if target is State.CLOSED:
            self._stop_timers()
        elif target is State.LISTEN and old not in (State.CLOSED, State.LISTEN):
            self._reset_to(State.LISTEN)

    def _perform(self, action: Action, segment: Segment | None) -> None:
        if action is Action.SEND_SYN or action is Action.SEND_SYN_ACK:
            self._start_syn = True
        elif action is Action.SEND_ACK:
            self._ack_needed = True
        elif action is Action.SEND_FIN:
            self._sender.queue_fin()
        elif action is Action.SEND_RST:
            self._outbox += self._reset(segment)

    def _reset(self, segment: Segment | None) -> list[Segment]:
        if segment is not None:
            reply = reset_for(segment)
            return [reply] if reply else []
        return [self._segment(Chunk(self.snd_nxt, Flags.RST | Flags.ACK))]

    def _stop_timers(self) -> None:
        self._sender.rtx_at = self._sender.persist_at = self._time_wait_at = None
        self._start_syn = self._ack_needed = False

    # 내보내기 -------------------------------------------------------------

    def poll(self, now: float) -> list[Segment]:
        """끝난 타이머를 처리하고 보낼 수 있는 것을 모두 돌려준다."""
        self._run_timers(now)
        return self._flush(now)

    def next_timer(self) -> float | None:
        """가장 먼저 끝나는 타이머의 시각. 없으면 `None`."""
        timers = (self._sender.rtx_at, self._sender.persist_at, self._time_wait_at)
        return min((at for at in timers if at is not None), default=None)

    def _flush(self, now: float) -> list[Segment]:
        if self._start_syn:
            self._start_syn = False
            self._sender.start_syn(now)
            self._send(Chunk(self.iss, Flags.SYN), now)
        if self.state in SYNCHRONIZED:
            for chunk in self._sender.output(now):
                self._send(chunk, now)
        if self._ack_needed:
            self._send(Chunk(self.snd_nxt, Flags(0)), now)
        out, self._outbox = self._outbox, []
        return out

    def _send(self, chunk: Chunk, now: float) -> None:
        self._outbox.append(self._segment(chunk, now))
        self._ack_needed = False

    def _segment(self, chunk: Chunk, now: float = 0.0) -> Segment:
        """토막에 확인응답과 윈도우와 옵션을 붙인다."""
        is_syn = bool(chunk.flags & Flags.SYN)
        flags, ack, window = chunk.flags, 0, min(self.config.receive_buffer, 0xFFFF)
        if self._receiver is not None:
            flags |= Flags.ACK
            ack = self._receiver.nxt
            window = self._receiver.advertise(syn=is_syn)
        options = self._options(chunk.flags, now)
        return Segment(
            self.config.local_port, self.remote_port or 0, chunk.seq, ack, flags, window, 0, options, chunk.payload
        )

    def _options(self, flags: Flags, now: float) -> tuple[Option, ...]:
        if flags & Flags.SYN:
            return syn_options(self.config, now, self._recent_timestamp, reply_to=self._syn)
        if not self.negotiated.timestamps or flags & Flags.RST:
            return ()
        return (NoOperation(), NoOperation(), Timestamps(timestamp(now), self._recent_timestamp))

    # 타이머 (RFC 9293 §3.10.8) --------------------------------------------

    def _run_timers(self, now: float) -> None:
        if self._time_wait_at is not None and self._time_wait_at <= now:
            self._move(Event.TIMEOUT_2MSL)
        if self._sender.rtx_at is not None and self._sender.rtx_at <= now:
            self._retransmit(now)
        if self._sender.persist_at is not None and self._sender.persist_at <= now:
            probe = self._sender.on_persist(now)
            if probe is not None:
                self._send(probe, now)

    def _retransmit(self, now: float) -> None:
        limit = self.config.retries if self._sender.syn_acked else self.config.syn_retries
        if self._sender.retries >= limit:
            self.error = f"{limit}번 재전송해도 답이 없어 포기했습니다"
            self._move(Event.USER_TIMEOUT)
            return
        self._send(self._sender.on_timeout(now), now)

    # 세그먼트 도착 (RFC 9293 §3.10.7) -------------------------------------

    def receive(self, segment: Segment, now: float) -> list[Segment]:
        """세그먼트 하나를 처리하고 그에 답해 나갈 것을 돌려준다 (RFC 9293 §3.10.7)."""
        if self.state is State.CLOSED:
            self._arrive_closed(segment)
        elif self.state is State.LISTEN:
            self._arrive_listen(segment)
        elif self.state is State.SYN_SENT:
            self._arrive_syn_sent(segment, now)
        else:
            self._arrive_synchronized(segment, now)
        return self._flush(now)

    def _arrive_closed(self, segment: Segment) -> None:
        if segment.has(Flags.RST):
            self._move(Event.RCV_RST)
        elif segment.has(Flags.SYN) and not segment.has(Flags.ACK):
            self._move(Event.RCV_SYN, segment)
        else:
            self._move(Event.RCV_ACK, segment)

    def _arrive_listen(self, segment: Segment) -> None:
        if segment.has(Flags.RST):
            self._move(Event.RCV_RST)
        elif segment.has(Flags.ACK):
            self._move(Event.RCV_ACK, segment)
        elif segment.has(Flags.SYN):
            self.remote_port = segment.src_port
            self._take_syn(segment)
            self._move(Event.RCV_SYN)

    def _arrive_syn_sent(self, segment: Segment, now: float) -> None:
        acks_syn = segment.has(Flags.ACK) and self._sender.acceptable_ack(segment.ack)
        if segment.has(Flags.ACK) and not acks_syn:
            self._outbox += self._reset(segment)  # 첫째: 내 SYN의 것이 아닌 ACK
            return
        if segment.has(Flags.RST):
            if acks_syn:  # 둘째: 내 SYN을 확인하는 RST만 믿는다
                self.error = "연결이 거부되었습니다"
                self._move(Event.RCV_RST)
            return
        if not segment.has(Flags.SYN):
            return
        self._take_syn(segment)
        if acks_syn:
            self._sender.on_ack(segment.ack, now, self._rtt(segment, now))
            self._move(Event.RCV_SYN_ACK)
            self._take_text(segment, now)
        else:
            self._move(Event.RCV_SYN)  # 동시 개방

    def _take_syn(self, segment: Segment) -> None:
        self._syn = segment
        self.negotiated = negotiate(self.config, segment)
        self._receiver = Receiver(self.config, segment.seq, self.negotiated.rcv_wscale)
        stamp = segment.option(Timestamps)
        if self.negotiated.timestamps and stamp:
            self._recent_timestamp = stamp.value
        # 데이터 세그먼트마다 실리는 타임스탬프 12바이트를 뺀 것이 실을 수 있는 데이터다 (RFC 6691 §2).
        self._sender.mss = max(1, self.negotiated.mss - (12 if self.negotiated.timestamps else 0))
        self._sender.wnd, self._sender.wl1, self._sender.wl2 = segment.window, segment.seq, segment.ack

    def _arrive_synchronized(self, segment: Segment, now: float) -> None:
        segment = self._without_repeated_syn(segment)
        if not self._check_sequence(segment, now):
            return
        if segment.has(Flags.RST):
            self._arrive_reset(segment)
            return
        if segment.has(Flags.SYN):
            self._arrive_syn_again()
            return
        if not segment.has(Flags.ACK) or not self._take_ack(segment, now):
            return
        self._update_timestamp(segment)
        self._take_text(segment, now)

    def _without_repeated_syn(self, segment: Segment) -> Segment:
        """동시 개방에서 상대가 SYN을 SYN,ACK로 되풀이하면 SYN을 떼고 ACK만 본다 (RFC 9293 그림 7의 6행)."""
        repeated = segment.has(Flags.SYN | Flags.ACK) and segment.seq == self.irs
        if self.state is not State.SYN_RCVD or not repeated:
            return segment
        # SYN의 윈도우에는 스케일이 없으므로(RFC 7323 §2.2), 보통 세그먼트로 읽어도 커지지 않게 미리 나눈다.
        window = segment.window >> self.negotiated.snd_wscale
        return replace(segment, seq=seq_add(segment.seq, 1), flags=segment.flags & ~Flags.SYN, window=window)

    def _check_sequence(self, segment: Segment, now: float) -> bool:
        """첫째: 순서 번호 확인. 윈도우 밖이면 ACK로 답하고 버린다."""
        assert self._receiver is not None
        if self._receiver.acceptable(segment.seq, segment.length):
            return True
        if segment.has(Flags.RST):
            return False
        if self.state is State.TIME_WAIT and segment.has(Flags.FIN):
            self._move(Event.RCV_FIN)  # 마지막 ACK가 사라져 FIN이 다시 왔다
            self._start_time_wait(now)
            return False
        # 윈도우가 0이어서 데이터는 버리더라도 ACK는 받는다.
        if segment.seq == self._receiver.nxt and segment.has(Flags.ACK) and not segment.has(Flags.SYN):
            self._take_ack(segment, now)
        self._ack_needed = self.state is not State.CLOSED
        return False

    def _arrive_reset(self, segment: Segment) -> None:
        """둘째: RST. 번호가 RCV.NXT와 꼭 맞을 때만 끊고, 아니면 challenge ACK (RFC 5961 §3)."""
        if segment.seq != self.rcv_nxt:
            self._ack_needed = True
            return
        active = self.state is State.SYN_RCVD and not self._passive
        self.error = "연결이 거부되었습니다" if self.state is State.SYN_RCVD else "상대가 연결을 끊었습니다(RST)"
        self._move(Event.RCV_RST_ACTIVE if active else Event.RCV_RST)

    def _arrive_syn_again(self) -> None:
        """넷째: 동기화된 뒤의 SYN."""
        if self.state is State.SYN_RCVD:
            self._ack_needed = True
        else:
            self._move(Event.RCV_SYN)

    # 다섯째: ACK ----------------------------------------------------------

    def _take_ack(self, segment: Segment, now: float) -> bool:
        """ACK를 반영한다. 나머지를 더 볼 세그먼트이면 참."""
        sender = self._sender
        acceptable = sender.acceptable_ack(segment.ack)
        if self.state is State.SYN_RCVD:
            if not acceptable:
                self._outbox += self._reset(segment)
                return False
            # 이 ACK로 윈도우도 정해진다.
            sender.wnd, sender.wl1, sender.wl2 = self._window_of(segment), segment.seq, segment.ack
            sender.on_ack(segment.ack, now, self._rtt(segment, now))
            self._move(Event.RCV_ACK)
            if self._close_pending:
                self._close_pending = False
                self._move(Event.CLOSE)
            return True
        if seq_lt(sender.max_nxt, segment.ack):
            self._ack_needed = True  # 보내지 않은 것을 확인하는 ACK
            return False
        if acceptable:
            sender.on_ack(segment.ack, now, self._rtt(segment, now))
        if not seq_lt(segment.ack, sender.una):
            sender.update_window(segment.seq, segment.ack, self._window_of(segment))
        self._after_fin_acked(segment, now)
        return self.state is not State.CLOSED

    def _after_fin_acked(self, segment: Segment, now: float) -> None:
        if not self._sender.fin_acked:
            return
        if self.state is State.FIN_WAIT_1 and not self._completes_with_fin(segment):
            self._move(Event.RCV_ACK)
        elif self.state is State.CLOSING:
            self._move(Event.RCV_ACK)
            self._start_time_wait(now)
        elif self.state is State.LAST_ACK:
            self._move(Event.RCV_ACK)

    def _completes_with_fin(self, segment: Segment) -> bool:
        """내 FIN의 ACK와 상대의 FIN이 한 세그먼트로, 빈틈 없이 왔는가."""
        assert self._receiver is not None
        in_order = not seq_lt(self._receiver.nxt, segment.seq) and not self._receiver.out_of_order
        return segment.has(Flags.FIN) and in_order

    def _window_of(self, segment: Segment) -> int:
        return segment.window << self.negotiated.snd_wscale

    def _rtt(self, segment: Segment, now: float) -> float | None:
        """타임스탬프로 잰 왕복 시간 (RFC 7323 §4)."""
        stamp = segment.option(Timestamps)
        if not self.negotiated.timestamps or stamp is None or not stamp.echo:
            return None
        return max(0, seq_diff(timestamp(now), stamp.echo)) / 1000

    def _update_timestamp(self, segment: Segment) -> None:
        stamp = segment.option(Timestamps)
        if self.negotiated.timestamps and stamp and not seq_lt(self.rcv_nxt or 0, segment.seq):
            self._recent_timestamp = stamp.value  # RFC 7323 §4.3

    # 일곱째, 여덟째: 데이터와 FIN ------------------------------------------

    def _take_text(self, segment: Segment, now: float) -> None:
        receiver = self._receiver
        if receiver is None or not (segment.payload or segment.has(Flags.FIN)):
            return
        if receiver.eof:
            self._ack_needed = True
            return
        seq = seq_add(segment.seq, 1) if segment.has(Flags.SYN) else segment.seq
        receiver.take(seq, segment.payload, segment.has(Flags.FIN))
        self._ack_needed = True
        if receiver.eof:
            self._arrive_fin(now)

    def _arrive_fin(self, now: float) -> None:
        both_done = self.state is State.FIN_WAIT_1 and self._sender.fin_acked
        self._move(Event.RCV_FIN_ACK if both_done else Event.RCV_FIN)
        if self.state is State.TIME_WAIT:
            self._start_time_wait(now)

    def _start_time_wait(self, now: float) -> None:
        self._sender.rtx_at = self._sender.persist_at = None
        self._time_wait_at = now + 2 * self.config.msl
