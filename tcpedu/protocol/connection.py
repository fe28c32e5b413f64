"""입출력이 없는 TCP 연결: 호출과 세그먼트와 시각이 들어오고 세그먼트가 나간다 (RFC 9293 §3.10).

시계도 소켓도 난수도 모른다. `now`(초)를 넘기고, 돌려받은 세그먼트를 전하고, `next_timer()`가 말한 시각에 `poll`을
부르면 된다. 여기에는 호출과 변수만 있고, 일은 부품이 나누어 한다: 세그먼트 도착은 `arrival`, 타이머는 `timers`,
출력은 `output`, 보내기와 받기는 `sender`와 `receiver`. 상태는 언제나 `state.TRANSITIONS`의 표를 따라서만 바뀐다.
강의: lessons/04_connection_establishment.ipynb, lessons/05_connection_termination.ipynb
"""

from __future__ import annotations

from enum import StrEnum

from . import timers
from .arrival import arrive
from .arrival_fast import take_predicted
from .config import Config, Negotiated
from .output import acknowledgement, flush
from .reopening import may_reopen
from .segment import Segment
from .state import Event, State, TransitionError
from .tcb import Change, Notice, Tcb

__all__ = ["Change", "Connection", "ConnectionClosedError", "Notice"]

_LISTEN = State.LISTEN
_PREDICTED = (State.ESTABLISHED, State.FIN_WAIT_1)
_RECEIVING = (State.ESTABLISHED, State.FIN_WAIT_1, State.FIN_WAIT_2)
_SENDING = (State.SYN_SENT, State.SYN_RCVD, State.ESTABLISHED, State.CLOSE_WAIT)


