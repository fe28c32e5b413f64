"""12 소켓 프로그래밍의 문제: 바이트 스트림에서 메시지를 꺼내고, 여럿을 함께 받는다."""

from __future__ import annotations

import random

from tcpedu.course import server_mistakes as bad
from tcpedu.course import socket_mistakes as wrong
from tcpedu.course.problem import Case
from tcpedu.course.socket_problem import cut_somewhere, guests, meeting, pieces, socket_problem
from tcpedu.lab.peer_words import Move
from tcpedu.lab.sockets import read_lines, recv_exactly, recv_message, send_message, serve_echo

LESSON = "12_socket_programming"
SHUT: Move = ("shut",)
# 받지 않는 손님의 것을 번갈아 조금씩 되돌리는 서버도 이만큼 이야기하는 사이에는 버퍼를 다 채우고 멈춘다
CHAT = 40


def framed(payload: bytes) -> bytes:
    """길이를 앞에 붙인 메시지."""
    return len(payload).to_bytes(4, "big") + payload


# ── recv_exactly ────────────────────────────────────────────────────────────


def _fresh_exactly(rng: random.Random) -> list[Case]:
    size = rng.randrange(6, 40)
    data, more = rng.randbytes(size), rng.randbytes(size)
    short = rng.randrange(1, size)
    return [
        meeting([(size,)], *cut_somewhere(rng, data), note="조각나서 온다"),
        meeting([(size,)], *pieces(data, *range(1, size)), note="한 바이트씩 온다"),
        meeting([(size,), (size,)], *cut_somewhere(rng, data + more), note="뒤에 더 온다"),
        meeting([(size,)], *cut_somewhere(rng, data[:short] + b"!", 1)[:1], SHUT, note="모자란 채 끝난다"),
        meeting([(0,), (size,)], ("send", data), note="0바이트"),
        meeting([(size,)], ("send", data), SHUT, note="꼭 맞게 끝난다"),
    ]


RECV_EXACTLY = socket_problem(
    name="recv_exactly",
    lesson=LESSON,
    title="정확히 n바이트 받기",
    points=2,
    rfc="RFC 9293 §3.9.1.3",
    reference=recv_exactly,
    cases=(
        meeting([(5,)], ("send", b"hello"), note="한 번에 온다"),
        meeting([(5,)], *pieces(b"hello", 2), note="둘로 나뉘어 온다"),
        meeting([(6,)], *pieces("가나".encode(), 1, 2, 3, 4, 5), note="한 바이트씩 온다"),
        meeting([(5,), (5,)], ("send", b"helloworld"), note="다음에 읽을 것까지 한 번에 온다"),
        meeting([(5,), (5,)], *pieces(b"helloworld", 2), note="나뉘어 오고, 뒤에 더 있다"),
        meeting([(5,)], ("send", b"he"), SHUT, note="모자란 채 끝난다"),
        meeting([(3,)], ("send", b"abc"), SHUT, note="꼭 맞게 끝난다"),
        meeting([(0,)], note="0바이트"),
    ),
    fresh_cases=_fresh_exactly,
    hints=(
        "`recv(n)`의 `n`은 **많아야** `n`바이트라는 뜻이다. 모자라면 다시 불러 이어 붙여야 한다.",
        "다시 부를 때는 남은 만큼(`n - len(data)`)만 달라고 하자. 더 달라고 하면 다음 메시지의 앞부분까지 가져온다.",
        '`recv()`가 `b""`를 돌려주면 스트림이 끝난 것이다. 그 뒤로는 아무리 불러도 `b""`이므로 EOFError를 낸다.',
    ),
    mistakes={
        "`recv()`를 한 번만 불렀다. `n`은 많아야 그만큼이라는 뜻이라 모자라게 올 수 "
        "있다.": lambda sock, n: sock.recv(n),
        '`b""`를 확인하지 않았다. 스트림이 끝나면 `recv()`는 언제까지나 `b""`를 돌려주므로 반복이 끝나지 '
        "않는다.": wrong.no_eof_check,
        "모자란 것을 그대로 돌려주었다. 부른 쪽은 `n`바이트를 믿고 읽으므로 오류로 알려야 한다.": wrong.returns_short,
        "넉넉히 읽고 앞의 `n`바이트만 잘라 썼다. 나머지는 버려져 다음 메시지가 사라진다.": wrong.reads_and_cuts,
        "`n`바이트보다 많이 돌려주었다. 한 번에 달라고 할 수 있는 것은 `n`이 아니라 남은 `n - len(data)`바이트다.": (
            wrong.asks_for_all
        ),
        "크게 읽은 것을 통째로 돌려주었다. `n`바이트를 넘는 것은 다음에 읽을 몫이다.": wrong.reads_big,
        "스트림이 끝날 때까지 읽었다. 상대가 연결을 열어 두면 영영 기다린다.": wrong.reads_to_the_end,
        "필요한 것이 0바이트인데도 `recv()`를 불렀다. 올 것이 없으면 영영 기다린다. 먼저 확인하고 부르자.": (
            wrong.reads_first
        ),
    },
    explanation="바이트 스트림에서 읽는 일의 바탕이다. 남은 만큼만 달라고 하고, 끝을 확인하고, 다 모이면 멈춘다.",
)

