"""01 TCP란 무엇인가의 문제."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Sequence

from tcpedu.course.packet_problem import packet_table_problem
from tcpedu.course.packet_tables import isns
from tcpedu.course.problem import Case, Problem
from tcpedu.network.endpoint import Socket
from tcpedu.network.packet_table import PacketTable
from tcpedu.network.setup import PORT, pair
from tcpedu.protocol.reassembly import Reassembler

LESSON = "01_what_is_tcp"
Address = tuple[str, int]
Entry = tuple[str, Address, Address | None]  # (이름, 이쪽 주소, 상대 주소). 듣는 소켓은 상대가 None이다
Letter = tuple[int, str]

# ── four_tuple ──────────────────────────────────────────────────────────────


def four_tuple(segment_src: Address, segment_dst: Address) -> tuple[str, int, str, int]:
    """받은 세그먼트가 속한 연결: 받는 쪽에서 본 (내 IP, 내 포트, 상대 IP, 상대 포트) (RFC 9293 §3.3.1)."""
    return (*segment_dst, *segment_src)


def _ip(rng: random.Random) -> str:
    return f"10.{rng.randrange(256)}.{rng.randrange(256)}.{rng.randrange(1, 255)}"


def _fresh_tuples(rng: random.Random) -> list[Case]:
    def end(port: int) -> Address:
        return _ip(rng), port

    ordinary = [Case((end(rng.randrange(32768, 61000)), end(rng.choice((22, 80, 443))))) for _ in range(4)]
    same = rng.randrange(1024, 65536)
    return [*ordinary, Case((end(same), end(same)), note="두 포트가 같을 때")]


FOUR_TUPLE = Problem(
    name="four_tuple",
    lesson=LESSON,
    title="연결의 이름",
    points=1,
    rfc="RFC 9293 §3.3.1",
    reference=four_tuple,
    cases=(
        Case((("10.0.0.1", 50000), ("10.0.0.2", 80)), note="클라이언트가 서버로 보낸 세그먼트"),
        Case((("10.0.0.2", 80), ("10.0.0.1", 50000)), note="서버가 클라이언트로 보낸 세그먼트"),
        Case((("127.0.0.1", 40000), ("127.0.0.1", 8000)), note="한 컴퓨터 안의 두 프로그램"),
    ),
    fresh_cases=_fresh_tuples,
    hints=(
        "받는 쪽에 서서 보자. 세그먼트의 목적지는 누구의 주소인가?",
        "목적지가 '나', 출발지가 '상대'다. 빈칸 두 개에 인자의 이름을 하나씩 쓰면 된다.",
    ),
    mistakes={
        "출발지를 '나'로 보았다. 받은 세그먼트에서는 목적지가 나이고, 출발지가 상대다.": lambda src, dst: (*src, *dst),
        "IP끼리, 포트끼리 모았다. 차례는 내 IP, 내 포트, 상대 IP, 상대 포트다.": (
            lambda src, dst: (dst[0], src[0], dst[1], src[1])
        ),
        "`(IP, 포트)` 두 쌍을 그대로 묶었다. 별표(`*`)로 풀어 값 넷짜리 튜플을 만든다.": lambda src, dst: (dst, src),
        "IP만 골랐다. 두 끝은 저마다 `(IP, 포트)` 튜플을 통째로 쓴다. 글자열에 별표를 붙이면 글자마다 흩어진다.": (
            lambda src, dst: (*dst[0], *src[0])
        ),
        "두 끝에 같은 주소를 썼다. 연결은 두 끝의 주소가 모두 있어야 가려진다.": lambda src, dst: (*dst, *dst),
        "두 끝이 모두 출발지다. 목적지를 빠뜨리면 내 어느 소켓으로 온 것인지 모른다.": lambda src, dst: (*src, *src),
    },
    explanation="같은 세그먼트라도 보내는 쪽과 받는 쪽은 '나'와 '상대'를 거꾸로 부른다. 그래서 한 연결에는 서로 뒤집힌 "
    "4-튜플 둘이 있고, 커널은 저마다 자기 쪽에서 본 것으로 소켓을 찾는다.",
)

# ── demultiplex ─────────────────────────────────────────────────────────────

ANY = "*"


def demultiplex(local: Address, remote: Address, sockets: Sequence[Entry]) -> str | None:
    """세그먼트를 받을 소켓의 이름: 네 값이 모두 맞는 것, 듣는 소켓, 모든 주소에서 듣는 소켓의 차례."""
    for wanted in ((local, remote), (local, None), ((ANY, local[1]), None)):
        for name, mine, peer in sockets:
            if (mine, peer) == wanted:
                return name
    return None


def _search(
    local: Address,
    sockets: Sequence[Entry],
    tests: Iterable[Callable[[Address, Address | None], bool]],
) -> str | None:
    """시험을 차례로 해 보며 처음 통과한 소켓의 이름."""
    for test in tests:
        for name, mine, peer in sockets:
            if test(mine, peer):
                return name
    return None


def _covers(mine: Address, local: Address) -> bool:
    return mine[1] == local[1] and mine[0] in (ANY, local[0])


def _first_in_table(local: Address, remote: Address, sockets: Sequence[Entry]) -> str | None:
    return _search(local, sockets, [lambda mine, peer: _covers(mine, local) and peer in (None, remote)])


def _listening_first(local: Address, remote: Address, sockets: Sequence[Entry]) -> str | None:
    tests = (
        lambda mine, peer: mine == local and peer is None,
        lambda mine, peer: mine == (ANY, local[1]) and peer is None,
        lambda mine, peer: (mine, peer) == (local, remote),
    )
    return _search(local, sockets, tests)


def _wildcard_first(local: Address, remote: Address, sockets: Sequence[Entry]) -> str | None:
    tests = (
        lambda mine, peer: (mine, peer) == (local, remote),
        lambda mine, peer: mine == (ANY, local[1]) and peer is None,
        lambda mine, peer: mine == local and peer is None,
    )
    return _search(local, sockets, tests)


def _any_connection_on_the_port(local: Address, remote: Address, sockets: Sequence[Entry]) -> str | None:
    tests = (
        lambda mine, peer: mine == local and peer is not None,
        lambda mine, peer: mine == local and peer is None,
        lambda mine, peer: mine == (ANY, local[1]) and peer is None,
    )
    return _search(local, sockets, tests)


def _peer_ip_only(local: Address, remote: Address, sockets: Sequence[Entry]) -> str | None:
    tests = (
        lambda mine, peer: mine == local and peer is not None and peer[0] == remote[0],
        lambda mine, peer: mine == local and peer is None,
        lambda mine, peer: mine == (ANY, local[1]) and peer is None,
    )
    return _search(local, sockets, tests)


def _port_only(local: Address, remote: Address, sockets: Sequence[Entry]) -> str | None:
    tests = (
        lambda mine, peer: (mine, peer) == (local, remote),
        lambda mine, peer: mine[1] == local[1] and peer is None,
    )
    return _search(local, sockets, tests)


def _no_wildcard(local: Address, remote: Address, sockets: Sequence[Entry]) -> str | None:
    tests = (lambda mine, peer: (mine, peer) == (local, remote), lambda mine, peer: mine == local and peer is None)
    return _search(local, sockets, tests)


def _any_wildcard(local: Address, remote: Address, sockets: Sequence[Entry]) -> str | None:
    tests = (
        lambda mine, peer: (mine, peer) == (local, remote),
        lambda mine, peer: mine == local and peer is None,
        lambda mine, peer: mine[0] == ANY and peer is None,
    )
    return _search(local, sockets, tests)


def _established_only(local: Address, remote: Address, sockets: Sequence[Entry]) -> str | None:
    return _search(local, sockets, [lambda mine, peer: (mine, peer) == (local, remote)])


def _falls_to_a_connection(local: Address, remote: Address, sockets: Sequence[Entry]) -> str | None:
    tests = (
        lambda mine, peer: (mine, peer) == (local, remote),
        lambda mine, peer: mine == local,
        lambda mine, peer: mine == (ANY, local[1]) and peer is None,
    )
    return _search(local, sockets, tests)


def _reversed_ends(local: Address, remote: Address, sockets: Sequence[Entry]) -> str | None:
    return demultiplex(remote, local, sockets)


S, A, B = "10.0.0.2", "10.0.0.7", "10.0.0.8"
# 듣는 소켓을 앞에도 뒤에도 둔다: 표의 차례에 기댄 답이 드러난다.
_TABLE: list[Entry] = [
    ("웹 전체", (ANY, 80), None),
    ("A의 첫 연결", (S, 80), (A, 50000)),
    ("웹 안쪽", (S, 80), None),
    ("A의 둘째 연결", (S, 80), (A, 50001)),
    ("B의 연결", (S, 80), (B, 50000)),
    ("다른 주소의 관리", ("10.0.0.3", 22), None),
    ("관리", (ANY, 22), None),
]


def _fresh_tables(rng: random.Random) -> list[Case]:
    mine, other = _ip(rng), _ip(rng)
    port, second = rng.sample(range(1, 1024), 2)
    clients = [(_ip(rng), rng.randrange(32768, 61000)) for _ in range(3)]
    twin = (clients[0][0], clients[0][1] + 1)
    table: list[Entry] = [
        *((f"연결 {n}", (mine, port), client) for n, client in enumerate([*clients, twin], 1)),
        ("안쪽", (mine, port), None),
        ("전체", (ANY, port), None),
        ("다른 주소", (other, second), None),
        ("다른 전체", (ANY, second), None),
    ]
    rng.shuffle(table)
    stranger, closed = (_ip(rng), rng.randrange(32768, 61000)), 1024 + rng.randrange(1000)
    return [
        *(Case(((mine, port), client, table), note="이미 열린 연결") for client in clients),
        Case(((mine, port), twin, table), note="같은 호스트의 둘째 연결"),
        Case(((mine, port), stranger, table), note="처음 온 상대"),
        Case(((other, port), stranger, table), note="다른 주소로 온 세그먼트"),
        Case(((mine, second), stranger, table), note="모든 주소에서 듣는 포트"),
        Case(((mine, closed), stranger, table), note="아무도 듣지 않는 포트"),
        Case(((mine, port), stranger, []), note="빈 표"),
    ]


DEMULTIPLEX = Problem(
    name="demultiplex",
    lesson=LESSON,
    title="누구에게 온 세그먼트인가",
    points=3,
    rfc="RFC 9293 §3.10.7, RFC 1122 §4.2.4.1",
    reference=demultiplex,
    cases=(
        Case(((S, 80), (A, 50000), _TABLE), note="A의 첫 연결로 온 세그먼트"),
        Case(((S, 80), (A, 50001), _TABLE), note="같은 호스트의 둘째 연결"),
        Case(((S, 80), (B, 50000), _TABLE), note="포트가 같은 다른 호스트"),
        Case(((S, 80), ("10.0.0.9", 50000), _TABLE), note="처음 온 상대"),
        Case((("127.0.0.1", 80), ("127.0.0.1", 50000), _TABLE), note="다른 주소로 온 세그먼트"),
        Case(((S, 22), (A, 50002), _TABLE), note="모든 주소에서 듣는 포트"),
        Case(((S, 443), (A, 50003), _TABLE), note="아무도 듣지 않는 포트"),
    ),
    fresh_cases=_fresh_tables,
    hints=(
        "한 번에 다 견주려 하지 말고, 표를 세 번 훑자. 첫 번째에는 무엇만 찾으면 될까?",
        "차례는 (1) 이쪽 주소와 상대 주소가 모두 같은 것, (2) 이쪽 주소가 같고 상대가 `None`인 것, (3) 이쪽이 "
        '`("*", 내 포트)`이고 상대가 `None`인 것이다.',
        "세 번 모두 `(이쪽, 상대)` 쌍이 어떤 값과 같은지 보는 일이다. 찾을 쌍 셋을 차례로 적어 두고 "
        "`for`로 돌 수 있다. 끝까지 없으면 `None`이다.",
    ),
    mistakes={
        "표에서 처음 맞는 것을 골랐다. 듣는 소켓이 표의 앞에 있어도, 네 값이 모두 맞는 연결이 먼저다.": _first_in_table,
        "듣는 소켓을 먼저 골랐다. 그러면 이미 열린 연결의 데이터가 모두 듣는 소켓으로 가 버린다.": _listening_first,
        "`*`에서 듣는 소켓을 먼저 골랐다. 주소까지 적은 쪽이 더 꼭 맞으므로 먼저다.": _wildcard_first,
        "상대를 보지 않고 이쪽 주소가 같은 연결을 골랐다. 서버의 80번 포트에는 연결이 여럿이다.": (
            _any_connection_on_the_port
        ),
        "상대의 IP만 견주었다. 한 호스트가 연결을 여럿 열면 상대의 포트만 다르다.": _peer_ip_only,
        "듣는 소켓의 이쪽 IP를 보지 않았다. 주소를 적은 소켓은 그 주소로 온 것만 받는다.": _port_only,
        '`"*"`를 글자 그대로 견주었다. `"*"`는 모든 주소라는 뜻이다.': _no_wildcard,
        '`"*"`인 소켓의 포트를 보지 않았다. 주소는 가리지 않아도 포트는 같아야 한다.': _any_wildcard,
        "듣는 소켓을 찾지 않았다. 처음 온 상대의 SYN은 아직 연결이 없으므로 듣는 소켓이 받는다.": _established_only,
        "두 끝이 바뀌었다. `local`은 세그먼트의 목적지, 곧 이쪽이다.": _reversed_ends,
        "처음 온 상대의 세그먼트를 남의 연결에 건넸다. 네 값이 모두 같은 연결이 없으면 듣는 소켓(상대가 `None`)만 "
        "남는다.": _falls_to_a_connection,
    },
    explanation="가장 꼭 맞는 것부터 찾는다. 연결은 네 값이 모두 정해져 있고, 듣는 소켓은 이쪽 둘만, `*`에서 듣는 "
    "소켓은 이쪽 포트만 정해져 있다. 표의 차례는 결과에 영향을 주지 않아야 한다.",
)

# ── deliver_in_order ────────────────────────────────────────────────────────


def deliver_in_order(letters: Sequence[Letter]) -> list[str]:
    """받는 사람에게 건넬 편지들. 라이브러리의 재조립기에 편지 한 통을 한 바이트로 넣어 본다."""
    pieces, texts = Reassembler(capacity=1 << 16), dict(letters)
    ready = 0
    for number, _ in letters:
        ready += len(pieces.insert(number - 1, b"x"))
    return [texts[number] for number in range(1, ready + 1)]


def _sorted_all(letters: Sequence[Letter]) -> list[str]:
    return [text for _, text in sorted(letters)]


def _over_the_gap(letters: Sequence[Letter]) -> list[str]:
    return [text for _, text in sorted(dict(letters).items())]


def _as_they_come(letters: Sequence[Letter]) -> list[str]:
    return list(dict(letters).values())


def _no_holding(letters: Sequence[Letter]) -> list[str]:
    out: list[str] = []
    for number, text in letters:
        if number == len(out) + 1:
            out.append(text)
    return out


def _one_at_a_time(letters: Sequence[Letter]) -> list[str]:
    out: list[str] = []
    held: dict[int, str] = {}
    for number, text in letters:
        held[number] = text
        if len(out) + 1 in held:
            out.append(held[len(out) + 1])
    return out


def _from_zero(letters: Sequence[Letter]) -> list[str]:
    held = dict(letters)
    out: list[str] = []
    while len(out) in held:
        out.append(held[len(out)])
    return out


def _from_the_smallest(letters: Sequence[Letter]) -> list[str]:
    held, out = dict(letters), []
    number = min(held, default=0)
    while number in held:
        out.append(held[number])
        number += 1
    return out


def _same_text_is_a_duplicate(letters: Sequence[Letter]) -> list[str]:
    out: list[str] = []
    for text in deliver_in_order(letters):
        if text not in out:
            out.append(text)
    return out


def _numbered(text: str, *numbers: int) -> list[Letter]:
    """`numbers`의 차례로 도착한 편지들. n번 편지는 `text`의 n번째 글자다."""
    return [(number, text[number - 1]) for number in numbers]


_TEXT = "소중한편지여덟통"


def _fresh_letters(rng: random.Random) -> list[Case]:
    def case(lost: set[int], note: str) -> Case:
        numbers = [n for n in range(1, 9) if n not in lost]
        numbers += rng.choices(numbers, k=3)
        rng.shuffle(numbers)
        text = "".join(rng.choices("가나다라마바사아", k=8))
        return Case((_numbered(text, *numbers),), note=note)

    return [
        *(case(set(), "뒤섞이고 두 번 온 것이 있다") for _ in range(3)),
        *(case({rng.randrange(2, 9)}, "하나를 잃었다") for _ in range(3)),
        case({1}, "첫 편지를 잃었다"),
        case({2, 6}, "둘을 잃었다"),
        Case(([],), note="아무것도 오지 않았다"),
    ]


DELIVER_IN_ORDER = Problem(
    name="deliver_in_order",
    lesson=LESSON,
    title="차례대로 건네기",
    points=2,
    rfc="RFC 9293 §2.2, §3.10.7.4",
    reference=deliver_in_order,
    cases=(
        Case((_numbered(_TEXT, 1, 3, 2, 4),), note="3번이 2번보다 먼저 왔다"),
        Case((_numbered(_TEXT, 1, 2, 2, 3, 1),), note="두 번 온 것이 있다"),
        Case((_numbered(_TEXT, 1, 2, 4, 5),), note="3번이 오지 않았다"),
        Case((_numbered(_TEXT, 3, 4, 2),), note="1번이 오지 않았다"),
        Case((_numbered(_TEXT, 4, 3, 2, 1, 6),), note="거꾸로 왔고 5번이 없다"),
        Case((_numbered("하하하", 1, 3, 2, 3),), note="내용이 같은 편지들"),
        Case(([],), note="아무것도 오지 않았다"),
    ),
    fresh_cases=_fresh_letters,
    hints=(
        "도착한 편지를 번호로 찾을 수 있게 `dict`에 담으면, 두 번 온 것은 저절로 하나가 된다.",
        "다음에 건넬 번호를 1에서 시작해, 그 번호가 있는 동안만 하나씩 건넨다. 없는 번호를 만나면 뒤에 무엇이 있든 "
        "멈춘다.",
        "`while number in arrived:`로 돌면서 결과에 덧붙이고 `number`를 1 늘린다.",
    ),
    mistakes={
        "번호 순서로 늘어놓기만 했다. 두 번 온 편지는 한 번만 건넨다.": _sorted_all,
        "빈틈을 건너뛰었다. 앞의 편지가 오지 않았으면 뒤의 것은 와 있어도 건네지 않고 기다린다.": _over_the_gap,
        "온 차례대로 건넸다. 번호의 차례대로 건네야 한다.": _as_they_come,
        "먼저 온 뒤의 편지를 버렸다. 버리지 말고 보관했다가, 앞의 것이 오면 이어서 건넨다.": _no_holding,
        "빈틈이 메워졌을 때 하나만 건넸다. 이어지는 것이 더 보관되어 있으면 모두 건넨다: `if`가 아니라 `while`이다.": (
            _one_at_a_time
        ),
        "0번부터 찾았다. 편지의 번호는 1에서 시작한다.": _from_zero,
        "도착한 것 가운데 가장 작은 번호에서 시작했다. 1번이 오지 않았으면 아무것도 건네지 않는다.": _from_the_smallest,
        "내용이 같은 편지를 중복으로 보았다. 중복인지는 내용이 아니라 번호가 정한다.": _same_text_is_a_duplicate,
    },
    explanation="번호가 세 가지 일을 한다. 같은 번호면 중복이고, 번호가 비면 빈틈이고, 번호의 차례가 곧 보낸 차례다. "
    "TCP가 모든 바이트에 번호를 매기는 까닭이다.",
)

# ── LetterReceiver ──────────────────────────────────────────────────────────


class LetterReceiver:
    """편지를 하나씩 받으며 다음에 받고 싶은 번호로 답하는 쪽 (RFC 9293 §3.4의 누적 확인응답).

    보관은 라이브러리의 재조립기가 한다: 편지 한 통이 한 바이트다.
    """

    def __init__(self) -> None:
        self.delivered = ""
        self.texts: dict[int, str] = {}
        self.pieces = Reassembler(capacity=1 << 16)

    def arrive(self, number: int, text: str) -> int:
        """편지 한 통이 왔다. 다음에 받고 싶은 번호를 돌려준다."""
        self.texts.setdefault(number, text)
        first = self.pieces.next_index + 1
        ready = len(self.pieces.insert(number - 1, b"x"))
        self.delivered += "".join(self.texts[first + n] for n in range(ready))
        return self.pieces.next_index + 1


class _AnswersThisLetter(LetterReceiver):
    def arrive(self, number: int, text: str) -> int:
        super().arrive(number, text)
        return number + 1


class _AnswersLastReceived(LetterReceiver):
    def arrive(self, number: int, text: str) -> int:
        return super().arrive(number, text) - 1


class _AnswersHighest(LetterReceiver):
    def arrive(self, number: int, text: str) -> int:
        super().arrive(number, text)
        return max(self.texts) + 1


class _AnswersCount(LetterReceiver):
    def arrive(self, number: int, text: str) -> int:
        super().arrive(number, text)
        return len(self.texts) + 1


class _ThrowsAway(LetterReceiver):
    def arrive(self, number: int, text: str) -> int:
        wanted = self.pieces.next_index + 1
        return super().arrive(number, text) if number == wanted else wanted


class _DeliversAgain(LetterReceiver):
    def arrive(self, number: int, text: str) -> int:
        if number <= self.pieces.next_index:
            self.delivered += text
        return super().arrive(number, text)


class _DeliversAtOnce(LetterReceiver):
    def arrive(self, number: int, text: str) -> int:
        before = self.delivered + ("" if number in self.texts else text)
        answer = super().arrive(number, text)
        self.delivered = before
        return answer


class _OneStep(LetterReceiver):
    def arrive(self, number: int, text: str) -> int:
        self.texts[number] = text
        wanted = len(self.delivered) + 1
        self.delivered += self.texts.get(wanted, "")
        return len(self.delivered) + 1


class _NoAnswerToDuplicates(LetterReceiver):
    def arrive(self, number: int, text: str) -> int | None:  # type: ignore[override]
        seen = number in self.texts
        answer = super().arrive(number, text)
        return None if seen else answer


def _arrivals(text: str, *numbers: int, note: str = "") -> Case:
    """편지들이 그 차례로 오고, 중간과 끝에 건넨 글을 본다."""
    script: list[tuple[str, object]] = [("arrive", letter) for letter in _numbered(text, *numbers)]
    script.insert(len(script) // 2 + 1, ("get", "delivered"))
    return Case(((), [*script, ("get", "delivered")]), note=note)


def _fresh_arrivals(rng: random.Random) -> list[Case]:
    def case(lost: int | None, note: str) -> Case:
        numbers = [n for n in range(1, 9) if n != lost]
        numbers += rng.choices(numbers, k=3)
        rng.shuffle(numbers)
        return _arrivals("".join(rng.choices("가나다라마바사아", k=8)), *numbers, note=note)

    return [
        *(case(None, "뒤섞이고 두 번 온 것이 있다") for _ in range(3)),
        *(case(rng.randrange(2, 9), "하나를 잃었다") for _ in range(3)),
        case(1, "첫 편지를 잃었다"),
    ]


LETTER_RECEIVER = Problem(
    name="LetterReceiver",
    lesson=LESSON,
    title="수신증을 쓰는 사람",
    points=3,
    rfc="RFC 9293 §3.4, §3.10.7.4",
    reference=LetterReceiver,
    adapter="steps",
    cases=(
        _arrivals("가나다", 1, 2, 3, note="차례대로 왔다"),
        _arrivals("가나다라", 1, 3, 4, 2, note="2번이 늦게 왔다"),
        _arrivals("가나다라", 1, 1, 3, 2, 2, 4, note="두 번 온 것이 있다"),
        _arrivals("가나다라", 2, 4, note="1번이 오지 않았다"),
    ),
    fresh_cases=_fresh_arrivals,
    hints=(
        "기억할 것은 둘이다. 다음에 받고 싶은 번호와, 아직 건네지 못하고 보관한 편지들.",
        "편지가 오면 먼저 보관한다. 그다음 '다음에 받고 싶은 번호'가 보관함에 있는 동안 꺼내어 `delivered`에 이어 "
        "붙이고 번호를 1 늘린다.",
        "이미 건넨 번호가 또 오면 보관하지 않는다. 어느 경우든 마지막 줄은 같다: 다음에 받고 싶은 번호를 돌려준다.",
    ),
    mistakes={
        "방금 온 편지의 다음 번호로 답했다. 빈틈이 있으면 그 빈틈의 번호로 답한다. 답은 '그 앞은 다 받았다'는 뜻이기 "
        "때문이다.": _AnswersThisLetter,
        "마지막으로 받은 번호로 답했다. 답은 다음에 받고 싶은 번호이므로 하나 더 크다.": _AnswersLastReceived,
        "받은 것 가운데 가장 큰 번호를 보고 답했다. 그 앞에 빈틈이 있으면 상대는 잃은 편지를 다시 보내지 않는다.": (
            _AnswersHighest
        ),
        "받은 편지의 수를 세어 답했다. 빈틈 뒤의 편지는 세지 않는다.": _AnswersCount,
        "먼저 온 뒤의 편지를 버렸다. 보관해 두면 빈틈이 메워질 때 다시 받지 않아도 된다.": _ThrowsAway,
        "이미 건넨 편지를 또 건넸다. 다음에 받고 싶은 번호보다 작은 번호는 중복이다.": _DeliversAgain,
        "빈틈을 기다리지 않고 온 대로 건넸다. 받는 사람은 차례대로 읽어야 한다.": _DeliversAtOnce,
        "빈틈이 메워졌을 때 하나만 건넸다. 보관한 것이 이어지면 모두 건넨다: `if`가 아니라 `while`이다.": _OneStep,
        "두 번 온 편지에 답하지 않았다. 또 왔다는 것은 앞의 답을 상대가 받지 못했다는 뜻일 수 있으므로 다시 답한다.": (
            _NoAnswerToDuplicates
        ),
    },
    explanation="답 하나가 두 가지를 말한다: 그 앞은 모두 받았고, 다음은 이것을 달라. 그래서 답 몇 개가 사라져도 뒤의 "
    "답이 대신하고, 같은 답이 되풀이되면 보내는 쪽은 무엇을 잃었는지 안다.",
)

# ── fill_receipts ───────────────────────────────────────────────────────────


def conversation(rng: random.Random) -> PacketTable:
    """한마디씩 주고받는 두 사람: 받은 것의 확인응답은 대답에 실려 간다."""
    sizes = [3 * rng.randrange(1, 30) for _ in range(5)]
    numbers = isns(rng, client=sum(sizes[::2]), server=sum(sizes[1::2]))
    simulation, client, server = pair(0.05, (), None)
    turns = iter(sizes)

    def say(socket: Socket) -> None:
        size = next(turns, None)
        if size is not None:
            simulation.at(simulation.now + 0.05, socket.send, bytes(size))

    def accept(socket: Socket) -> None:
        socket.on_data = say

    server.listen(PORT, iss=numbers["server_isn"], on_accept=accept)
    caller = client.connect(server, PORT, iss=numbers["client_isn"])
    caller.on_established = caller.on_data = say
    columns = ("number", "sender", "flags", "seq", "ack", "length")
    return PacketTable.of(simulation.run(), title="주고받는 말의 표", columns=columns).hide(rng, ("ack",), count=5)


FILL_RECEIPTS = packet_table_problem(
    name="fill_receipts",
    lesson=LESSON,
    title="확인서의 번호",
    points=2,
    make=conversation,
    rfc="RFC 9293 §3.1, §3.4",
    hints=(
        "확인응답 번호는 **상대가** 보낸 것에서 나온다. 빈칸이 있는 줄에서 위로 올라가, 상대가 보낸 가장 가까운 "
        "줄을 찾자.",
        "그 줄의 `seq`에 그 줄이 쓴 번호의 수를 더하면 다음에 받고 싶은 번호다. 데이터는 바이트마다 하나, SYN도 "
        "하나를 쓴다.",
        '`for row in rows:`로 돌면서, 보낸 쪽마다 "다음에 올 번호"를 `dict`에 적어 두면 위로 올라갈 필요가 없다. 모두 '
        "`2**32`로 나눈 나머지다.",
    ),
    explanation="두 사람이 저마다 상대의 번호를 하나씩만 기억하면 된다: 다음에 올 번호. 말을 받을 때마다 받은 만큼 "
    "나아가고, 내가 말할 때 그 번호를 함께 싣는다. 대답이 곧 수신증이다.",
)

PROBLEMS = (FOUR_TUPLE, DEMULTIPLEX, DELIVER_IN_ORDER, LETTER_RECEIVER, FILL_RECEIPTS)
