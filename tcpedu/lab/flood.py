"""SYN 플러드 실습: 진짜 커널의 듣는 소켓에 SYN만 쏟고, 정직한 클라이언트가 들어가는지 본다 (RFC 4987 §2, §3).

커널도 출발지 주소도 실습실의 네임스페이스 안의 것이고, SYN의 수는 `MAX_SYNS`를 넘지 않는다.
강의: lessons/15_security.ipynb
"""

from __future__ import annotations

import socket
import sys
from dataclasses import asdict, dataclass
from typing import Any

from tcpedu.protocol.config import Config
from tcpedu.protocol.connection import Connection
from tcpedu.protocol.options import MSS, Option, SackPermitted, Timestamps, WindowScale
from tcpedu.protocol.segment import Flags, Segment
from tcpedu.protocol.seqnum import seq_add
from tcpedu.protocol.state import State

from .forge import Forger, run_until
from .inside import counters, set_sysctl, states
from .kernel_lab import KernelLab, Socket
from .wire import PEER

MAX_SYNS = 300
PATIENCE = 0.3  # 초. 커널은 SYN을 받은 자리에서 답하므로 넉넉하다. 반열림은 63초를 간다
COUNTED = (
    "TCPReqQFullDrop", "TCPReqQFullDoCookies", "SyncookiesSent", "SyncookiesRecv", "SyncookiesFailed",
    "ListenOverflows", "ListenDrops",
)  # fmt: skip
PORT, _HONEST_PORT = 80, 40_000
_BIG_MTU = 1500  # MSS의 칸이 모두 들어간다
_TCPI_OPTIONS = {"timestamps": 1, "sack": 2, "wscale": 4}  # 리눅스 include/uapi/linux/tcp.h의 TCPI_OPT_*


@dataclass(frozen=True)
class FloodPlan:
    """플러드 하나: `syns`개의 SYN과 네임스페이스 안의 설정. `backlog`는 listen()에 넘기는 값이다."""

    cookies: int = 1
    backlog: int = 16
    max_syn_backlog: int = 2048
    somaxconn: int = 4096
    syns: int = 100

    def __post_init__(self) -> None:
        if not 0 <= self.syns <= MAX_SYNS:
            raise ValueError(f"SYN은 {MAX_SYNS}개까지입니다: {self.syns}")


@dataclass(frozen=True)
class FloodResult:
    """한 일의 결과. `answered`는 SYN,ACK를 받은 공격의 SYN, `half_open`은 플러드 직후 SYN_RCVD의 수다."""

    plan: FloodPlan
    answered: int
    half_open: int
    got_in: bool
    counted: dict[str, int]


# 강의에서 견주는 것들. 모두 커널의 기본값에서 몇 개만 바꾼 것이다.
PLANS = (
    FloodPlan(cookies=0),
    FloodPlan(cookies=1),
    FloodPlan(cookies=2),
    FloodPlan(cookies=0, backlog=128, max_syn_backlog=16),
    FloodPlan(cookies=1, backlog=128, max_syn_backlog=16, syns=200),
    FloodPlan(cookies=1, backlog=128, somaxconn=16),
)


def flood(plan: FloodPlan, lab: KernelLab) -> FloodResult:
    """새 실습실에 플러드 하나를 흘린다."""
    set_sysctl(
        lab, tcp_syncookies=plan.cookies, tcp_max_syn_backlog=plan.max_syn_backlog, somaxconn=plan.somaxconn,
    )  # fmt: skip
    listener, before, forger = listen(lab, plan.backlog), counters(lab), Forger(lab)
    answered = sum(bool(forger.say(_spoofed(number), f"10.9.0.{10 + number % 200}")) for number in range(plan.syns))
    half_open = states(lab, PORT)["SYN_RCVD"]
    honest = Connection(Config(_HONEST_PORT, PORT, mss=1000), iss=1000)
    honest.open()
    got_in = run_until(honest, lab.wire, State.ESTABLISHED, limit=PATIENCE) and accepted(lab, listener) is not None
    grown = counters(lab) - before
    return FloodResult(plan, answered, half_open, got_in, {name: grown[name] for name in COUNTED})


