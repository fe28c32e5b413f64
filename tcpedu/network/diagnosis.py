"""캡처의 표를 보고 무엇이 잘못되었는지 판단한다.

줄 하나는 `dict`이고 열쇠는 `number time sender flags seq ack length window`다. `packet_table.py`의 줄과 같되 한 곳에서
본 차례다. 강의: lessons/14_troubleshooting.ipynb
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tcpedu.protocol.segment import Flags
from tcpedu.protocol.seqnum import seq_add, seq_le

from .trace import Trace

Row = dict[str, Any]

NAMES = (
    "port closed", "firewall drop", "zero window", "mtu black hole", "retransmission storm", "close_wait leak",
    "nagle stall", "healthy",
)  # fmt: skip
_STORM = 0.2  # 데이터 줄의 이만큼이 다시 보낸 것이면 폭풍이다
_STALL = 0.03  # RTT보다 이만큼(초) 더 늦은 순수 ACK


def capture_rows(trace: Trace, at: str) -> list[Row]:
    """호스트 `at`에서 잡은 캡처를 표의 줄로. 시각은 그곳에서 본 때다.

    >>> from tcpedu.network.scenarios import CLIENT, handshake
    >>> [(row["time"], row["flags"]) for row in capture_rows(handshake(), CLIENT)]
    [(0.0, 'SYN'), (0.1, 'SYN,ACK'), (0.1, 'ACK')]
    """
    rows = []
    for number, (time, packet) in enumerate(trace.seen_at(at), 1):
        segment = packet.segment
        ack = segment.ack if segment.has(Flags.ACK) else 0
        rows.append({
            "number": number, "time": round(time, 6), "sender": packet.src, "flags": str(segment.flags),
            "seq": segment.seq, "ack": ack, "length": len(segment.payload), "window": segment.window,
        })  # fmt: skip
    return rows


def has(row: Row, flag: str) -> bool:
    """그 줄에 플래그가 켜져 있는가."""
    return flag in row["flags"].split(",")


def end_of(row: Row) -> int:
    """그 줄이 쓴 마지막 번호의 다음: 데이터의 바이트, SYN과 FIN은 하나씩 (RFC 9293 §3.4)."""
    return seq_add(row["seq"], row["length"] + has(row, "SYN") + has(row, "FIN"))


def retransmissions(segments: Sequence[Row]) -> list[int]:
    """다시 보낸 줄의 번호들. 번호를 쓰는 줄의 끝이 그 쪽이 앞서 보낸 가장 먼 끝을 넘지 못하면 다시 보낸 것이다.

    >>> from tcpedu.network.scenarios import CLIENT, transfer
    >>> retransmissions(capture_rows(transfer(bytes(5000), mss=1000, drops=[5]), CLIENT))
    [14]
    """
    farthest: dict[str, int] = {}
    found = []
    for row in segments:
        end, sender = end_of(row), row["sender"]
        if end == row["seq"]:
            continue  # 번호를 쓰지 않는 ACK는 다시 보내지 않는다
        if sender in farthest and seq_le(end, farthest[sender]):
            found.append(row["number"])
        else:
            farthest[sender] = end
    return found


def handshake_rtt(segments: Sequence[Row]) -> float:
    """핸드셰이크로 잰 왕복 시간(초): SYN에서 마지막 ACK까지. 어디서 잡은 캡처든 같다.

    핸드셰이크가 다 보이지 않거나, 다시 보낸 것이 있어 어느 것의 답인지 모르면 `ValueError` (RFC 6298 §3).

    >>> from tcpedu.network.scenarios import CLIENT, SERVER, handshake
    >>> [round(handshake_rtt(capture_rows(handshake(), at)), 6) for at in (CLIENT, SERVER)]
    [0.1, 0.1]
    """
    syns = [row for row in segments if has(row, "SYN") and not has(row, "ACK")]
    answers = [row for row in segments if has(row, "SYN") and has(row, "ACK")]
    if len(syns) != 1 or len(answers) != 1:
        raise ValueError(f"SYN이 {len(syns)}개, SYN,ACK가 {len(answers)}개입니다. 하나씩이어야 잴 수 있습니다")
    syn, answer = syns[0], answers[0]
    for row in segments:
        last = row["sender"] == syn["sender"] and row["flags"] == "ACK" and row["ack"] == end_of(answer)
        if last and answer["ack"] == end_of(syn):
            return float(row["time"] - syn["time"])
    raise ValueError("핸드셰이크의 마지막 ACK가 보이지 않습니다")


def diagnose(segments: Sequence[Row]) -> str:
    """클라이언트에서 잡은 연결 하나에 무슨 일이 있었는가: `NAMES` 가운데 하나. 앞의 것이 먼저다.

    >>> from tcpedu.network.scenarios import CLIENT, refused_port
    >>> diagnose(capture_rows(refused_port(), CLIENT))
    'port closed'
    """
    client = segments[0]["sender"]
    answers = [row for row in segments if row["sender"] != client]
    if not answers:
        return "firewall drop"
    if all(has(row, "RST") for row in answers):
        return "port closed"
    if any(row["window"] == 0 and not has(row, "RST") for row in segments):
        return "zero window"
    if _largest_never_acked(segments, client):
        return "mtu black hole"
    again, data = set(retransmissions(segments)), [row for row in segments if row["length"]]
    if sum(row["number"] in again for row in data) > _STORM * len(data):
        return "retransmission storm"
    if _one_side_closed(segments):
        return "close_wait leak"
    return "nagle stall" if _stalls(segments) >= 2 else "healthy"


def _acked(row: Row, segments: Sequence[Row]) -> bool:
    """상대가 그 줄의 끝까지 확인했는가."""
    others = (one for one in segments if one["sender"] != row["sender"] and has(one, "ACK"))
    return any(seq_le(end_of(row), one["ack"]) for one in others)


def _largest_never_acked(segments: Sequence[Row], client: str) -> bool:
    """클라이언트의 작은 데이터는 확인받았는데, 가장 큰 데이터는 세 번 넘게 다시 보내도 하나도 확인받지 못했다."""
    data = [row for row in segments if row["sender"] == client and row["length"]]
    largest = max((row["length"] for row in data), default=0)
    again = set(retransmissions(segments))
    big, small = ([row for row in data if (row["length"] == largest) is same] for same in (True, False))
    return (
        sum(row["number"] in again for row in big) >= 3
        and not any(_acked(row, segments) for row in big)
        and any(_acked(row, segments) for row in small)
    )


def _one_side_closed(segments: Sequence[Row]) -> bool:
    """한 쪽의 FIN은 확인받았는데 다른 쪽의 FIN이 끝까지 없다."""
    fins = {row["sender"]: row for row in segments if has(row, "FIN")}
    return len(fins) == 1 and all(_acked(row, segments) for row in fins.values())


def _stalls(segments: Sequence[Row]) -> int:
    """데이터 다음에, RTT보다 30ms 넘게 늦은 순수 ACK가 오고, 곧바로 같은 쪽이 데이터를 이어 보낸 횟수."""
    try:
        late = handshake_rtt(segments) + _STALL
    except ValueError:
        return 0
    return sum(
        bool(first["length"] and after["length"])
        and first["sender"] == after["sender"] != ack["sender"]
        and ack["flags"] == "ACK" and ack["length"] == 0
        and ack["time"] - first["time"] > late and after["time"] - ack["time"] < 0.001
        for first, ack, after in zip(segments, segments[1:], segments[2:], strict=False)
    )  # fmt: skip
