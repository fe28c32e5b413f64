"""전송 제어 블록(TCB): 연결 하나의 변수를 모두 모은 것 (RFC 9293 §3.3.1)과 표를 따른 상태 전이 (§3.3.2).

강의: lessons/06_state_diagram.ipynb
"""

from __future__ import annotations

from typing import NamedTuple

from .challenge import ChallengeLimit
from .config import Config, Negotiated
from .handshake import negotiate, reset_for
from .keepalive import Keepalive
from .paws import TimestampState
from .receiver import Receiver
from .segment import Flags, Segment, Timestamps
from .sender import Sender
from .state import Action, Event, State, transition


class Change(NamedTuple):
    """상태가 한 번 바뀐 기록."""

    event: Event
    old: State
    new: State


class Notice(NamedTuple):
    """연결은 살아 있지만 사용자가 알아야 할 일: 시각(초)과 까닭."""

    time: float
    why: str


class Tcb:
    """연결 하나의 변수. 세그먼트 도착(`arrival`), 호출(`connection`), 타이머(`timers`), 출력(`output`)이 함께 쓴다."""

    def __init__(self, config: Config, iss: int) -> None:
        self.config = config
        self.iss = iss
        self.changes: list[Change] = []
        self.moves: list[Change] = []  # 제자리 전이까지
        self.warnings: list[Notice] = []  # 아직 포기하지는 않았지만 알려야 할 일
        self.error: str | None = None  # 연결이 비정상으로 끝난 까닭
        self.clear(State.CLOSED)

    def clear(self, state: State) -> None:
        """연결의 흔적을 지우고 `state`에서 시작한다."""
        self.state = state
        self.passive = state is State.LISTEN
        self.remote_port = self.config.remote_port
        self.negotiated = Negotiated()
        self.sender = Sender(self.config, self.iss)
        self.receiver: Receiver | None = None
        self.peer_syn: Segment | None = None
        self.timestamps: TimestampState | None = None  # 협상했을 때만
        self.keepalive = Keepalive(self.config)
        self.challenges = ChallengeLimit()
        self.close_pending = False  # SYN_RCVD에서 닫았고 보낼 데이터가 남았다
        self.ack_now = False  # 확인응답을 곧바로 보내야 한다
        self.echo_congestion = False  # CE를 받았다: CWR이 올 때까지 ECE를 단다 (RFC 3168 §6.1.3)
        self.attentive = False  # ACK나 데이터마다 더 살필 것이 있다: 세그먼트를 예측하지 않는다
        self.time_wait_at: float | None = None
        self.outbox: list[Segment] = []

    # 상태 전이 ------------------------------------------------------------

    def move(self, event: Event, segment: Segment | None = None) -> None:
        """표에서 찾은 대로 상태를 바꾸고 정해진 일을 한다. 없는 전이는 `TransitionError`."""
        action, target = transition(self.state, event)
        self._perform(action, segment)
        old, self.state = self.state, target
        self.moves.append(Change(event, old, target))
        if target is not old:
            self.changes.append(Change(event, old, target))
        if target is State.CLOSED:
            self.stop_timers()
        elif target is State.LISTEN and old not in (State.CLOSED, State.LISTEN):
            self.clear(State.LISTEN)

    def _perform(self, action: Action, segment: Segment | None) -> None:
        if action is Action.SEND_SYN or action is Action.SEND_SYN_ACK:
            self.sender.restart_syn()
        elif action is Action.SEND_ACK:
            self.ack_now = True
        elif action is Action.SEND_FIN:
            self.sender.fin_queued = True
        elif action is Action.SEND_RST:
            self.refuse(segment)

    def refuse(self, segment: Segment | None) -> None:
        """RST를 보낸다. 답할 세그먼트가 없으면 내 쪽에서 끊는 것이다 (RFC 9293 §3.5.2, §3.10.5)."""
        if segment is not None:
            reply = reset_for(segment)
            self.outbox += [reply] if reply else []
            return
        sender, ack = self.sender, self.receiver.nxt if self.receiver else 0
        self.outbox.append(
            Segment(
                self.config.local_port, self.remote_port or 0, sender.seq(sender.max_nxt), ack,
                Flags.RST | Flags.ACK, window=0,
            )
        )  # fmt: skip

    def challenge(self, now: float) -> None:
        """지금의 번호를 알리는 ACK로 답하되, 한도를 넘으면 답하지 않는다 (RFC 5961 §7)."""
        if self.challenges.allow(now):
            self.ack_now = True

    def give_up(self, why: str) -> None:
        """상대가 답하지 않아 연결을 버린다 (RFC 9293 §3.10.8)."""
        self.error = why
        self.move(Event.USER_TIMEOUT)

    def stop_timers(self) -> None:
        """끝난 연결에는 타이머도 보낼 것도 없다."""
        sender = self.sender
        sender.rtx_at = sender.waiting_since = sender.recovery.early_at = None
        sender.persist.at = sender.pacer.at = None
        self.time_wait_at = self.keepalive.at = None
        if self.receiver is not None:
            self.receiver.delayed.at = None
        self.ack_now = False

    def start_time_wait(self, now: float) -> None:
        """다른 타이머를 모두 끄고 2 MSL을 (다시) 잰다 (RFC 9293 §3.10.7.4)."""
        ack_now = self.ack_now
        self.stop_timers()
        self.ack_now = ack_now
        self.time_wait_at = now + 2 * self.config.msl

    # 상대의 SYN -----------------------------------------------------------

    def take_syn(self, segment: Segment, now: float) -> None:
        """상대의 SYN에서 수신 변수와 협상 결과를 정한다 (RFC 9293 §3.10.7.2, §3.10.7.3)."""
        self.peer_syn = segment
        self.negotiated = negotiated = negotiate(self.config, segment)
        self.receiver = Receiver(self.config, segment.seq, negotiated.rcv_wscale)
        stamp = segment.option(Timestamps)
        self.timestamps = TimestampState(now, stamp.value) if negotiated.timestamps and stamp else None
        # 데이터 세그먼트마다 실리는 타임스탬프 12바이트를 뺀 것이 실을 수 있는 데이터다 (RFC 6691 §2).
        mss = max(1, negotiated.mss - (12 if negotiated.timestamps else 0))
        self.sender.start(mss, sack=negotiated.sack, ecn=negotiated.ecn)
        self.sender.set_window(segment.seq, segment.ack, segment.window)
        self.attentive = negotiated.ecn or self.config.keepalive is not None or self.sender.recovery.attentive
