"""위조 세그먼트 실습: 진짜 커널의 연결에 번호를 어림한 RST, SYN, 데이터를 넣고 답을 본다 (RFC 5961).

연결의 두 끝이 모두 실습실 안에 있다: 한쪽은 우리의 `Connection`, 다른 쪽은 네임스페이스의 커널.
강의: lessons/15_security.ipynb
"""

from __future__ import annotations

import socket
import time
from typing import Any, NamedTuple

from tcpedu.network.forgeries import FORGERIES, Forgery
from tcpedu.protocol.config import Config
from tcpedu.protocol.connection import Connection
from tcpedu.protocol.segment import Flags, Segment
from tcpedu.protocol.state import State

from .flood import accepted, listen
from .forge import Forger, run_until
from .inside import counters, set_sysctl, states
from .kernel_lab import KernelLab, Socket

_FIRST_PORT = 41_000
_LIMIT = 5.0
_ESTABLISHED = 1  # TCP_INFO의 첫 바이트
UNLIMITED = 2**31 - 1


class Talk(NamedTuple):
    """우리의 연결과 이어진 커널의 소켓."""

    mine: Connection
    kernel: Socket

    @property
    def alive(self) -> bool:
        """커널의 연결이 ESTABLISHED인가."""
        return self.kernel.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 1)[0] == _ESTABLISHED


def talk(lab: KernelLab, listener: Socket, number: int) -> Talk:
    """커널의 `listener`에 새로 연결한다. `number`마다 포트가 다르다."""
    port = listener.getsockname()[1]
    mine = Connection(Config(_FIRST_PORT + number, port, mss=1000, delayed_ack=0.0), iss=1000 * number)
    mine.open()
    run_until(mine, lab.wire, State.ESTABLISHED, limit=_LIMIT)
    kernel = accepted(lab, listener)
    assert kernel is not None
    kernel.setblocking(False)
    return Talk(mine, kernel)


def injection_rows() -> list[dict[str, Any]]:
    """`FORGERIES`를 저마다 새 연결에: 커널의 답, 연결이 살아 있는지, 프로그램에 건네진 바이트."""
    with KernelLab() as lab:
        set_sysctl(lab, tcp_invalid_ratelimit=0, tcp_challenge_ack_limit=UNLIMITED)  # 하나하나의 답을 보려고
        listener, forger = listen(lab, 64), Forger(lab)
        rows = []
        for number, forgery in enumerate(FORGERIES):
            line, before = talk(lab, listener, number), counters(lab)
            answers = forger.say(forgery.segment(line.mine))
            rows.append({
                "name": forgery.name, "answers": [str(one.flags) for one in answers], "alive": line.alive,
                "delivered": _read(line.kernel).decode(),
                "challenges": (counters(lab) - before)["TCPChallengeACK"],
            })  # fmt: skip
        return rows


def _read(sock: Socket) -> bytes:
    try:
        return sock.recv(1 << 16)
    except (BlockingIOError, ConnectionResetError):
        return b""


def challenge_rows(count: int = 20) -> list[dict[str, Any]]:
    """윈도우 안의 RST를 한 연결에 `count`개 잇달아 넣을 때 나오는 challenge ACK의 수, 설정마다."""
    rows = []
    for ratelimit, limit in ((500, UNLIMITED), (0, UNLIMITED), (0, 10)):
        with KernelLab() as lab:
            set_sysctl(lab, tcp_invalid_ratelimit=ratelimit, tcp_challenge_ack_limit=limit)
            line, forger = talk(lab, listen(lab, 4), 0), Forger(lab)
            reset = Forgery("", Flags.RST, seq=10).segment(line.mine)
            answers = sum(len(forger.say(reset)) for _ in range(count))
            rows.append({"ratelimit_ms": ratelimit, "limit": limit, "sent": count, "answers": answers,
                         "alive": line.alive})  # fmt: skip
    return rows


def isn_rows(pause: float = 0.05, tries: int = 3) -> list[dict[str, Any]]:
    """커널이 SYN,ACK에 고르는 ISN: 같은 4-튜플로 두 번, 그리고 포트만 다른 두 연결. 가장 또렷이 잰 것을 남긴다."""
    with KernelLab() as lab:
        listen(lab, 64)
        forger = Forger(lab)
        rows = []
        for name, ports in (("같은 4-튜플", (42_000, 42_000)), ("포트만 다름", (42_001, 42_002))):
            pairs = [_two_isns(forger, ports, pause) for _ in range(tries)]
            first, second = min(pairs, key=lambda pair: pair[0].blur + pair[1].blur)
            rows.append(
                {"name": name, "first": first.isn, "second": second.isn, "seconds": round(second.at - first.at, 6)}
            )
        return rows


class _Seen(NamedTuple):
    """커널이 고른 ISN과 고른 때. `blur`는 그때를 모르는 만큼(초)이다."""

    isn: int
    at: float
    blur: float


def _two_isns(forger: Forger, ports: tuple[int, int], pause: float) -> tuple[_Seen, _Seen]:
    first = _isn(forger, ports[0])
    time.sleep(pause)
    return first, _isn(forger, ports[1])


def _isn(forger: Forger, port: int) -> _Seen:
    began = time.perf_counter()
    (answer,) = forger.say(Segment(port, 80, seq=7000, flags=Flags.SYN))
    ended = time.perf_counter()
    forger.say(Segment(port, 80, seq=7001, flags=Flags.RST))  # 다음 SYN이 새 연결이 되도록 잊게 한다
    return _Seen(answer.seq, (began + ended) / 2, ended - began)


def assassination_rows() -> list[dict[str, Any]]:
    """커널의 TIME_WAIT에 RST를 넣는다: tcp_rfc1337과 번호마다 (RFC 1337 §3)."""
    rows = []
    for setting in (0, 1):
        with KernelLab() as lab:
            set_sysctl(lab, tcp_rfc1337=setting)
            listener, forger = listen(lab, 4, port=80), Forger(lab)
            for number, offset in enumerate((1, 0)):
                line = talk(lab, listener, number)
                _kernel_closes_first(lab, line)
                before = states(lab, 80)["TIME_WAIT"]
                forger.say(Forgery("", Flags.RST, seq=offset).segment(line.mine))
                rows.append({"rfc1337": setting, "seq_offset": offset, "before": before,
                             "after": states(lab, 80)["TIME_WAIT"]})  # fmt: skip
    return rows


def _kernel_closes_first(lab: KernelLab, line: Talk) -> None:
    line.kernel.close()  # FIN
    run_until(line.mine, lab.wire, State.CLOSE_WAIT, limit=_LIMIT)
    line.mine.close()
    run_until(line.mine, lab.wire, State.CLOSED, limit=_LIMIT)