# ── send_message ────────────────────────────────────────────────────────────


def _sending(payload: bytes, note: str) -> Case:
    return meeting([(payload,)], ("message",), note=note)


def _fresh_sending(rng: random.Random) -> list[Case]:
    return [
        _sending(rng.randbytes(rng.randrange(1, 100)), "짧은 메시지"),
        _sending(rng.randbytes(rng.randrange(257, 5000)), "256바이트가 넘는 메시지"),
        _sending(b"", "빈 메시지"),
        _sending(rng.randbytes(50) * rng.randrange(1500, 2000), "커널이 한 번에 맡지 못하는 메시지"),
    ]


SEND_MESSAGE = socket_problem(
    name="send_message",
    lesson=LESSON,
    title="길이를 앞에 붙여 보내기",
    points=2,
    rfc="RFC 9293 §3.9.1.2",
    adapter="socket_send",
    reference=send_message,
    cases=(
        _sending(b"hi", "짧은 메시지"),
        _sending(b"", "빈 메시지"),
        _sending(bytes(300), "길이가 한 바이트에 들어가지 않는다"),
        _sending("안녕".encode(), "한글: 글자가 아니라 바이트를 센다"),
        _sending(bytes(range(250)) * 400, "상대가 천천히 읽고, 커널이 한 번에 맡지 못한다"),
    ),
    fresh_cases=_fresh_sending,
    hints=(
        "보낼 것은 길이 4바이트와 `payload`를 이어 붙인 것이다. 길이에 제 4바이트는 들어가지 않는다.",
        '빅 엔디언 4바이트는 `len(payload).to_bytes(4, "big")`이다.',
        "`send()`는 커널이 맡은 만큼만 보내고 그 수를 돌려준다. 다 보낼 때까지 되풀이해 주는 것은 `sendall()`이다.",
    ),
    mistakes={
        "바이트 순서가 거꾸로다. 네트워크에서는 큰 자리부터(빅 엔디언) 보낸다.": lambda sock, payload: (
            sock.sendall(len(payload).to_bytes(4, "little") + payload)
        ),
        "길이를 10진수 글자로 적었다. 4바이트의 이진수로 적어야 9999보다 긴 것도 말할 수 "
        "있다.": lambda sock, payload: sock.sendall(b"%04d" % len(payload) + payload),
        "길이에 머리 4바이트까지 넣었다. 이 약속에서는 본문의 바이트만 센다.": lambda sock, payload: (
            sock.sendall((len(payload) + 4).to_bytes(4, "big") + payload)
        ),
        "`send()`를 썼다. 커널의 버퍼가 차면 앞부분만 보내고 돌아온다. 돌려준 수를 보고 되풀이하거나 `sendall()`을 "
        "쓰자.": lambda sock, payload: sock.send(framed(payload)),
        "길이를 붙이지 않았다. 받는 쪽은 어디까지가 한 메시지인지 알 수 없다.": lambda sock, payload: (
            sock.sendall(payload)
        ),
        "길이를 2바이트로 적었다. 받는 쪽은 4바이트를 길이로 읽는다.": wrong.short_header,
        "빈 메시지를 보내지 않았다. 길이가 0인 것도 메시지다.": lambda sock, payload: (
            sock.sendall(framed(payload)) if payload else None
        ),
    },
    explanation="받는 쪽은 길이 4바이트를 먼저 읽고, 그만큼만 더 읽으면 메시지 하나다. 본문에 무엇이 들어 있어도 된다.",
)

