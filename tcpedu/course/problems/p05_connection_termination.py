"""05 연결 종료의 문제."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from typing import Any

from tcpedu.course.packet_problem import packet_table_problem
from tcpedu.course.packet_tables import isns
from tcpedu.course.problem import Case, Problem
from tcpedu.network import closing
from tcpedu.network.packet_table import PacketTable
from tcpedu.network.setup import SERVER
from tcpedu.network.trace import Trace
from tcpedu.protocol.config import Config
from tcpedu.protocol.connection import Connection
from tcpedu.protocol.segment import Flags, Segment
from tcpedu.protocol.seqnum import MODULUS, seq_le
from tcpedu.protocol.state import State

LESSON = "05_connection_termination"
Row = tuple[str, int, int]
Seen = tuple[str, str, int, int, int]  # 보낸 쪽, 플래그, seq, ack, 데이터 길이

# ── time_wait_ports_exhausted ───────────────────────────────────────────────


def time_wait_ports_exhausted(rate_per_s: float, ports: int, msl: float) -> bool:
    """TIME_WAIT에 머무는 연결이 쓸 수 있는 포트보다 많아지는가."""
    return rate_per_s * 2 * msl > ports


def _fresh_rates(rng: random.Random) -> list[Case]:
    def near(factor: float) -> Case:
        ports, msl = rng.choice((1000, 5000, 28232, 64511)), rng.choice((15.0, 30.0, 60.0, 120.0))
        return Case((round(ports / (2 * msl) * factor, 2), ports, msl))

    ports, msl = rng.choice(((1200, 30.0), (4800, 120.0), (6000, 60.0)))
    edge = Case((ports / (2 * msl), ports, msl), note="꼭 맞아떨어질 때")
    return [*(near(factor) for factor in (0.3, 0.6, 0.9, 1.1, 1.7, 3.0)), edge]


TIME_WAIT_PORTS = Problem(
    name="time_wait_ports_exhausted",
    lesson=LESSON,
    title="포트가 바닥나는 빠르기",
    points=1,
    rfc="RFC 9293 §3.4.2, §3.6.1",
    reference=time_wait_ports_exhausted,
    cases=(
        Case((400.0, 28232, 30.0), note="1초에 400개, 포트 28232개, 리눅스의 60초"),
        Case((500.0, 28232, 30.0), note="1초에 500개"),
        Case((1000.0, 28232, 30.0), note="1초에 1000개"),
        Case((120.0, 28232, 120.0), note="MSL이 RFC의 2분일 때"),
        Case((100.0, 6000, 30.0), note="꼭 맞아떨어질 때"),
        Case((30000.0, 28232, 0.1), note="MSL이 아주 짧을 때"),
        Case((0.0, 28232, 30.0), note="연결하지 않을 때"),
    ),
    fresh_cases=_fresh_rates,
    hints=(
        "1초에 `rate_per_s`개씩 들어와서 저마다 같은 시간 동안 머문다. 어느 순간에 모두 몇 개가 있을까?",
        "머무는 시간은 MSL 하나가 아니다. TIME_WAIT가 얼마 동안 이어지는지 강의에서 다시 보자.",
    ),
    mistakes={
        "TIME_WAIT는 MSL 한 번이 아니라 2 MSL 동안 이어진다 (RFC 9293 §3.3.2).": lambda rate, ports, msl: (
            rate * msl > ports
        ),
        "포트가 꼭 맞아떨어지면 모자라지 않는다. 한 개가 나가는 순간 한 개가 들어온다.": lambda rate, ports, msl: (
            rate * 2 * msl >= ports
        ),
        "빠르기와 포트의 수만 견주었다. 연결마다 TIME_WAIT에 머무는 시간을 곱해야 동시에 머무는 수가 "
        "된다.": lambda rate, ports, msl: rate > ports,
        "네 번 곱했다. TIME_WAIT는 4 MSL이 아니라 2 MSL이다.": lambda rate, ports, msl: rate * 4 * msl > ports,
    },
    explanation="머무는 수 = 들어오는 빠르기 × 머무는 시간(리틀의 법칙). 리눅스의 기본 포트 28232개와 60초라면 "
    "같은 서버에 1초에 470번까지 연결할 수 있다.",
)

# ── close_exchange ──────────────────────────────────────────────────────────


def close_exchange(client_seq: int, server_seq: int, half_close_bytes: int = 0) -> list[Row]:
    """시뮬레이션에서 FIN부터 마지막 ACK까지 실제로 오간 세그먼트."""
    trace = closing.half_close(
        request=0,
        response=half_close_bytes,
        client_isn=(client_seq - 1) % MODULUS,
        server_isn=(server_seq - 1) % MODULUS,
    )
    rows = [sent.segment for sent in trace.segments]
    first = next(index for index, segment in enumerate(rows) if segment.has(Flags.FIN))
    return [(str(segment.flags), segment.seq, segment.ack) for segment in rows[first:]]


def _closing(
    c: int, s: int, n: int, *, fin: int = 1, data: int = 1, flags: str = "FIN,ACK", ack_of_data: bool = True,
    server_fin_ack: int | None = None, ack_takes: int = 0,
) -> list[Row]:  # fmt: skip
    """기준 답과 한 곳만 다른 오답을 만든다."""
    after_client, after_data = c + fin, s + data * n
    rows: list[Row] = [(flags, c, s), ("ACK", s, after_client)]
    if n:
        rows.append(("PSH,ACK", s + ack_takes, after_client))
        rows += [("ACK", after_client, after_data)] if ack_of_data else []
    rows.append((flags, after_data + ack_takes, after_client if server_fin_ack is None else server_fin_ack))
    rows.append(("ACK", after_client, after_data + fin))
    return [(name, seq % MODULUS, ack % MODULUS) for name, seq, ack in rows]


def _no_wrap(c: int, s: int, n: int = 0) -> list[Row]:
    rows: list[Row] = [("FIN,ACK", c, s), ("ACK", s, c + 1)]
    if n:
        rows += [("PSH,ACK", s, c + 1), ("ACK", c + 1, s + n)]
    return [*rows, ("FIN,ACK", s + n, c + 1), ("ACK", c + 1, s + n + 1)]


def _stuck_client(c: int, s: int, n: int = 0) -> list[Row]:
    first, *rest = _closing(c, s, n)
    return [first, *((flags, c if seq == (c + 1) % MODULUS else seq, ack) for flags, seq, ack in rest)]


def _three(c: int, s: int, n: int = 0) -> list[Row]:
    right = _closing(c, s, n)
    return right if n else [right[0], *right[2:]]


def _fresh_closings(rng: random.Random) -> list[Case]:
    def number() -> int:
        return rng.randrange(1, MODULUS - 5000)

    return [
        *(Case((number(), number())) for _ in range(2)),
        *(Case((number(), number(), rng.randrange(1, 1461))) for _ in range(3)),
        Case((MODULUS - 1, number()), note="클라이언트의 FIN이 마지막 번호를 쓸 때"),
        Case((number(), MODULUS - rng.randrange(1, 100), rng.randrange(200, 1461)), note="데이터가 0을 지나갈 때"),
    ]


CLOSE_EXCHANGE = Problem(
    name="close_exchange",
    lesson=LESSON,
    title="FIN의 번호",
    points=2,
    rfc="RFC 9293 §3.6 그림 12",
    reference=close_exchange,
    cases=(
        Case((100, 300), note="RFC 9293 그림 12의 번호"),
        Case((100, 300, 50), note="반닫기: 서버가 50바이트를 마저 보낼 때"),
        Case((2**32 - 1, 7), note="클라이언트의 FIN이 마지막 번호를 쓸 때"),
        Case((5000, 2**32 - 20, 100), note="서버의 데이터가 0을 지나갈 때"),
    ),
    fresh_cases=_fresh_closings,
    hints=(
        "FIN도 SYN처럼 순서 번호를 하나 쓴다. 그래서 FIN의 확인응답 번호는 FIN의 `seq`에 1을 더한 것이다.",
        "FIN 세그먼트에도 ACK 플래그가 켜져 있다. 연결된 뒤의 세그먼트는 모두 확인응답 번호를 싣는다.",
        "클라이언트는 FIN을 보낸 뒤로 번호를 더 쓰지 않는다. 그 뒤 클라이언트의 `seq`는 언제나 `client_seq + 1`이다.",
        "서버의 FIN은 마지막 데이터 바로 다음 번호다. `half_close_bytes`가 0이면 데이터와 그 ACK의 두 줄이 없다.",
    ),
    mistakes={
        "FIN이 순서 번호를 쓰지 않은 것으로 셌다. FIN도 SYN처럼 번호를 하나 쓰므로 확인응답은 FIN의 번호 + "
        "1이다.": lambda c, s, n=0: _closing(c, s, n, fin=0),
        "FIN에 ACK 플래그가 없다. 연결된 뒤의 세그먼트는 모두 ACK를 켠다: `FIN,ACK` (RFC 9293 §3.10.7.4의 "
        "다섯째).": lambda c, s, n=0: _closing(c, s, n, flags="FIN"),
        "서버가 반닫기 동안 보낸 데이터를 번호에 넣지 않았다. 데이터는 한 바이트에 번호를 하나씩 "
        "쓴다.": lambda c, s, n=0: _closing(c, s, n, data=0),
        "클라이언트가 데이터의 ACK를 보내지 않았다. FIN을 보냈어도 받기는 계속하므로 받은 것은 확인한다: "
        "반닫기.": lambda c, s, n=0: _closing(c, s, n, ack_of_data=False),
        "서버의 FIN에 실린 확인응답 번호가 클라이언트의 FIN을 확인하지 않는다. 이미 받은 FIN까지 확인해 `client_seq "
        "+ 1`이다.": lambda c, s, n=0: _closing(c, s, n, server_fin_ack=c),
        "데이터 없는 ACK는 번호를 쓰지 않는다. 서버의 다음 세그먼트는 같은 `seq`에서 "
        "시작한다.": lambda c, s, n=0: _closing(c, s, n, ack_takes=1),
        "서버의 ACK가 빠졌다. ACK와 FIN이 한 세그먼트로 합쳐지는 것은 서버가 곧바로 닫을 때뿐이고, 이 문제에서는 따로 "
        "간다.": _three,
        "순서 번호는 32비트다. `2**32 - 1` 다음은 0이다.": _no_wrap,
        "FIN을 보낸 뒤에도 클라이언트의 `seq`가 그대로다. FIN이 번호를 하나 썼으므로 다음은 `client_seq + 1`이다.": (
            _stuck_client
        ),
    },
    explanation="FIN은 번호를 하나 쓰는 ‘마지막 바이트’다. 그래서 데이터와 똑같이 확인받고, 잃으면 똑같이 다시 보내고, "
    "앞의 데이터가 다 와야 처리된다.",
)

# ── termination_kind ────────────────────────────────────────────────────────


def termination_kind(segments: Sequence[Seen]) -> str:
    """캡처의 끝부분을 보고 연결이 어떻게 끝났는지."""
    if any("RST" in flags for _, flags, *_ in segments):
        return "reset"
    fins: dict[str, Seen] = {}
    for segment in segments:
        if "FIN" in segment[1]:
            fins.setdefault(segment[0], segment)
    if len(fins) < 2:
        return "half-closed"
    first, second = fins.values()
    after_fin = (first[2] + first[4] + 1) % MODULUS
    if not seq_le(after_fin, second[3]):
        return "simultaneous"
    before = segments[: list(segments).index(second)]
    apart = any(who == second[0] and seq_le(after_fin, ack) for who, _, _, ack, _ in before)
    return "normal" if apart else "three-segment"


def _seen(trace: Trace) -> list[Seen]:
    """캡처에서 연결을 연 세 세그먼트를 뺀 것."""
    rows = []
    for sent in trace.segments[3:]:
        segment = sent.segment
        rows.append((sent.src, str(segment.flags), segment.seq, segment.ack, len(segment.payload)))
    return rows


def _ends(kind: str, x: int, y: int, **changes: Any) -> Case:
    """그 방법으로 끝난 연결의 캡처."""
    make: Callable[..., Trace] = {
        "normal": closing.normal_close,
        "three-segment": closing.three_segment_close,
        "simultaneous": closing.simultaneous_close,
        "reset": closing.reset_close,
        "half-closed": closing.half_close,
        "with data": closing.half_close,
    }[kind]
    rows = _seen(make(client_isn=x, server_isn=y, **changes))
    if kind == "half-closed":  # 서버의 FIN이 오기 전에 캡처를 멈췄다
        rows = rows[: next(index for index, row in enumerate(rows) if row[0] == SERVER and "FIN" in row[1])]
    return Case((rows,))


def _with_note(case: Case, note: str) -> Case:
    return Case(case.args, note=note)


def _fresh_kinds(rng: random.Random) -> list[Case]:
    def numbers() -> tuple[int, int]:
        return rng.randrange(MODULUS), rng.choice((rng.randrange(MODULUS), MODULUS - 2))

    cases = [
        *(_ends(kind, *numbers()) for kind in ("normal", "three-segment", "simultaneous", "reset")),
        _ends("half-closed", *numbers(), response=rng.randrange(1, 900)),
        _ends("with data", *numbers(), request=rng.randrange(1, 900), response=rng.randrange(1, 900)),
        _with_note(_ends("normal", *numbers(), drops=[4]), "FIN을 다시 보냈을 때"),
        _with_note(_ends("three-segment", *numbers(), drops=[5]), "세 세그먼트로 끝나다 FIN을 다시 보냈을 때"),
        _with_note(_ends("normal", MODULUS - 2, 300), "FIN의 번호가 0을 지나갈 때"),
    ]
    return rng.sample(cases, len(cases))


def _kind_by_count(segments: Sequence[Seen]) -> str:
    fins = sum("FIN" in flags for _, flags, *_ in segments)
    if any("RST" in flags for _, flags, *_ in segments):
        return "reset"
    return "half-closed" if fins < 2 else {3: "three-segment"}.get(len(segments), "normal")


def _kind_without(segments: Sequence[Seen], *skipped: str) -> str:
    """`skipped`를 알아보지 못하는 답."""
    kind = termination_kind(segments)
    return "normal" if kind in skipped else kind


def _kind_without_wrap(segments: Sequence[Seen]) -> str:
    kind = termination_kind(segments)
    fins = [row for row in segments if "FIN" in row[1]]
    if kind in ("normal", "three-segment") and fins[0][2] + 1 > fins[-1][3]:
        return "simultaneous"
    return kind


def _kind_adjacent(segments: Sequence[Seen]) -> str:
    kind = termination_kind(segments)
    fins = [index for index, row in enumerate(segments) if "FIN" in row[1]]
    if kind in ("normal", "three-segment", "simultaneous"):
        return "simultaneous" if fins[1] - fins[0] == 1 else "normal"
    return kind


def _kind_last(segments: Sequence[Seen]) -> str:
    kind = termination_kind(segments)
    return "half-closed" if kind == "reset" and not any("FIN" in row[1] for row in segments) else kind


TERMINATION_KIND = Problem(
    name="termination_kind",
    lesson=LESSON,
    title="어떻게 끝났을까",
    points=3,
    rfc="RFC 9293 §3.6 그림 12, 13",
    reference=termination_kind,
    cases=(
        _with_note(_ends("normal", 100, 300), "RFC 9293 그림 12"),
        _with_note(_ends("three-segment", 100, 300), "서버가 곧바로 닫을 때"),
        _with_note(_ends("simultaneous", 100, 300), "RFC 9293 그림 13"),
        _with_note(_ends("reset", 100, 300), "클라이언트가 ABORT할 때"),
        _with_note(_ends("half-closed", 100, 300, response=500), "서버가 아직 보내는 중일 때"),
        _with_note(_ends("with data", 100, 300, request=20, response=500), "데이터와 함께 끝날 때"),
        _with_note(_ends("normal", 2**32 - 2, 300), "FIN의 번호가 0을 지나갈 때"),
        _with_note(_ends("normal", 100, 300, drops=[4]), "FIN을 다시 보냈을 때"),
        _with_note(_ends("three-segment", 100, 300, drops=[5]), "서버의 FIN을 다시 보냈을 때"),
    ),
    fresh_cases=_fresh_kinds,
    hints=(
        "RST가 하나라도 있으면 `reset`이다. 다음으로 FIN을 보낸 쪽이 몇인지 세자. 다시 보낸 FIN이 있으므로 FIN의 "
        "개수가 아니라 보낸 쪽의 수다.",
        "FIN을 보낸 쪽이 둘이면, 나중 FIN의 `ack`를 보자. 먼저 간 FIN을 받고 보낸 것이면 그 번호 다음까지 확인한다.",
        "나중 FIN이 먼저 간 FIN을 확인하지 않았다면 서로 모른 채 닫은 것이다. 확인했다면, 그보다 앞서 따로 "
        "확인한 ACK가 있었는지 본다.",
        "번호를 견줄 때는 `2**32`에서 돌아오는 것을 생각하자. `(b - a) % 2**32 < 2**31`이면 a가 b보다 앞서거나 같다.",
    ),
    mistakes={
        "세그먼트의 수만 셌다. 다시 보낸 FIN이나 데이터가 섞이면 수가 달라진다. 무엇을 확인했는지(`ack`)를 "
        "보자.": _kind_by_count,
        "FIN이 엇갈린 것을 알아보지 못했다. 나중 FIN의 `ack`가 먼저 간 FIN을 확인하지 않으면 동시 종료다 (RFC "
        "9293 그림 "
        "13).": lambda segments: _kind_without(segments, "simultaneous"),
        "ACK와 FIN이 한 세그먼트로 합쳐진 것을 알아보지 못했다. 나중 FIN보다 앞선 ACK가 따로 있었는지 "
        "보자.": lambda segments: _kind_without(segments, "three-segment"),
        "한쪽만 닫은 연결을 끝난 것으로 보았다. FIN을 보낸 쪽이 하나뿐이면 다른 방향은 아직 열려 "
        "있다: 반닫기.": lambda segments: _kind_without(segments, "half-closed"),
        "번호가 한 바퀴 도는 것을 보지 않았다. FIN의 번호가 `2**32 - 1`이면 그다음은 0이고, 작은 수가 더 뒤의 번호일 "
        "수 있다.": _kind_without_wrap,
        "두 FIN이 나란히 보인다고 동시 종료는 아니다. 세 세그먼트 종료에서도 나란하다. 나중 FIN의 `ack`로 "
        "가린다.": _kind_adjacent,
        "RST로 끝난 것을 알아보지 못했다. RST에는 FIN이 없어도 두 방향이 한꺼번에 끝난다.": _kind_last,
    },
    explanation="순서가 아니라 확인응답 번호가 ‘누가 무엇을 알고 보냈는가’를 말해 준다. 캡처를 읽을 때 늘 쓰는 눈이다.",
)

# ── after_close ─────────────────────────────────────────────────────────────

_ISN, _PEER_ISN = 100, 300


def after_close(action: str, unread: int, peer_state: str) -> str:
    """라이브러리의 연결을 그 상황까지 데려가 `action`을 하고, 나간 세그먼트와 다음 상태를 읽는다."""
    connection = _opened(unread, peer_state)
    if action == "abort" or (action == "close" and connection.readable):
        if connection.state is not State.CLOSED:
            connection.abort()  # 읽지 않은 데이터를 버리게 되면 RST로 알린다 (RFC 9293 §3.6.1, SHLD-3)
    elif connection.state is not State.CLOSED:
        connection.close()
    sent = connection.poll(1.0)
    kinds = [name for segment in sent for name in ("RST", "FIN") if name in str(segment.flags)]
    return f"{kinds[0] if kinds else '없음'} → {connection.state.name}"


def _opened(unread: int, peer_state: str) -> Connection:
    connection = Connection(Config(50000, 80), iss=_ISN)
    connection.open()
    connection.poll(0.0)
    connection.receive(Segment(80, 50000, seq=_PEER_ISN, ack=_ISN + 1, flags=Flags.SYN | Flags.ACK, window=9000), 0.0)
    seq = _PEER_ISN + 1
    if unread:
        connection.receive(_from_peer(seq, Flags.PSH, bytes(unread)), 0.1)
        seq += unread
    if peer_state == "FIN_WAIT_2":
        connection.receive(_from_peer(seq, Flags.FIN), 0.2)
    elif peer_state == "CLOSED":
        connection.receive(_from_peer(seq, Flags.RST), 0.2)
    return connection


def _from_peer(seq: int, flag: Flags, payload: bytes = b"") -> Segment:
    return Segment(80, 50000, seq=seq, ack=_ISN + 1, flags=flag | Flags.ACK, window=9000, payload=payload)


def _after(
    action: str, unread: int, peer_state: str, *, resets: Callable[[str, int], bool], fin_first: str = ""
) -> str:
    """기준 답과 한 곳만 다른 오답을 만든다."""
    if peer_state == "CLOSED":
        return "없음 → CLOSED"
    if resets(action, unread):
        return "RST → CLOSED"
    return "FIN → LAST_ACK" if peer_state != (fin_first or "ESTABLISHED") else "FIN → FIN_WAIT_1"


def _right_resets(action: str, unread: int) -> bool:
    return action == "abort" or (action == "close" and unread > 0)


_ACTIONS = ("close", "shutdown", "abort")
_PEERS = ("ESTABLISHED", "FIN_WAIT_2", "CLOSED")


def _fresh_actions(rng: random.Random) -> list[Case]:
    cases = [
        Case((action, unread, peer)) for action in _ACTIONS for unread in (0, rng.randrange(1, 1400)) for peer in _PEERS
    ]
    return rng.sample(cases, len(cases))


AFTER_CLOSE = Problem(
    name="after_close",
    lesson=LESSON,
    title="`close()`는 FIN을 보내는가",
    points=2,
    rfc="RFC 9293 §3.6.1, §3.10.4, §3.10.5",
    reference=after_close,
    cases=(
        Case(("close", 0, "ESTABLISHED"), note="보통의 능동 종료"),
        Case(("close", 0, "FIN_WAIT_2"), note="상대가 먼저 닫았을 때"),
        Case(("close", 10, "ESTABLISHED"), note="받은 데이터 10바이트를 읽지 않고 닫을 때"),
        Case(("shutdown", 10, "ESTABLISHED"), note="읽지 않은 것이 있어도 보내기만 닫을 때"),
        Case(("shutdown", 0, "FIN_WAIT_2"), note="상대가 먼저 닫은 뒤 보내기를 닫을 때"),
        Case(("abort", 0, "ESTABLISHED"), note="SO_LINGER를 0초로 두고 닫을 때"),
        Case(("close", 0, "CLOSED"), note="이미 상대의 RST를 받았을 때"),
        Case(("close", 10, "FIN_WAIT_2"), note="상대가 닫기 전에 보낸 것을 읽지 않고 닫을 때"),
    ),
    fresh_cases=_fresh_actions,
    hints=(
        "상대의 RST를 받은 연결(`peer_state`가 `CLOSED`)은 이미 없다. 보낼 것도 없다.",
        "RST가 나가는 경우는 둘이다: `abort`, 그리고 읽지 않은 데이터를 두고 하는 `close`.",
        "`shutdown`은 보내는 방향만 닫는다. 받은 데이터는 버려지지 않으므로 언제나 FIN이다.",
        "FIN을 먼저 보낸 쪽은 FIN_WAIT_1, 상대의 FIN을 받은 뒤에 보낸 쪽은 LAST_ACK로 간다.",
    ),
    mistakes={
        "`close()`가 늘 FIN을 보내지는 않는다. 읽지 않은 데이터를 두고 닫으면 그 데이터는 버려지고, 그것을 "
        "RST로 알린다 (RFC 9293 "
        "§3.6.1).": lambda a, n, p: _after(a, n, p, resets=lambda action, unread: action == "abort"),
        "`shutdown`은 보내는 방향만 닫는다. 읽지 않은 데이터는 남아 있어 나중에 읽을 수 있으므로 RST가 나가지 "
        "않는다.": lambda a, n, p: _after(a, n, p, resets=lambda action, unread: action == "abort" or unread > 0),
        "`SO_LINGER`를 0초로 두고 닫는 것은 ABORT다. FIN이 아니라 RST가 나간다 (RFC 9293 "
        "§3.10.5).": lambda a, n, p: _after(a, n, p, resets=lambda action, unread: action == "close" and unread > 0),
        "상대의 FIN을 먼저 받은 쪽은 FIN_WAIT_1로 가지 않는다. 두 방향이 모두 닫히므로 마지막 ACK만 기다린다: "
        "LAST_ACK.": lambda a, n, p: (
            "FIN → FIN_WAIT_1" if p == "FIN_WAIT_2" and not _right_resets(a, n) else after_close(a, n, p)
        ),
        "이미 RST를 받은 연결은 없는 연결이다. FIN도 RST도 보내지 않는다.": lambda a, n, p: _after(
            a, n, p if p != "CLOSED" else "ESTABLISHED", resets=_right_resets
        ),
        "RST를 보낸 쪽은 TIME_WAIT를 거치지 않고 곧바로 CLOSED가 된다.": lambda a, n, p: after_close(a, n, p).replace(
            "RST → CLOSED", "RST → TIME_WAIT"
        ),
    },
    explanation="FIN은 ‘다 보냈다’, RST는 ‘무엇인가를 잃었다’는 말이다. 읽지 않은 데이터를 두고 닫으면 상대가 보낸 "
    "것이 사라지므로 FIN으로 끝낼 수 없다.",
)

# ── fill_close ──────────────────────────────────────────────────────────────


def close_table(rng: random.Random) -> PacketTable:
    """요청과 응답이 오가고 반닫기로 끝나는 연결."""
    request, response = rng.randrange(1, 1000), rng.randrange(1, 1400)
    numbers: dict[str, Any] = isns(rng, request + 2, response + 2)
    trace = closing.half_close(request=request, response=response, **numbers)
    return PacketTable.of(trace, title="반닫기로 끝나는 표").hide(rng, count=7)


FILL_CLOSE = packet_table_problem(
    name="fill_close", lesson=LESSON, title="빈칸 채우기: 반닫기", points=3, make=close_table, rfc="RFC 9293 §3.4, §3.6"
)

PROBLEMS = (TIME_WAIT_PORTS, CLOSE_EXCHANGE, AFTER_CLOSE, TERMINATION_KIND, FILL_CLOSE)