class ConnectionClosedError(ValueError):
    """이 상태에서는 할 수 없는 호출이다."""


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
        self._tcb = Tcb(self.config, iss % (1 << 32))
        self.changes: list[Change] = self._tcb.changes  # 지금까지의 상태 변화
        self.called = False  # 마지막으로 내보낸 뒤에 호출이 있었다: `poll`이 할 일이 있다
        self.only_data = False  # 마지막 `receive`는 데이터를 받았을 뿐이다: 상태도 송신 변수도 그대로다

    # RFC의 변수 -----------------------------------------------------------

    @property
    def state(self) -> State:
        """지금의 상태 (RFC 9293 §3.3.2)."""
        return self._tcb.state

    @property
    def moves(self) -> list[Change]:
        """지금까지 따른 전이 표의 줄. 상태가 그대로인 것(challenge ACK, 물리치는 RST)도 들어 있다."""
        return self._tcb.moves

    @property
    def error(self) -> str | None:
        """연결이 비정상으로 끝난 까닭. 그렇지 않으면 `None`."""
        return self._tcb.error

    @property
    def warnings(self) -> list[Notice]:
        """연결은 살아 있지만 알아야 할 일: R1을 넘긴 재전송 (RFC 9293 §3.8.3)."""
        return self._tcb.warnings

    @property
    def negotiated(self) -> Negotiated:
        """SYN을 주고받으며 정해진 것."""
        return self._tcb.negotiated

    @property
    def remote_port(self) -> int | None:
        """상대의 포트. 아직 모르면 `None`."""
        return self._tcb.remote_port

    @property
    def iss(self) -> int:
        """초기 송신 순서 번호 (ISS)."""
        return self._tcb.iss

    @property
    def snd_una(self) -> int:
        """확인받지 못한 가장 오래된 순서 번호 (SND.UNA)."""
        return self._tcb.sender.seq(self._tcb.sender.una)

    @property
    def snd_nxt(self) -> int:
        """다음에 보낼 순서 번호 (SND.NXT). 재전송 타임아웃 뒤에는 SND.UNA로 되돌아간다."""
        return self._tcb.sender.seq(self._tcb.sender.nxt)

    @property
    def snd_wnd(self) -> int:
        """상대가 허락한 송신 윈도우, 바이트 (SND.WND)."""
        return self._tcb.sender.wnd

    @property
    def irs(self) -> int | None:
        """상대의 초기 순서 번호 (IRS). SYN을 받기 전에는 `None`."""
        return self._tcb.receiver.irs if self._tcb.receiver else None

    @property
    def rcv_nxt(self) -> int | None:
        """다음에 받을 순서 번호 (RCV.NXT). SYN을 받기 전에는 `None`."""
        return self._tcb.receiver.nxt if self._tcb.receiver else None

    @property
    def rcv_wnd(self) -> int:
        """내 수신 윈도우, 바이트 (RCV.WND)."""
        return self._tcb.receiver.wnd if self._tcb.receiver else self.config.receive_buffer

    @property
    def srtt(self) -> float | None:
        """평활 왕복 시간, 초 (RFC 6298). 표본이 없으면 `None`."""
        return self._tcb.sender.estimator.srtt

    @property
    def rttvar(self) -> float | None:
        """왕복 시간의 편차, 초 (RFC 6298). 표본이 없으면 `None`."""
        return self._tcb.sender.estimator.rttvar

    @property
    def rto(self) -> float:
        """재전송 타임아웃, 초 (RFC 6298)."""
        return self._tcb.sender.estimator.rto

    @property
    def rtx_at(self) -> float | None:
        """재전송 타이머가 끝날 시각, 초 (RFC 6298 §5). 꺼져 있으면 `None`."""
        return self._tcb.sender.rtx_at

    @property
    def cwnd(self) -> int:
        """혼잡 윈도우, 바이트 (RFC 5681). 빠른 회복 동안에는 부풀리거나 줄인 값이다."""
        return self._tcb.sender.recovery.cwnd

    @property
    def ssthresh(self) -> float:
        """슬로 스타트의 문턱, 바이트. 아직 정해지지 않았으면 무한대 (RFC 5681)."""
        return self._tcb.sender.congestion.ssthresh

    @property
    def sending_limits(self) -> tuple[int, float, float]:
        """`(cwnd, ssthresh, rto)`를 한꺼번에: 바뀌었는지 자주 살필 때 쓴다."""
        sender = self._tcb.sender
        congestion, recovery = sender.congestion, sender.recovery
        return recovery.cwnd if recovery.active else congestion.cwnd, congestion.ssthresh, sender.estimator.rto

    @property
    def phase(self) -> StrEnum:
        """혼잡 제어의 단계."""
        return self._tcb.sender.congestion.phase

    @property
    def in_flight(self) -> int:
        """보내고 아직 확인받지 못한 바이트 수: FlightSize (RFC 5681 §2)."""
        sender = self._tcb.sender
        return sender.nxt - sender.una

    @property
    def written(self) -> int:
        """지금까지 송신 버퍼가 맡은 바이트 수. 보낸 것과 확인받은 것도 센다."""
        return self._tcb.sender.buffer.end

    @property
    def persist_at(self) -> float | None:
        """지속 타이머가 끝나 제로 윈도우 탐침을 보낼 시각. 돌고 있지 않으면 `None` (RFC 9293 §3.8.6.1)."""
        persist = self._tcb.sender.persist
        return None if persist.is_override else persist.at

    @property
    def out_of_order(self) -> list[tuple[int, int]]:
        """빈틈 뒤에 따로 받아 둔 구간들의 (처음, 끝 다음) 순서 번호."""
        return self._tcb.receiver.blocks if self._tcb.receiver else []

    @property
    def readable(self) -> int:
        """지금 `read`할 수 있는 바이트 수."""
        receiver = self._tcb.receiver
        return receiver.available if receiver is not None else 0

    @property
    def eof(self) -> bool:
        """상대가 FIN을 보냈고 그 앞의 데이터를 모두 읽었는가."""
        receiver = self._tcb.receiver
        return receiver is not None and receiver.eof and not receiver.available

    # 사용자 호출 (RFC 9293 §3.10.1–3.10.5) --------------------------------

    def open(self, active: bool = True) -> None:
        """OPEN 호출. 능동이면 다음 `poll`에서 SYN이 나간다 (RFC 9293 §3.10.1)."""
        if self.state is State.CLOSED:
            self._tcb.clear(State.CLOSED)  # 끝난 연결의 흔적을 지운다
        if active and self.config.remote_port is None:
            raise ConnectionClosedError("능동 개방에는 상대 포트가 필요합니다: Config(remote_port=…)를 지정하세요")
        self._user(Event.OPEN_ACTIVE if active else Event.OPEN_PASSIVE)
        self._tcb.passive = not active

    def listen(self) -> None:
        """수동 개방: `open(active=False)`와 같다."""
        self.open(active=False)

    def write(self, data: bytes | memoryview) -> int:
        """SEND 호출. 송신 버퍼에 들어간 바이트 수를 돌려준다 (RFC 9293 §3.10.2)."""
        state = self._tcb.state
        if state is _LISTEN and self.config.remote_port is not None:
            self._user(Event.SEND)
            self._tcb.passive = False
            state = self._tcb.state
        if state not in _SENDING or self._tcb.close_pending:
            raise ConnectionClosedError(f"{state.name} 상태에서는 데이터를 보낼 수 없습니다")
        sender = self._tcb.sender
        # 꽉 찬 세그먼트가 이미 기다리고 있으면 막은 것은 윈도우다: 더 맡겨도 새로 나갈 것이 없다.
        if sender.unsent < sender.mss:
            self.called = True
        return sender.buffer.append(data)

    def read(self, n: int | None = None) -> bytes:
        """RECEIVE 호출. 순서가 맞은 바이트를 최대 `n`개, 없으면 빈 바이트 (RFC 9293 §3.10.3)."""
        tcb = self._tcb
        receiver = tcb.receiver
        if receiver is None or not receiver.available:
            return b""
        data = receiver.read(n)
        if data and receiver.window_opened() and tcb.state in _RECEIVING:
            tcb.ack_now = self.called = True
        return data

    def close(self) -> None:
        """CLOSE 호출: 더 보낼 것이 없다. 버퍼에 남은 데이터 뒤에 FIN이 나간다 (RFC 9293 §3.10.4)."""
        if self.state is State.SYN_RCVD and self._tcb.sender.unsent:
            self._tcb.close_pending = True  # 보낼 데이터가 남았으면 ESTABLISHED가 된 뒤에 닫는다
        elif not self._tcb.close_pending:
            self._user(Event.CLOSE)

    def abort(self) -> None:
        """ABORT 호출: RST를 보내고 곧바로 CLOSED (RFC 9293 §3.10.5)."""
        self._user(Event.ABORT)

    def _user(self, event: Event) -> None:
        self.called = True
        try:
            self._tcb.move(event)
        except TransitionError as error:
            raise ConnectionClosedError(str(error)) from None

    def reopens(self, segment: Segment) -> bool:
        """TIME_WAIT인 이 연결의 자리에 온 이 SYN으로 새 연결을 열어도 되는가 (RFC 9293 §3.6.1, RFC 6191)."""
        return may_reopen(self._tcb, segment)

    # 세그먼트와 시간 ------------------------------------------------------

    def receive(self, segment: Segment, now: float, *, ce: bool = False) -> list[Segment]:
        """세그먼트 하나를 처리하고 그에 답해 나갈 것을 돌려준다 (RFC 9293 §3.10.7).

        `ce`는 IP 헤더에 혼잡 표시(CE)가 있었다는 뜻이다 (RFC 3168).
        """
        tcb = self._tcb
        may_send = take_predicted(tcb, segment, now) if tcb.state in _PREDICTED else None
        if may_send is None:
            arrive(tcb, segment, now, ce)
        elif not may_send and not self.called:
            self.only_data = True
            return [acknowledgement(tcb, now)] if tcb.ack_now else []
        self.only_data = False
        return flush(tcb, now)

    def poll(self, now: float) -> list[Segment]:
        """끝난 타이머를 처리하고 보낼 수 있는 것을 모두 돌려준다 (RFC 9293 §3.10.8)."""
        if not timers.run(self._tcb, now) and not self.called:
            return []  # 호출도 끝난 타이머도 없으면 새로 나갈 것이 없다
        self.called = False
        return flush(self._tcb, now)

    def delayed_ack(self) -> float | None:
        """미룬 ACK를 보낼 시각. 미룬 것이 없으면 `None` (RFC 9293 §3.8.6.3)."""
        receiver = self._tcb.receiver
        return receiver.delayed.at if receiver is not None else None

    def next_timer(self) -> float | None:
        """가장 먼저 끝나는 타이머의 시각. 없으면 `None`."""
        return timers.next_timer(self._tcb)