# ── recv_message ────────────────────────────────────────────────────────────


def _fresh_receiving(rng: random.Random) -> list[Case]:
    size = rng.randrange(260, 500)
    body, more = rng.randbytes(size), rng.randbytes(rng.randrange(1, 60))
    return [
        meeting([(600,)], *cut_somewhere(rng, framed(body)), note="조각나서 온다"),
        meeting([(600,), (600,)], ("send", framed(body) + framed(more)), note="두 메시지가 붙어 온다"),
        meeting([(600,), (600,)], *cut_somewhere(rng, framed(more) + framed(body), 5), note="아무 데서나 잘린다"),
        meeting([(size,)], ("send", framed(body)), note="꼭 한도만큼"),
        meeting([(size - 1,)], ("send", framed(body)), note="한도를 1바이트 넘는다"),
        meeting([(600,)], ("send", (2**32 - rng.randrange(1, 99)).to_bytes(4, "big")), note="터무니없는 길이"),
        meeting([(600,), (600,)], ("send", framed(b"") + framed(more)), note="빈 메시지 다음의 메시지"),
        meeting([(600,)], ("send", framed(body)[: rng.randrange(5, size)]), SHUT, note="본문에서 끝난다"),
        meeting([(600,)], ("send", framed(body)[: rng.randrange(1, 4)]), SHUT, note="길이에서 끝난다"),
    ]


RECV_MESSAGE = socket_problem(
    name="recv_message",
    lesson=LESSON,
    title="메시지 하나 받기",
    points=3,
    rfc="RFC 9293 §3.9.1.3",
    reference=recv_message,
    cases=(
        meeting([(8,)], ("send", framed(b"hello")), note="한 번에 온다"),
        meeting([(1000,)], *pieces(framed(bytes(300)), 1, 100), note="길이도 본문도 나뉘어 온다"),
        meeting([(100,)], *pieces(framed(b"hello"), 4, 6), note="본문만 나뉘어 온다"),
        meeting([(100,), (100,)], ("send", framed(b"one") + framed(b"two")), note="두 메시지가 붙어 온다"),
        meeting([(100,), (100,)], ("send", framed(b"") + framed(b"x")), note="빈 메시지 다음의 메시지"),
        meeting([(5,)], ("send", framed(b"hello")), note="꼭 한도만큼"),
        meeting([(4,)], ("send", framed(b"hello")), note="한도를 1바이트 넘는다"),
        meeting([(100,)], ("send", b"\xff\xff\xff\xff"), note="4GB라고 적혀 있고 본문은 오지 않는다"),
        meeting([(100,)], ("send", framed(b"hello")[:6]), SHUT, note="본문에서 끝난다"),
        meeting([(100,)], ("send", b"\x00\x00"), SHUT, note="길이에서 끝난다"),
    ),
    fresh_cases=_fresh_receiving,
    hints=(
        "앞에서 만든 `recv_exactly`를 두 번 부르면 된다: 길이 4바이트, 그리고 그 길이만큼.",
        '길이는 `int.from_bytes(…, "big")`으로 읽는다.',
        "한도는 본문을 읽기 **전에** 본다. 상대가 4GB라고 적어 보내면 그만큼 기다리거나 메모리를 쓰게 되기 때문이다.",
    ),
    mistakes={
        "길이 4바이트를 `recv(4)` 한 번으로 읽었다. 네 바이트도 나뉘어 올 수 있다.": wrong.header_at_once,
        "본문을 `recv()` 한 번으로 읽었다. 모자라게 올 수 있다.": wrong.body_at_once,
        "길이의 바이트 순서를 거꾸로 읽었다. 빅 엔디언이다.": wrong.little_endian,
        "한도를 보지 않았다. 상대가 적은 길이를 그대로 믿으면 메모리도 시간도 상대의 것이 된다.": wrong.no_limit,
        "꼭 한도만큼인 메시지를 거절했다. 거절할 것은 한도를 **넘는** 것이다.": wrong.refuses_equal,
        "한도에 길이 4바이트까지 넣어 셌다. `limit`은 본문의 한도다.": wrong.counts_header,
        "본문을 다 읽은 뒤에 한도를 보았다. 4GB를 기다린 다음에 거절하는 셈이다. 읽기 전에 본다.": (wrong.checks_late),
        "한도까지만 읽고 돌려주었다. 나머지 본문이 스트림에 남아 다음 메시지의 길이로 읽힌다. 거절해야 한다.": (
            wrong.truncates
        ),
        "크게 읽어 앞의 메시지만 쓰고 나머지를 버렸다. 붙어 온 다음 메시지가 사라진다.": wrong.one_big_read,
        "도중에 끝났는데 온 만큼만 돌려주었다. 잘린 메시지를 온전한 것으로 알게 된다.": wrong.returns_cut,
        "길이가 0인 메시지를 끝으로 보았다. 빈 메시지도 메시지다.": wrong.empty_is_end,
    },
    explanation="길이는 상대가 적은 말일 뿐이다. 읽기 전에 한도를 보고, 길이도 본문도 정확히 그만큼만 읽는다.",
)