def flood_rows() -> list[dict[str, Any]]:
    """`PLANS`를 하나씩, 저마다 새 실습실에서."""
    rows = []
    for plan in PLANS:
        with KernelLab() as lab:
            rows.append(asdict(flood(plan, lab)))
    return rows


def queue_rows(clients: int = 4) -> list[dict[str, Any]]:
    """플러드와 느린 accept()가 커널의 셈에 남기는 것. 뒤의 것은 `listen(1)`에 핸드셰이크를 마쳐도 받지 않는다."""
    with KernelLab() as lab:
        listen(lab, 1)
        before, forger = counters(lab), Forger(lab)
        for number in range(clients):
            port, syn = _HONEST_PORT + number, 9000 * number
            for answer in forger.say(Segment(port, PORT, seq=syn, flags=Flags.SYN)):
                forger.say(Segment(port, PORT, seq=syn + 1, ack=seq_add(answer.seq, 1), flags=Flags.ACK))
        slow = counters(lab) - before
    with KernelLab() as lab:
        flooded = flood(FloodPlan(), lab).counted
    return [{"name": "SYN 플러드", **flooded}, {"name": "느린 accept()", **{name: slow[name] for name in COUNTED}}]


def cookie_rows() -> list[dict[str, Any]]:
    """쿠키가 잃는 것: 여러 SYN에 커널이 답한 SYN,ACK의 옵션과, 이어진 연결에서 커널이 아는 것."""
    with KernelLab(mtu=_BIG_MTU) as lab:
        listener, forger = listen(lab, 128), Forger(lab)
        plans = [(0, 1460, False), *((2, mss, False) for mss in (1460, 1459, 1300, 1000)), (2, 1460, True)]
        rows = []
        for number, (cookies, mss, stamped) in enumerate(plans):
            set_sysctl(lab, tcp_syncookies=cookies)
            rows.append(_one_cookie(lab, forger, listener, _HONEST_PORT + number, mss, stamped) | {"cookies": cookies})
        return rows


def _one_cookie(lab: KernelLab, forger: Forger, listener: Socket, port: int, mss: int, stamped: bool) -> dict[str, Any]:
    options: tuple[Option, ...] = (MSS(mss), SackPermitted(), WindowScale(7))
    if stamped:
        options += (Timestamps(1000, 0),)
    (answer,) = forger.say(Segment(port, PORT, seq=5000, flags=Flags.SYN, options=options))
    stamp = answer.option(Timestamps)
    echo = (Timestamps(1001, stamp.value),) if stamp is not None else ()
    forger.say(Segment(port, PORT, seq=5001, ack=seq_add(answer.seq, 1), flags=Flags.ACK, options=echo))
    server = accepted(lab, listener)
    assert server is not None
    info = server.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 24)
    return {
        "asked_mss": mss, "stamped": stamped, "answer": [option.name for option in answer.options],
        "kernel_mss": int.from_bytes(info[16:20], sys.byteorder),
        "kernel_options": [name for name, bit in _TCPI_OPTIONS.items() if info[5] & bit],
    }  # fmt: skip


def listen(lab: KernelLab, backlog: int, port: int = PORT) -> Socket:
    """실습실의 커널이 `port`에서 듣는 소켓. 기다리지 않는다."""
    listener = lab.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind((PEER, port))
    listener.listen(backlog)
    listener.setblocking(False)
    return listener


def accepted(lab: KernelLab, listener: Socket) -> Socket | None:
    """수락 큐에 있는 연결 하나. 없으면 `None`: 커널은 ACK를 받은 자리에서 큐에 넣으므로 기다릴 것이 없다."""
    try:
        return lab.keep(listener.accept()[0])
    except BlockingIOError:
        return None


def _spoofed(number: int) -> Segment:
    """답이 와도 아무도 ACK를 보내지 않을 SYN."""
    return Segment(1024 + number, PORT, seq=number * 1000, flags=Flags.SYN, options=(MSS(1000),))
