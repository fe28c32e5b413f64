"""시뮬레이터의 호스트에서 `ss -tan`과 `ss -tin`을 친다면: 지금의 연결을 iproute2의 꼴로 적고, 그 글을 센다.

강의: lessons/14_troubleshooting.ipynb
"""

from __future__ import annotations

from collections import Counter

from tcpedu.protocol.connection import Connection
from tcpedu.protocol.state import State

from .endpoint import Socket
from .host import Host

# ss가 부르는 이름 가운데 RFC의 낱말과 다른 것 (iproute2 misc/ss.c)
_SS_NAMES = {State.ESTABLISHED: "ESTAB", State.SYN_RCVD: "SYN-RECV", State.CLOSED: "UNCONN"}
_SENT_FIN = (State.FIN_WAIT_1, State.FIN_WAIT_2, State.CLOSING, State.LAST_ACK, State.TIME_WAIT)
_HEADER = ("State", "Recv-Q", "Send-Q", "Local Address:Port", "Peer Address:Port")


def ss_name(state: State) -> str:
    """`ss`가 부르는 상태의 이름.

    >>> ss_name(State.ESTABLISHED), ss_name(State.CLOSE_WAIT)
    ('ESTAB', 'CLOSE-WAIT')
    """
    return _SS_NAMES.get(state, state.name.replace("_", "-"))


def ss(host: Host, *, info: bool = False) -> str:
    """그 호스트의 지금 연결들을 `ss -tan`의 꼴로. `info`면 `ss -tin`처럼 연결마다 변수의 줄이 붙는다.

    연결의 Recv-Q는 프로그램이 읽지 않은 바이트, Send-Q는 확인받지 못한 바이트다. LISTEN에서는 뜻이 달라서 Recv-Q가
    수락 큐에서 기다리는 연결의 수, Send-Q가 그 한도(backlog)다.
    """
    trace = host.simulation.trace
    rows = [
        ("LISTEN", len(one.queue), one.backlog or 0, f"{host.ip}:{port}", "0.0.0.0:*", "")
        for port, one in host._listeners.items()
    ]
    for one in host.sockets:
        if one.state is State.CLOSED:
            continue
        connection, peer = one.connection, f"{trace.addresses[one.peer]}:{one.connection.remote_port}"
        detail = _info(one) if info and one.state is not State.TIME_WAIT else ""  # 커널도 이때는 변수를 버린다
        rows.append(
            (ss_name(one.state), connection.readable, _unacked(connection), f"{host.ip}:{one.port}", peer, detail)
        )
    widths = [max(len(str(row[n])) for row in (_HEADER, *rows)) for n in range(5)]
    lines = [_line(_HEADER, widths)]
    for row in rows:
        lines += [_line(row, widths), *([f"\t {row[5]}"] if row[5] else [])]
    return "\n".join(lines)


def _line(row: tuple[object, ...], widths: list[int]) -> str:
    state, received, sent, local, peer = (str(value) for value in row[:5])
    a, b, c, d, e = widths
    return f"{state:<{a}} {received:>{b}} {sent:>{c}} {local:>{d}} {peer:>{e}}"


def _unacked(connection: Connection) -> int:
    """맡았지만 확인받지 못한 바이트. SYN과 FIN도 하나로 세는 것은 커널과 같다."""
    total = 1 + connection.written + (connection.state in _SENT_FIN)
    return max(0, total - (connection.snd_una - connection.iss) % 2**32)


def _info(socket: Socket) -> str:
    """`ss -i`의 줄. 커널의 이름을 그대로 쓰고, 시간은 ms, cwnd와 ssthresh는 세그먼트의 수다."""
    connection, mss = socket.connection, socket.connection.negotiated.mss
    rule = connection.config.congestion
    parts = [getattr(rule, "func", rule).__name__.lower(), f"rto:{connection.rto * 1000:.0f}"]
    if connection.srtt is not None and connection.rttvar is not None:
        parts.append(f"rtt:{connection.srtt * 1000:.3g}/{connection.rttvar * 1000:.3g}")
        parts += [f"mss:{mss}", f"cwnd:{connection.cwnd // mss}"]
    if connection.ssthresh < float("inf"):
        parts.append(f"ssthresh:{connection.ssthresh // mss:.0f}")
    if connection.in_flight:
        parts.append(f"unacked:{-(-connection.in_flight // mss)}")
    again = _retransmissions(socket)
    if again and connection.persist_at is None:  # 되풀이한 탐침은 재전송이 아니다
        parts.append(f"retrans:0/{again}")
    if connection.srtt is not None:
        parts.append(f"snd_wnd:{connection.snd_wnd}")
    return " ".join(parts)


def _retransmissions(socket: Socket) -> int:
    ends = (socket.host.name, socket.port, socket.peer)
    sent = socket.host.simulation.trace.segments
    return sum(one.note == "재전송" for one in sent if (one.src, one.segment.src_port, one.dst) == ends)


def count_states(ss_output: str) -> dict[str, int]:
    """`ss -tan`이나 `ss -tin`의 글에서 {상태: 연결의 수}. 머리줄, 빈 줄, `-i`의 들여 쓴 줄은 세지 않는다.

    >>> count_states("State  Recv-Q Send-Q\\nESTAB  0  0\\n\\t cubic rto:204\\nESTAB  0  0\\nTIME-WAIT 0 0")
    {'ESTAB': 2, 'TIME-WAIT': 1}
    """
    lines = [line for line in ss_output.splitlines() if line[:1].strip()]
    return dict(Counter(name for name in (line.split()[0] for line in lines) if name not in ("State", "Netid")))