# ── read_lines ──────────────────────────────────────────────────────────────


def _text(*moves: Move, note: str) -> Case:
    return meeting([], *moves, note=note)


def _fresh_lines(rng: random.Random) -> list[Case]:
    words = rng.sample(["소켓", "바이트", "스트림", "프레이밍", "한 줄", "두 줄", "끝", "echo", "되돌림"], 5)
    data = ("\n".join(words) + "\n").encode()
    return [
        _text(*cut_somewhere(rng, data, 6), SHUT, note="아무 데서나 잘린다"),
        _text(*pieces(data, *range(1, len(data))), SHUT, note="한 바이트씩 온다"),
        _text(("send", data[:-1]), SHUT, note="마지막 줄에 줄바꿈이 없다"),
        _text(("send", f"{words[0]}\n".encode()), ("reply", 1), *cut_somewhere(rng, f"{words[1]}\n".encode(), 2),
              ("reply", 1), SHUT, note="한 줄마다 답을 기다리는 상대"),
        _text(("send", f"{words[0]}\r\n\n {words[1]}\u2028{words[2]}\n".encode()), SHUT, note="빈 줄과 다른 줄바꿈"),
        _text(("send", b"ok\n"), ("send", bytes([rng.choice((0xFF, 0xFE, 0xC0))]) + b"\n"), SHUT,
              note="UTF-8이 아닌 바이트"),
    ]  # fmt: skip


