"""커널이 아는 연결의 변수를 읽는다: `getsockopt(TCP_INFO)`.

강의: lessons/13_performance_tuning.ipynb, lessons/14_troubleshooting.ipynb
"""

from __future__ import annotations

import math
import socket
import struct
import sys
from dataclasses import dataclass, fields

from tcpedu.lab.tcp_info_fields import CA_STATES, LINUX, LINUX_STATES, MACOS, MACOS_STATES, OPTIONS

TCP_INFO = 11  # linux/tcp.h
TCP_CONNECTION_INFO = 0x106  # macOS의 netinet/tcp.h
_NO_SSTHRESH = 0x7FFFFFFF  # 리눅스의 TCP_INFINITE_SSTHRESH
_NO_SSTHRESH_MACOS = 65535 << 14


@dataclass(frozen=True)
class TcpInfo:
    """연결 하나의 변수. 이름은 리눅스의 `struct tcp_info`에서 `tcpi_`를 뺀 것이다.

    단위: RTT와 RTO, `*_limited`, `busy_time`은 μs. `last_*`와 `total_rto_time`은 ms. `*_rate`는 바이트/초.
    `snd_cwnd snd_ssthresh unacked sacked lost retrans`는 세그먼트(MSS의 수), 윈도우와 `*_bytes`, `bytes_*`는 바이트.
    칸마다의 뜻은 `tcp_info_fields.LINUX`에 있다. 이 커널이 알려 주지 않는 칸은 None, 정해지지 않은 임계값은 inf.
    """

    state: str  # RFC 9293의 이름
    ca_state: str | None = None  # Open Disorder CWR Recovery Loss
    retransmits: int | None = None
    probes: int | None = None
    backoff: int | None = None
    options: tuple[str, ...] = ()  # timestamps sack wscale ecn ecn_seen syn_data usec_ts
    snd_wscale: int | None = None  # 상대가 알린 shift: 상대의 윈도우를 읽을 때 쓴다
    rcv_wscale: int | None = None  # 내가 알린 shift
    delivery_rate_app_limited: bool | None = None
    fastopen_client_fail: int | None = None
    rto: int | None = None
    ato: int | None = None
    snd_mss: int | None = None
    rcv_mss: int | None = None
    unacked: int | None = None
    sacked: int | None = None
    lost: int | None = None
    retrans: int | None = None
    fackets: int | None = None
    last_data_sent: int | None = None
    last_ack_sent: int | None = None
    last_data_recv: int | None = None
    last_ack_recv: int | None = None
    pmtu: int | None = None
    rcv_ssthresh: int | None = None
    rtt: int | None = None
    rttvar: int | None = None
    snd_ssthresh: float | None = None
    snd_cwnd: int | None = None
    advmss: int | None = None
    reordering: int | None = None
    rcv_rtt: int | None = None
    rcv_space: int | None = None
    total_retrans: int | None = None
    pacing_rate: float | None = None
    max_pacing_rate: float | None = None
    bytes_acked: int | None = None
    bytes_received: int | None = None
    segs_out: int | None = None
    segs_in: int | None = None
    notsent_bytes: int | None = None
    min_rtt: int | None = None
    data_segs_in: int | None = None
    data_segs_out: int | None = None
    delivery_rate: int | None = None
    busy_time: int | None = None
    rwnd_limited: int | None = None
    sndbuf_limited: int | None = None
    delivered: int | None = None
    delivered_ce: int | None = None
    bytes_sent: int | None = None
    bytes_retrans: int | None = None
    dsack_dups: int | None = None
    reord_seen: int | None = None
    rcv_ooopack: int | None = None
    snd_wnd: int | None = None
    rcv_wnd: int | None = None
    rehash: int | None = None
    total_rto: int | None = None
    total_rto_recoveries: int | None = None
    total_rto_time: int | None = None
    received_ce: int | None = None
    delivered_e1_bytes: int | None = None
    delivered_e0_bytes: int | None = None
    delivered_ce_bytes: int | None = None
    received_e1_bytes: int | None = None
    received_e0_bytes: int | None = None
    received_ce_bytes: int | None = None

    def _repr_markdown_(self) -> str:
        """알려 준 칸마다 이름, 값, 단위, 뜻."""
        notes = {field.name: field for field in LINUX}
        lines = ["| 변수 | 값 | 단위 | 뜻 |", "|---|---:|---|---|"]
        for one in fields(self):
            value = getattr(self, one.name)
            if value is not None:
                unit, meaning = (notes[one.name].unit, notes[one.name].meaning) if one.name in notes else ("", "")
                lines.append(f"| `{one.name}` | {_shown(value)} | {unit} | {meaning} |")
        return "\n".join(lines)


