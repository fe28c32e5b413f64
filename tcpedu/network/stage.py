"""두 연결을 한 걸음씩 움직이는 무대: 누가 부르고 어느 세그먼트가 언제 닿을지를 사람이 정한다.

시뮬레이션은 시각이 차례를 정하지만, 여기서는 지금 일어날 수 있는 일(`choices`) 가운데 하나를 고를 때마다 한 장면씩
나아간다. 두 끝은 진짜 `Connection`이고, 따른 전이 표의 줄은 `fired`에, 오간 세그먼트는 `trace`에 남는다.
강의: lessons/06_state_diagram.ipynb
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from tcpedu.protocol.config import Config
from tcpedu.protocol.connection import Connection
from tcpedu.protocol.segment import Flags, Segment
from tcpedu.protocol.state import SECTIONS, TRANSITIONS, Action, Event, State

from .channel import LOST
from .host import merge_acks
from .packet import Packet
from .trace import StateChange, TimerExpiry, Trace
from .variables import sample_variables

ENDS = ("A", "B")
CALLS = {
    "listen": Event.OPEN_PASSIVE, "open": Event.OPEN_ACTIVE, "send": Event.SEND, "close": Event.CLOSE,
    "abort": Event.ABORT,
}  # fmt: skip
PORTS = {"A": 1000, "B": 2000}
DATA = b"hello"
STEP, DELAY = 0.01, 0.05  # 한 장면이 걸리는 가장 짧은 시간, 세그먼트가 날아가는 가장 짧은 시간(초)
NEXT_ISN = 300  # 연결을 새로 열 때마다 ISN에 더하는 수
# 포기하는 것까지 볼 수 있도록 짧게 둔다. ACK를 미루지 않아야 누른 것과 그 결과가 한 장면에 있다.
CONFIG = Config(delayed_ack=0.0, user_timeout=5.0)
_SENDING = (State.ESTABLISHED, State.CLOSE_WAIT)  # 표에는 없지만 상태가 그대로인 SEND


@dataclass(frozen=True)
class Choice:
    """지금 할 수 있는 일 하나. `key`는 `Stage.do`에 줄 이름, `end`는 그 일이 일어나는 쪽, `label`은 단추의 글이다."""

    key: str
    end: str
    label: str


@dataclass(frozen=True)
class Fired:
    """따른 전이 표의 줄 하나와, 그것을 정한 RFC의 절."""

    time: float
    end: str
    old: State
    event: Event
    action: Action
    new: State

    @property
    def section(self) -> str:
        """이 줄을 정한 RFC의 절."""
        return SECTIONS[self.old, self.event]

    @property
    def text(self) -> str:
        """우리말 한 문장. 소리 내어 읽는 데에도 쓴다."""
        sent = f", {self.action.segment} 보냄" if self.action.segment else ""
        moved = f"→ {self.new.name}" if self.new is not self.old else "→ 상태는 그대로"
        return f"{self.end}: {self.old.name}에서 {self.event.korean}{sent} {moved} ({self.section})"


class Stage:
    """두 `Connection`이 마주 선 무대 (RFC 9293 §3.3.2).

    `names`는 그림에 적힐 두 끝의 이름, `config`는 두 연결의 설정(포트는 A가 1000, B가 2000), `isns`는 처음 쓸 ISN이다.
    일은 글로 부른다: `"A listen"`, `"A open"`, `"A send"`, `"A close"`, `"A abort"`, `"A crash"`(전원이 나갔다 들어옴),
    `"deliver 1"`(1번 세그먼트가 닿음), `"answer 3"`(FIN이 닿자마자 닫아 ACK와 FIN이 하나로), `"lose 1"`, `"timer"`.
    강의: lessons/06_state_diagram.ipynb

    >>> stage = Stage().play("B listen", "A open", "deliver 1", "deliver 2", "deliver 3")
    >>> stage.state("A").name, stage.state("B").name
    ('ESTABLISHED', 'ESTABLISHED')
    >>> stage.fired[-1].text
    'B: SYN_RCVD에서 내 SYN 또는 FIN의 ACK 수신 → ESTABLISHED (RFC 9293 §3.10.7.4)'
    """

    def __init__(
        self, *, names: tuple[str, str] = ("호스트 A", "호스트 B"), config: Config = CONFIG,
        isns: tuple[int, int] = (100, 300),
    ) -> None:  # fmt: skip
        self.names = dict(zip(ENDS, names, strict=True))
        self.config = config
        self._isns = isns
        self.reset()

    def reset(self) -> None:
        """처음으로: 두 끝 모두 CLOSED이고 시각은 0이다."""
        self.now = 0.0
        self.history: list[str] = []
        self.fired: list[Fired] = []
        self.flying: list[Packet] = []  # 떠났으나 아직 닿지도 사라지지도 않은 것
        hosts = list(self.names.values())
        self.trace = Trace(hosts, {name: f"10.0.0.{number}" for number, name in enumerate(hosts, 1)})
        self._isn = dict(zip(ENDS, self._isns, strict=True))
        self.connections = {end: self._fresh(end) for end in ENDS}

    def state(self, end: str) -> State:
        """그쪽의 상태."""
        return self.connections[end].state

    # 할 수 있는 일 --------------------------------------------------------

    def choices(self) -> list[Choice]:
        """지금 일어날 수 있는 일들: 전이 표(`TRANSITIONS`)에 있는 호출, 날고 있는 세그먼트, 걸린 타이머."""
        found = [choice for end in ENDS for choice in self._calls(end)]
        found += [choice for packet in self.flying for choice in self._fates(packet)]
        due = self._next_timer()
        return found + ([Choice("timer", due[1], f"{self._timer_name(due[1])} 끝남")] if due else [])

    def _calls(self, end: str) -> list[Choice]:
        state = self.state(end)
        possible = [
            Choice(f"{end} {name}", end, _CALL_LABELS[name])
            for name, event in CALLS.items()
            if (state, event) in TRANSITIONS or (name == "send" and state in _SENDING)
        ]
        return possible + ([Choice(f"{end} crash", end, "전원이 나갔다 들어옴")] if state is not State.CLOSED else [])

    def _fates(self, packet: Packet) -> list[Choice]:
        end, number = self._end(packet.dst), packet.number
        fates = [Choice(f"deliver {number}", end, "전하기"), Choice(f"lose {number}", end, "잃기")]
        if packet.segment.has(Flags.FIN) and self.state(end) is State.ESTABLISHED:
            fates.insert(1, Choice(f"answer {number}", end, "전하고 곧바로 CLOSE"))
        return fates

    def _next_timer(self) -> tuple[float, str] | None:
        timers = [(at, end) for end in ENDS if (at := self.connections[end].next_timer()) is not None]
        return min(timers, default=None)

    def _timer_name(self, end: str) -> str:
        if self.state(end) is State.TIME_WAIT:
            return "2 MSL 타이머"
        return "재전송 타이머" if self.connections[end].rtx_at is not None else "타이머"

    # 움직이기 -------------------------------------------------------------

    def do(self, key: str) -> list[Fired]:
        """일 하나를 일으키고, 그 때문에 따른 전이 표의 줄들을 돌려준다. 지금 할 수 없는 일이면 `ValueError`."""
        possible = [choice.key for choice in self.choices()]
        if key not in possible:
            raise ValueError(f"지금은 할 수 없습니다: {key!r}. 할 수 있는 것: {', '.join(possible)}")
        before = len(self.fired)
        first, second = [*key.split(), ""][:2]
        if first == "timer":
            self._expire()
        elif first in ENDS:
            self._call(first, second)
        else:
            self._arrive(first, next(packet for packet in self.flying if packet.number == int(second)))
        self.history.append(key)
        return self.fired[before:]

    def play(self, *keys: str) -> Stage:
        """여러 일을 차례로 일으킨다. 이어서 부를 수 있도록 자신을 돌려준다."""
        for key in keys:
            self.do(key)
        return self

    def undo(self) -> None:
        """마지막 한 걸음을 무른다. 처음이면 아무 일도 없다."""
        self.rewind(max(0, len(self.history) - 1))

    def rewind(self, steps: int) -> None:
        """처음 `steps`걸음까지만 남긴다. 같은 걸음은 언제나 같은 곳에 이르므로 처음부터 다시 밟는다."""
        keys = self.history[:steps]
        self.reset()
        self.play(*keys)

    def _call(self, end: str, name: str) -> None:
        self.now += STEP
        if name == "crash":
            self._crash(end)
            return
        if self.state(end) is State.CLOSED and self.connections[end].moves:
            self.connections[end] = self._fresh(end)  # 새 연결은 새 번호로 연다
        connection = self.connections[end]
        before = len(connection.moves)
        match name:
            case "listen" | "open":
                connection.open(active=name == "open")
            case "send":
                connection.write(DATA)
            case "close":
                connection.close()
            case "abort":
                connection.abort()
        self._settle(end, before, connection.poll(self.now))

    def _crash(self, end: str) -> None:
        """연결을 잊는다. 상대는 아무것도 모른다 (RFC 9293 §3.5.1)."""
        old, self.connections[end] = self.state(end), self._fresh(end)
        name, other = self.names[end], self.names[_other(end)]
        self.trace.states.append(StateChange(self.now, name, PORTS[end], old, State.CLOSED, None, other))
        self._note_variables(end)

    def _arrive(self, what: str, packet: Packet) -> None:
        self.now = max(self.now + STEP, packet.sent + DELAY if what != "lose" else 0.0)
        self.flying.remove(packet)
        if what == "lose":
            packet.drop(LOST, self.now)
            return
        packet.arrive(self.now)
        packet.received_after = (len(self.trace.segments),)
        end = self._end(packet.dst)
        connection = self.connections[end]
        before = len(connection.moves)
        replies = connection.receive(packet.segment, self.now)
        connection.read()
        if what == "answer":
            connection.close()
        self._settle(end, before, merge_acks(replies, connection.poll(self.now)))

    def _expire(self) -> None:
        due = self._next_timer()
        assert due is not None
        at, end = due
        # 사람이 고르는 동안 때가 지난 타이머는 늦게 끝난다. 고르지 않은 일은 일어나지 않는다.
        self.now = at if at > self.now else self.now + STEP
        connection = self.connections[end]
        before = len(connection.moves)
        self.trace.timers.append(TimerExpiry(self.now, self.names[end], PORTS[end]))
        self._settle(end, before, connection.poll(self.now))

    # 적기 -----------------------------------------------------------------

    def _settle(self, end: str, before: int, segments: Iterable[Segment]) -> None:
        """따른 줄과 상태 변화를 적고 세그먼트를 내보낸다."""
        connection, name, other = self.connections[end], self.names[end], self.names[_other(end)]
        for event, old, new in connection.moves[before:]:
            self.fired.append(Fired(self.now, end, old, event, TRANSITIONS[old, event][0], new))
            if new is not old:
                self.trace.states.append(StateChange(self.now, name, PORTS[end], old, new, event, other))
        self.flying += [self.trace.record(name, other, segment, self.now) for segment in segments]
        self._note_variables(end)

    def _note_variables(self, end: str) -> None:
        name, other = self.names[end], self.names[_other(end)]
        self.trace.variables.append(sample_variables(self.connections[end], self.now, name, other))

    def _fresh(self, end: str) -> Connection:
        isn = self._isn[end]
        self._isn[end] += NEXT_ISN
        config = replace(self.config, local_port=PORTS[end], remote_port=PORTS[_other(end)])
        return Connection(config, iss=isn)

    def _end(self, name: str) -> str:
        return next(end for end in ENDS if self.names[end] == name)


_CALL_LABELS = {
    "listen": "OPEN (수동)", "open": "OPEN (능동)", "send": f"SEND {len(DATA)}바이트", "close": "CLOSE",
    "abort": "ABORT",
}  # fmt: skip


def _other(end: str) -> str:
    return ENDS[1 - ENDS.index(end)]


_OPENED = ("B listen", "A open", "deliver 1", "deliver 2", "deliver 3")
PRESETS: dict[str, tuple[str, ...]] = {
    "3-way 핸드셰이크": _OPENED,
    "동시 개방": ("A open", "B open", "deliver 1", "deliver 2", "deliver 3", "deliver 4"),
    "SYN을 잃음": ("B listen", "A open", "lose 1", "timer", "deliver 2", "deliver 3", "deliver 4"),
    "네 세그먼트로 닫기": (
        *_OPENED, "A close", "deliver 4", "deliver 5", "B close", "deliver 6", "deliver 7", "timer",
    ),
    "세 세그먼트로 닫기": (*_OPENED, "A close", "answer 4", "deliver 5", "deliver 6", "timer"),
    "동시에 닫기": (
        *_OPENED, "A close", "B close", "deliver 4", "deliver 5", "deliver 6", "deliver 7", "timer", "timer",
    ),
    "반닫기": (
        *_OPENED, "A close", "deliver 4", "deliver 5", "B send", "deliver 6", "deliver 7", "B close", "deliver 8",
        "deliver 9", "timer",
    ),
    "거부(RST)": ("A open", "deliver 1", "deliver 2"),
    "ABORT로 끊기": (*_OPENED, "A abort", "deliver 4"),
    "반열림": (
        *_OPENED, "A crash", "A open", "deliver 4", "deliver 5", "deliver 6", "B listen", "timer", "deliver 7",
        "deliver 8", "deliver 9",
    ),
}  # fmt: skip
"""이름 → `Stage.play`에 줄 걸음들. 강의 06의 상황 열 가지."""