READ_LINES = socket_problem(
    name="read_lines",
    lesson=LESSON,
    title="한글이 깨지지 않는 줄 읽기",
    points=3,
    adapter="socket_lines",
    rfc="RFC 9293 §3.9.1.3, RFC 3629 §3",
    reference=read_lines,
    cases=(
        _text(("send", b"one\ntwo\n"), SHUT, note="두 줄이 한 번에 온다"),
        _text(*pieces(b"hello\nworld\n", 2, 8), SHUT, note="줄의 가운데에서 잘린다"),
        _text(*pieces("안녕\n하세요\n".encode(), 1, 5, 11), SHUT, note="글자의 가운데에서 잘린다"),
        _text(("send", "끝에\n줄바꿈 없음".encode()), SHUT, note="마지막 줄에 줄바꿈이 없다"),
        _text(("send", b"a\n\n  b \n"), SHUT, note="빈 줄과 빈칸"),
        _text(("send", b"first\n"), ("reply", 1), ("send", b"second\n"), ("reply", 1), SHUT,
              note="한 줄마다 답을 기다리는 상대"),
        _text(("send", "a\rb\u2028c\n".encode()), SHUT, note="\\n이 아닌 줄바꿈은 글자다"),
        _text(("send", b"ok\n"), ("send", b"\xff\n"), SHUT, note="UTF-8이 아닌 바이트"),
        _text(("send", b"ok\n"), ("send", "가".encode()[:2]), SHUT, note="글자를 다 보내지 않고 끝난다"),
    ),
    fresh_cases=_fresh_lines,
    hints=(
        "글자로 바꾸기 전에 **바이트를 모아 두자.** 줄바꿈 `b\"\\n\"`은 한글의 바이트 사이에 나타나지 않으므로, "
        "거기서 끊은 것은 언제나 온전한 글이다.",
        '`rest = b""`로 시작해 받을 때마다 `rest + data`를 `split(b"\\n")`한다. 마지막 조각은 아직 끝나지 않은 '
        "줄이므로 남겨 둔다.",
        "끊어낸 줄을 그때그때 `yield line.decode()`한다. 모두 모아 돌려주면 답을 기다리는 상대와 서로 기다리게 된다.",
        "스트림이 끝났을 때 `rest`에 남은 것이 있으면 그것도 한 줄이다.",
    ),
    mistakes={
        "받은 조각을 그때그때 `decode()`했다. 글자의 가운데에서 잘린 조각은 글자로 바꿀 수 없다.": wrong.decodes_pieces,
        "조각마다 바꾸면서 잘못된 바이트를 버렸다(`errors=\"ignore\"`). 잘린 글자가 사라진다.": wrong.ignores_errors,
        "조각마다 바꾸면서 잘못된 바이트를 바꿔 끼웠다(`errors=\"replace\"`). 잘린 글자가 �가 된다.": (
            wrong.replaces_errors
        ),
        "스트림이 끝날 때까지 모은 다음에 내놓았다. 답을 기다리는 상대와 서로 기다리게 된다.": wrong.collects_all,
        "받은 조각 하나를 한 줄로 보았다. `recv()`의 경계는 줄의 경계가 아니다.": wrong.piece_is_line,
        "`splitlines()`로 끊었다. 그것은 `\\r`과 U+2028 같은 글자에서도 줄을 끊는다.": wrong.splits_lines,
        "`makefile()`이 `\\r`에서도 줄을 끊었다. `newline=\"\\n\"`을 적어야 `\\n`에서만 끊는다.": (
            wrong.universal_newlines
        ),
        "줄바꿈 없이 끝난 마지막 줄을 잃었다. 스트림이 끝났을 때 남은 것도 한 줄이다.": wrong.loses_last,
        "줄바꿈을 떼지 않았다.": wrong.keeps_newline,
        "빈 줄을 건너뛰었다. 빈 줄에 뜻이 있는 규약이 많다(HTTP의 머리는 빈 줄로 끝난다).": wrong.skips_blank,
        "줄의 앞뒤 빈칸까지 떼었다. 떼는 것은 줄바꿈 하나뿐이다.": wrong.strips,
        "줄의 앞부분을 잃었다. 아직 끝나지 않은 줄은 다음 조각과 이어야 한다.": wrong.forgets_rest,
    },
    explanation="바이트로 모으고, 줄바꿈에서 끊고, 끊은 줄만 글자로 바꾼다. UTF-8에서 0x0A는 줄바꿈일 때만 나타난다.",
)  # fmt: skip

# ── serve_echo ──────────────────────────────────────────────────────────────


def _visit(who: str, *texts: bytes) -> list[Move]:
    """보내고 그대로 돌려받기를 되풀이한다."""
    return [move for text in texts for move in (("send", who, text), ("reply", who, len(text)))]


def _crowd(count: int) -> list[Move]:
    """모두 연결해 놓고, 나중에 온 손님부터 말한다."""
    names = [f"{number}번" for number in range(1, count + 1)]
    talks = [move for name in reversed(names) for move in _visit(name, name.encode())]
    return [*(("connect", name) for name in names), *talks]


def _fresh_guests(rng: random.Random) -> list[Case]:
    def text() -> bytes:
        return rng.randbytes(rng.randrange(1, 200))

    return [
        guests(("connect", "A"), *_visit("A", text(), text(), text()), ("shut", "A"), ("rest", "A"), note="손님 하나"),
        guests(("connect", "느림"), ("connect", "B"), *_visit("B", text(), text()), ("shut", "B"), ("rest", "B"),
               *_visit("느림", text()), note="말 없는 손님이 먼저 와 있다"),
        guests(("connect", "A"), *_visit("A", text()), ("reset", "A"), ("connect", "B"), *_visit("B", text()),
               note="RST로 끊고 가는 손님"),
        guests(("connect", "불통"), ("flood", "불통", rng.randrange(150_000, 300_000)), ("connect", "B"),
               ("chat", "B", CHAT), ("same", "불통"), note="받지 않고 보내기만 하는 손님"),
        guests(*_crowd(rng.randrange(14, 20)), note="여럿이 함께"),
        guests(("connect", "A"), *_visit("A", text()), ("quiet",), ("stop",), ("rest", "A"), note="멈춘다"),
    ]  # fmt: skip