def tcp_info(sock: socket.socket) -> TcpInfo:
    """이 소켓의 연결에 대해 커널이 아는 것 (tcp(7) TCP_INFO).

    리눅스와 macOS에서 읽는다. macOS는 칸이 적고, 바이트로 알려 주는 `snd_cwnd`와 `snd_ssthresh`는 MSS로 나누어 적는다.
    TCP 소켓이 아니거나 닫혔으면 `ValueError`, 읽을 수 없는 운영체제이면 `RuntimeError`.

    >>> if unavailable() is None:
    ...     with socket.create_server(("127.0.0.1", 0)) as listener:
    ...         assert tcp_info(listener).state == "LISTEN"
    """
    reason = unavailable()
    if reason is not None:
        raise RuntimeError(reason)
    if sock.fileno() < 0:
        raise ValueError("닫힌 소켓입니다. 닫기 전에 읽으세요")
    if sock.family not in (socket.AF_INET, socket.AF_INET6) or sock.type != socket.SOCK_STREAM:
        raise ValueError(f"TCP 소켓이 아닙니다: {sock.family.name}, {sock.type.name}")
    if sys.platform == "darwin":
        return from_macos(sock.getsockopt(socket.IPPROTO_TCP, TCP_CONNECTION_INFO, 256))
    return from_linux(sock.getsockopt(socket.IPPROTO_TCP, TCP_INFO, 512))


def unavailable(system: str = sys.platform) -> str | None:
    """`tcp_info`를 쓸 수 없는 까닭. 쓸 수 있으면 None.

    >>> unavailable("linux"), unavailable("darwin")
    (None, None)
    """
    if system.startswith("linux") or system == "darwin":
        return None
    if system in ("win32", "cygwin"):
        return "윈도의 TCP 변수(SIO_TCP_INFO)는 파이썬의 소켓으로 읽을 수 없습니다. WSL2에서는 됩니다"
    return f"{system}에서 TCP 변수를 읽는 법은 모릅니다. 리눅스와 macOS에서 됩니다"


def from_linux(raw: bytes) -> TcpInfo:
    """`struct tcp_info`의 바이트를 읽는다. 짧으면(옛 커널) 뒤의 칸이 None이다."""
    values: dict[str, int] = {}
    offset = 0
    for field in LINUX:
        size = struct.calcsize(field.code)
        if offset + size > len(raw):
            break
        (values[field.name],) = struct.unpack_from(f"={field.code}", raw, offset)
        offset += size
    wscale, limits = values.pop("wscale"), values.pop("limits")
    found: dict[str, object] = dict(values)
    found |= {
        "state": LINUX_STATES[values["state"]], "ca_state": CA_STATES[values["ca_state"]],
        "options": _options(values["options"]), "snd_wscale": wscale & 15, "rcv_wscale": wscale >> 4,
        "delivery_rate_app_limited": bool(limits & 1), "fastopen_client_fail": limits >> 1 & 3,
    }  # fmt: skip
    if values.get("snd_ssthresh", 0) >= _NO_SSTHRESH:
        found["snd_ssthresh"] = math.inf
    if values.get("min_rtt") == 0xFFFFFFFF:
        found["min_rtt"] = None
    found |= {name: math.inf for name in ("pacing_rate", "max_pacing_rate") if values.get(name) == 2**64 - 1}
    return TcpInfo(**found)  # type: ignore[arg-type]


def from_macos(raw: bytes) -> TcpInfo:
    """`struct tcp_connection_info`의 바이트를 읽어 리눅스의 이름과 단위로 적는다."""
    layout = "@" + "".join(code for _, code in MACOS)
    size = struct.calcsize(layout)
    if len(raw) < size:
        raise RuntimeError(f"tcp_connection_info가 짧습니다: {size}바이트가 필요한데 {len(raw)}바이트뿐입니다")
    got = dict(zip((name for name, _ in MACOS), struct.unpack_from(layout, raw), strict=True))
    mss = max(got["maxseg"], 1)
    ssthresh = got["snd_ssthresh"]
    return TcpInfo(
        state=MACOS_STATES[got["state"]], ca_state="Recovery" if got["flags"] & 1 else "Open",
        options=_options(got["options"] & 15), snd_wscale=got["snd_wscale"], rcv_wscale=got["rcv_wscale"],
        rto=got["rto"] * 1000, rtt=got["srtt"] * 1000, rttvar=got["rttvar"] * 1000, snd_mss=got["maxseg"],
        snd_cwnd=got["snd_cwnd"] // mss, snd_wnd=got["snd_wnd"], rcv_wnd=got["rcv_wnd"],
        snd_ssthresh=math.inf if ssthresh >= _NO_SSTHRESH_MACOS else ssthresh // mss,
        segs_out=got["txpackets"], segs_in=got["rxpackets"], bytes_sent=got["txbytes"],
        bytes_received=got["rxbytes"], bytes_retrans=got["txretransmitbytes"],
        total_retrans=got["txretransmitpackets"],
    )  # fmt: skip


def _options(bits: int) -> tuple[str, ...]:
    return tuple(name for place, name in enumerate(OPTIONS) if bits >> place & 1)


def _shown(value: object) -> str:
    match value:
        case tuple():
            return ", ".join(value)
        case bool() | str():
            return str(value)
        case int():
            return f"{value:,}"
    return str(value)
