"""끝 하나에 세그먼트를 손으로 먹이고, 내보낸 것을 글로 적는다. 배우는 사람의 커널에서 돈다.

값은 옳은 설계라면 누구나 같게 내는 것만 적는다: PSH와 윈도우는 물어볼 때만 적는다.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from tcpedu.course.limits import TimeLimit
from tcpedu.course.values import Raised, Steps
from tcpedu.protocol.config import Config
from tcpedu.protocol.segment import MSS, Flags, Segment
from tcpedu.protocol.seqnum import MODULUS

MINE, PEERS = 50000, 80
Step = tuple[Any, ...]  # (하는 일, 인자 …)
RTT = 0.1
_HIDDEN = Flags.PSH


def by_hand(answer: Callable[..., Any], settings: dict[str, Any], iss: int, irs: int, script: Sequence[Step]) -> Steps:
    """각본을 차례로 따른다. 한 걸음에서 오류가 나면 거기서 멈춘다.

    번호는 상대적이다: 내 것은 `iss`, 상대의 것은 `irs`에서 센다. 지연 ACK, Nagle, 제한 전송은 끈다.
    """
    rows: list[tuple[str, Any]] = [(f"iss={iss}, 상대의 첫 번호 {irs}" + _told(settings), None)]
    hand: _Hand | None = None
    for name, *args in script:
        try:
            if hand is None:
                hand = _Hand(answer, settings, iss, irs)
            text, do = getattr(hand, name)(*args)
            rows.append((text, None))
            rows[-1] = (text, do())
        except (KeyboardInterrupt, TimeLimit):
            raise
        except BaseException as error:
            rows[-1] = (rows[-1][0], Raised(error)) if hand is not None else ("만든다", Raised(error))
            break
    return Steps(tuple(rows))


def _told(settings: dict[str, Any]) -> str:
    names = {"mss": "MSS", "receive_buffer": "수신 버퍼"}
    return "".join(f", {names[key]} {value}" for key, value in settings.items() if key in names)


class _Hand:
    """끝 하나와 손으로 돌리는 시계."""

    def __init__(self, answer: Callable[..., Any], settings: dict[str, Any], iss: int, irs: int) -> None:
        config = Config(
            local_port=MINE,
            remote_port=PEERS,
            delayed_ack=0.0,
            nodelay=True,
            limited_transmit=False,
            msl=30.0,
            **settings,
        )
        self.end = answer(config, iss=iss)
        self.iss, self.irs = iss, irs
        self.now = 0.0
        self.stream = _stream()

    # 각본에 쓰는 일: (글, 할 일)을 돌려준다 -------------------------------

    def connect(self) -> Any:
        """능동 개방."""
        return "연결한다", lambda: (self.end.open(), self._poll())[1]

    def listen(self) -> Any:
        """수동 개방."""
        return "듣는다", lambda: (self.end.listen(), self._poll())[1]

    def arrives(
        self, flags: str, seq: int, ack: int | None, size: int = 0, window: int = 60_000, mss: int | None = None,
        windows: bool = False,
    ) -> Any:  # fmt: skip
        """상대의 세그먼트가 온다. `seq`와 `ack`는 두 첫 번호에서 센다. 데이터는 번호에서 정해진다."""
        bits = Flags(0)
        for name in flags.split(","):
            bits |= Flags[name]
        payload = bytes((seq + place) * 7 % 251 for place in range(size))
        number, number_of_ack = (self.irs + seq) % MODULUS, 0 if ack is None else (self.iss + ack) % MODULUS
        options = () if mss is None else (MSS(mss),)
        segment = Segment(PEERS, MINE, number, number_of_ack, bits, window, options=options, payload=payload)
        return f"도착: {_text(segment)}, 윈도우 {window}", lambda: self._receive(segment, windows)

    def write(self, size: int) -> Any:
        """프로그램이 쓴다."""
        return f"{size}바이트를 쓴다", lambda: (self.end.write(self.stream(size)), self._poll())[1]

    def read(self, n: int | None = None, windows: bool = False) -> Any:
        """프로그램이 읽는다: 읽은 바이트와 나간 것."""
        text = "모두 읽는다" if n is None else f"{n}바이트까지 읽는다"
        return text, lambda: [self.end.read(n).hex(), self._poll(windows)]

    def count(self) -> Any:
        """읽을 수 있는 바이트 수."""
        return "읽을 수 있는 바이트 수", lambda: self.end.readable

    def close(self) -> Any:
        """프로그램이 닫는다."""
        return "닫는다", lambda: (self.end.close(), self._poll())[1]

    def timer(self) -> Any:
        """가장 이른 타이머가 끝날 때까지: 그때까지의 시간과 나간 것."""
        return "타이머가 끝날 때까지 기다린다", self._wait

    def probe(self) -> Any:
        """타이머가 끝나면 탐침 하나: 빈 세그먼트든 1바이트든 좋다."""
        return "타이머가 끝날 때까지 기다린다(탐침)", self._probe

    def numbers(self) -> Any:
        """두 방향의 번호."""
        return "SND.UNA, SND.NXT, RCV.NXT", lambda: [self.end.snd_una, self.end.snd_nxt, self.end.rcv_nxt]

    def state(self) -> Any:
        """지금의 상태."""
        return "상태", lambda: self.end.state.name

    def eof(self) -> Any:
        """상대가 다 보냈고 나도 다 읽었는가."""
        return "끝까지 읽었는가", lambda: bool(self.end.eof)

    # 속 -------------------------------------------------------------------

    def _receive(self, segment: Segment, windows: bool) -> list[str]:
        self.now = round(self.now + RTT, 9)
        sent = self.end.receive(segment, self.now)
        return self._told([*sent, *self._polled()], windows)

    def _poll(self, windows: bool = False) -> list[str]:
        return self._told(self._polled(), windows)

    def _polled(self) -> list[Segment]:
        return list(self.end.poll(self.now)) if self.end.called else []

    def _wait(self) -> list[Any]:
        at = self.end.next_timer()
        if at is None:
            return ["걸린 타이머가 없다"]
        waited, self.now = at - self.now, max(self.now, at)
        return [f"{waited:.3f}초 뒤", *self._told(self.end.poll(self.now), False)]

    def _probe(self) -> Any:
        told = self._wait()
        sizes = [one.rsplit("데이터 ", 1)[-1] for one in told[1:] if "데이터" in one]
        return "탐침 하나" if len(told) == 2 and sizes in ([], ["1"]) else told

    def _told(self, segments: Sequence[Segment], windows: bool) -> list[str]:
        return [_text(one) + (f" win={one.window}" if windows else "") for each in segments for one in _apart(each)]


def _apart(segment: Segment) -> list[Segment]:
    """데이터에 실린 FIN은 따로 적는다: 실어 보내든 따로 보내든 옳다."""
    if Flags.FIN not in segment.flags or not segment.payload:
        return [segment]
    fin = replace(segment, seq=(segment.seq + len(segment.payload)) % MODULUS, payload=b"")
    return [replace(segment, flags=segment.flags & ~Flags.FIN), fin]


def _text(segment: Segment) -> str:
    flags = segment.flags & ~_HIDDEN
    words = [str(flags), f"seq={segment.seq}"]
    if Flags.ACK in flags:
        words.append(f"ack={segment.ack}")
    if segment.payload:
        words.append(f"데이터 {len(segment.payload)}")
    option = segment.option(MSS)
    if isinstance(option, MSS):
        words.append(f"mss={option.value}")
    return " ".join(words)


def _stream() -> Callable[[int], bytes]:
    """부를 때마다 이어지는 바이트."""
    at = 0

    def take(size: int) -> bytes:
        nonlocal at
        at += size
        return bytes(place * 11 % 251 for place in range(at - size, at))

    return take