SERVE_ECHO = socket_problem(
    name="serve_echo",
    lesson=LESSON,
    title="여럿을 함께 받는 메아리 서버",
    points=4,
    adapter="socket_server",
    reference=serve_echo,
    cases=(
        guests(("connect", "A"), *_visit("A", b"hello", b"again"), ("shut", "A"), ("rest", "A"),
               note="손님 하나: 두 번 말하고 FIN을 보낸다"),
        guests(("connect", "느림"), ("connect", "B"), *_visit("B", b"hi"), *_visit("느림", b"late"),
               note="말 없는 손님이 먼저 와 있다"),
        guests(("connect", "A"), *_visit("A", b"x"), ("reset", "A"), ("connect", "B"), *_visit("B", b"ok"),
               note="RST로 끊고 가는 손님"),
        guests(("connect", "불통"), ("flood", "불통", 200_000), ("connect", "B"), ("chat", "B", CHAT),
               ("same", "불통"), note="받지 않고 보내기만 하는 손님"),
        guests(*_crowd(16), note="열여섯이 함께"),
        guests(("connect", "A"), *_visit("A", b"bye"), ("quiet",), ("stop",), ("rest", "A"),
               note="모두 가만히 있다가, stop이 켜진다"),
    ),
    fresh_cases=_fresh_guests,
    hints=(
        "손님마다 스레드를 하나씩 띄우는 것이 가장 쉽다. 주된 반복은 `accept()`만 하고, 메아리는 스레드에서 한다.",
        "`accept()`가 영영 기다리면 `stop`을 볼 수 없다. `listener.settimeout(0.05)`를 걸고 TimeoutError를 잡아 "
        "다시 돌자. `time.sleep` 없이 도는 반복은 CPU를 태운다.",
        "손님이 RST로 끊으면 `recv()`나 `sendall()`이 ConnectionError를 낸다. 그 손님의 함수 안에서 잡는다. "
        "`with client:`로 감싸면 어떻게 끝나든 닫힌다.",
        "멈출 때: `recv()`에 멈춘 스레드는 `close()`로 깨어나지 않는다. 열린 연결마다 "
        "`client.shutdown(socket.SHUT_RDWR)`을 부르고(이미 닫았으면 OSError) 스레드를 `join()`한다.",
    ),
    mistakes={
        "한 번에 한 손님만 받았다. 앞 손님이 말없이 있으면 뒤 손님은 끝없이 기다린다.": bad.serial,
        "첫 손님만 받고 돌아왔다. `stop`이 켜질 때까지 다음 손님도 받아야 한다.": bad.one_guest,
        "쉬지 않고 돈다. 기다릴 것이 없을 때는 `accept()`나 `select()`에서 멈춰 있어야 CPU를 쓰지 않는다.": bad.busy,
        "`stop`을 보지 않았다. `accept()`에 시간 제한을 걸어 이따금 보아야 한다.": bad.ignores_stop,
        "돌아온 뒤에도 손님의 스레드가 남았다. 연결을 `shutdown()`해 깨우고 `join()`하자.": bad.leaves_threads,
        "손님이 끝냈는데 연결을 닫지 않았다. 상대는 EOF를 받지 못하고, 이쪽에는 CLOSE_WAIT가 쌓인다.": bad.never_closes,
        "한 손님의 오류로 서버 전체가 멈췄다. ConnectionError는 그 손님에게서 잡는다.": bad.one_error_kills,
        "손님마다 한 번만 답하고 끊었다. 상대가 끝낼 때까지 되풀이한다.": bad.answers_once,
        "`send()`가 돌려준 수를 보지 않았다. 손님이 받지 않으면 일부만 나가고 나머지는 사라진다.": bad.ignores_count,
        "받지 않는 손님에게 보내느라 모두 멈췄다. 한 스레드로 여럿을 다룬다면 보낼 수 있을 때만 "
        "보낸다.": bad.blocks_on_send,
        "스레드의 수를 정해 두었다. 말없는 손님이 그만큼 오면 다음 손님은 기다리기만 한다.": bad.small_pool,
    },
    explanation="느린 손님을 막을 수는 없다. 그 손님이 다른 손님의 시간을 쓰지 못하게 할 수 있을 뿐이다: 스레드든, "
    "selectors든, asyncio든.",
)  # fmt: skip

PROBLEMS = (RECV_EXACTLY, SEND_MESSAGE, RECV_MESSAGE, READ_LINES, SERVE_ECHO)
