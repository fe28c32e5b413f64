"""08 흐름 제어의 문제."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from tcpedu.course.packet_problem import HINTS, packet_table_problem
from tcpedu.course.packet_tables import isns
from tcpedu.course.problem import Case, Problem
from tcpedu.network.closed_window import closed_window
from tcpedu.network.deduce import RFC, Counting, complete
from tcpedu.network.packet_table import NEEDED, Cell, PacketTable, Row
from tcpedu.network.setup import SERVER
from tcpedu.protocol.config import Config
from tcpedu.protocol.nagle import worth_sending
from tcpedu.protocol.receiver import Receiver
from tcpedu.protocol.seqnum import MODULUS, seq_add, seq_diff, seq_le

LESSON = "08_flow_control"
MAX_SHIFT = 14

# ── scaled ──────────────────────────────────────────────────────────────────


def scaled(window_field: int, shift: int) -> int:
    """헤더의 윈도우 값이 뜻하는 바이트 수."""
    return window_field << min(shift, MAX_SHIFT)


SCALED = Problem(
    name="scaled",
    lesson=LESSON,
    title="헤더의 윈도우 값 읽기",
    points=1,
    rfc="RFC 7323 §2.2, §2.3",
    reference=scaled,
    cases=(
        Case((512, 7), note="리눅스가 흔히 쓰는 7"),
        Case((65535, 0), note="0을 알린 상대: 값 그대로다"),
        Case((1, 3), note="눈금 하나"),
        Case((0, 7), note="제로 윈도우"),
        Case((65535, 14), note="알릴 수 있는 가장 큰 윈도우"),
        Case((229, 8), note="캡처에서 본 값"),
        Case((1000, 15), note="14보다 큰 값이 왔을 때"),
    ),
    fresh_cases=lambda rng: [
        *(Case((rng.randrange(1, 65536), rng.randrange(2, 15))) for _ in range(5)),
        Case((rng.randrange(1, 65536), 0), note="0을 알린 상대"),
        Case((rng.randrange(1, 65536), rng.randrange(15, 256)), note="14보다 큰 값"),
    ],
    hints=(
        "윈도우 스케일은 곱하는 수가 아니라 **왼쪽으로 미는 비트의 수**다. 한 비트를 밀면 두 배, 두 비트를 밀면 "
        "네 배다.",
        "`shift`비트를 미는 것은 2를 `shift`번 곱하는 것과 같다. 파이썬에서 거듭제곱은 `**`다.",
    ),
    mistakes={
        "`shift`를 그대로 곱했다. 곱하는 수는 2의 `shift`제곱이다: 7이면 7배가 아니라 128배.": lambda field, shift: (
            field * min(shift, MAX_SHIFT)
        ),
        "2와 `shift`를 곱했다. 한 비트를 밀 때마다 두 배가 되므로 2를 `shift`번 곱한다.": lambda field, shift: (
            field * 2 * min(shift, MAX_SHIFT)
        ),
        "`shift`를 제곱했다. 밑은 언제나 2이고 `shift`가 "
        "지수다.": lambda field, shift: field * min(shift, MAX_SHIFT) ** 2,
        "오른쪽으로 밀었다. 그것은 윈도우를 헤더에 적는 쪽이 하는 일이고, 읽는 쪽은 되돌려야 "
        "한다.": lambda field, shift: (
            field >> min(shift, MAX_SHIFT)
        ),
        "헤더의 값을 그대로 돌려주었다. SYN을 놓친 캡처가 보여 주는 값이 바로 이것이다: 옵션은 SYN에만 "
        "있다.": lambda field, shift: field,
        "14보다 큰 `shift`를 그대로 썼다. 그런 값을 받으면 14로 읽는다 (RFC 7323 §2.3).": lambda field, shift: (
            field << shift
        ),
    },
    explanation="윈도우 필드는 16비트라 65535까지만 적을 수 있다. 2**14를 곱하면 1GiB까지 알릴 수 있고, 그 대신 눈금이 "
    "2**shift바이트로 굵어진다.",
)

# ── usable_window ───────────────────────────────────────────────────────────


def usable_window(snd_una: int, snd_nxt: int, snd_wnd: int) -> int:
    """지금 더 보낼 수 있는 바이트 수 (RFC 9293 §3.8.6.2.1의 U)."""
    return max(0, snd_wnd - (snd_nxt - snd_una) % MODULUS)


def _fresh_usable(rng: random.Random) -> list[Case]:
    def state(una: int, flight: int, wnd: int, note: str = "") -> Case:
        return Case((una, (una + flight) % MODULUS, wnd), note=note)

    def anywhere() -> int:
        return rng.randrange(MODULUS)

    wnd = rng.randrange(2000, 70_000)
    return [
        *(state(anywhere(), rng.randrange(wnd), wnd) for _ in range(3)),
        state(anywhere(), wnd, wnd, "윈도우를 꽉 채웠을 때"),
        state(anywhere(), rng.randrange(1000, 5000), rng.randrange(1000), "윈도우가 줄었을 때"),
        state(MODULUS - rng.randrange(1, 900), rng.randrange(900, 1900), wnd, "SND.NXT가 0을 지났을 때"),
        state(MODULUS - 3000, rng.randrange(1, 2900), 70_000, "오른쪽 끝만 0을 지났을 때"),
        state(anywhere(), 0, 0, "제로 윈도우"),
    ]


USABLE_WINDOW = Problem(
    name="usable_window",
    lesson=LESSON,
    title="더 보낼 수 있는 만큼",
    points=2,
    rfc="RFC 9293 §3.8.6.2.1",
    reference=usable_window,
    cases=(
        Case((100, 150, 80), note="80바이트까지 되는데 50바이트가 나가 있을 때"),
        Case((100, 100, 80), note="나가 있는 것이 없을 때"),
        Case((100, 180, 80), note="윈도우를 꽉 채웠을 때"),
        Case((100, 600, 200), note="보낸 뒤에 윈도우가 줄었을 때"),
        Case((2**32 - 100, 200, 1000), note="SND.NXT가 0을 지났을 때"),
        Case((2**32 - 100, 2**32 - 60, 1000), note="오른쪽 끝만 0을 지났을 때"),
        Case((7, 7, 0), note="제로 윈도우"),
    ),
    fresh_cases=_fresh_usable,
    hints=(
        "먼저 나가 있는 바이트 수를 구하자: `snd_una`부터 `snd_nxt` 바로 앞까지다. 윈도우는 이것까지 포함한 "
        "한도다.",
        "번호의 차이는 `2**32`로 나눈 나머지다. `snd_nxt`가 0을 지났으면 그냥 뺀 값은 음수가 된다.",
        "나가 있는 것이 윈도우보다 많을 수도 있다(상대가 윈도우를 줄였다). 그때는 0이다. 나머지를 구하는 일과 0에서 "
        "막는 일의 차례에 주의하자.",
    ),
    mistakes={
        "이미 나가 있는 것을 빼지 않았다. 윈도우는 확인받지 않은 채로 있어도 되는 **모두**의 "
        "한도다.": lambda u, n, w: w,
        "번호의 차이를 `2**32`로 나눈 나머지로 구하지 않았다. `snd_nxt`가 0을 지나면 그냥 뺀 값이 "
        "어긋난다.": lambda u, n, w: max(0, u + w - n),
        "식은 맞지만 번호로 셈하지 않았다. 번호가 0을 지나는 경우와, 윈도우가 줄어 값이 음수가 되는 경우를 함께 "
        "살피자.": lambda u, n, w: u + w - n,
        "음수가 나왔다. 상대가 윈도우를 줄이면 이미 넘겨 보낸 셈이 된다. 그때 더 보낼 수 있는 것은 "
        "0이다.": lambda u, n, w: w - (n - u) % MODULUS,
        "마지막에 통째로 나머지를 구했다. 이미 넘겨 보낸 경우의 음수가 42억이 되어 버린다.": lambda u, n, w: (
            (u + w - n) % MODULUS
        ),
        "나가 있는 것을 빼지 않고 더했다. 오른쪽 끝은 `snd_nxt`가 아니라 `snd_una`에서 센다.": lambda u, n, w: (
            w + (n - u) % MODULUS
        ),
        "하나가 더 많다. `snd_una + snd_wnd`는 보내도 되는 마지막 번호가 아니라 그다음 번호다.": lambda u, n, w: (
            max(0, w - (n - u) % MODULUS + 1)
        ),
    },
    explanation="윈도우의 왼쪽 끝은 SND.UNA에 붙어 있고 오른쪽 끝은 거기서 SND.WND만큼 떨어져 있다. 나가 있는 것을 뺀 "
    "나머지가 지금 쓸 수 있는 윈도우 U다.",
)

# ── nagle_sends ─────────────────────────────────────────────────────────────

_WIDE = 1 << 20  # 윈도우가 막지 않는 크기


def nagle_sends(data_len: int, mss: int, unacked: int, nodelay: bool = False) -> bool:
    """라이브러리의 판단: 윈도우가 넉넉할 때 지금 하나라도 내보내는가."""
    return worth_sending(data_len, _WIDE, mss, _WIDE, idle=unacked == 0 or nodelay)


def _fresh_nagle(rng: random.Random) -> list[Case]:
    mss = rng.choice((536, 1000, 1220, 1460))
    small, flight = rng.randrange(1, mss), rng.randrange(1, 5000)
    return [
        Case((small, mss, 0), note="나가 있는 것이 없을 때"),
        Case((small, mss, flight), note="작은 조각, 확인을 기다리는 것이 있을 때"),
        Case((small, mss, flight, True), note="TCP_NODELAY"),
        Case((mss, mss, flight), note="꼭 MSS"),
        Case((mss - 1, mss, 1), note="MSS에 1바이트 모자랄 때"),
        Case((mss + rng.randrange(1, 3000), mss, flight), note="MSS보다 많을 때"),
        Case((small, mss, mss + flight), note="작은 조각, 나가 있는 것이 MSS보다 많을 때"),
        Case((mss * 2, mss, 0, rng.random() < 0.5), note="MSS보다 많고 나가 있는 것이 없을 때"),
    ]


NAGLE_SENDS = Problem(
    name="nagle_sends",
    lesson=LESSON,
    title="지금 보낼까, 모을까",
    points=2,
    rfc="RFC 9293 §3.7.4",
    reference=nagle_sends,
    cases=(
        Case((1, 1460, 0), note="첫 글자: 나가 있는 것이 없다"),
        Case((1, 1460, 1), note="둘째 글자: 첫 글자의 ACK를 기다리는 중"),
        Case((1460, 1460, 1), note="꼭 MSS만큼 모였을 때"),
        Case((3000, 1460, 1460), note="MSS보다 많이 쌓였을 때"),
        Case((1459, 1460, 1460), note="MSS에 1바이트 모자랄 때"),
        Case((1, 1460, 1, True), note="TCP_NODELAY"),
        Case((100, 1460, 5000), note="작은 조각, 나가 있는 것이 MSS보다 많을 때"),
        Case((1, 1460, 0, True), note="TCP_NODELAY이고 나가 있는 것도 없을 때"),
    ),
    fresh_cases=_fresh_nagle,
    hints=(
        "지금 보내는 까닭은 셋이고, 하나라도 맞으면 보낸다: 꽉 찬 세그먼트가 된다, 기다리는 ACK가 없다, Nagle을 껐다.",
        "`data_len`과 `mss`가 같으면 꽉 찬 세그먼트다. `unacked`는 몇 바이트인지가 아니라 있는지 없는지만 본다.",
    ),
    mistakes={
        "꽉 찬 세그먼트까지 붙들었다. Nagle은 **작은** 세그먼트만 모은다. MSS만큼 모였으면 ACK를 기다리지 "
        "않는다.": lambda d, m, u, n=False: n or u == 0,
        "나가 있는 것이 없는데도 모았다. 기다릴 ACK가 없으면 영영 나갈 수 없다. 이때는 작아도 바로 "
        "보낸다.": lambda d, m, u, n=False: n or d >= m,
        "`TCP_NODELAY`를 보지 않았다. 켜져 있으면 작아도 바로 보낸다.": lambda d, m, u, n=False: d >= m or u == 0,
        "`nodelay`를 거꾸로 읽었다. 참이면 Nagle을 **끈** 것이다.": lambda d, m, u, n=False: not n or d >= m or u == 0,
        "꼭 MSS만큼이면 이미 꽉 찬 세그먼트다. `>`가 아니라 `>=`로 견준다.": lambda d, m, u, n=False: (
            n or d > m or u == 0
        ),
        "나가 있는 것의 크기를 MSS와 견주었다. 1바이트라도 확인을 기다리면 작은 조각은 "
        "기다린다.": lambda d, m, u, n=False: n or d >= m or u < m,
        "`TCP_NODELAY`를 `나가 있는 것이 없다`는 조건과 함께 요구했다. 셋은 하나만 맞아도 "
        "된다.": lambda d, m, u, n=False: (
            d >= m or (n and u == 0)
        ),
    },
    explanation="타이머도, 몇 밀리초도 나오지 않는다. Nagle이 기다리는 것은 시간이 아니라 ACK다. 그래서 ACK가 "
    "빨리 오는 "
    "길에서는 거의 기다리지 않고, 느린 길에서는 저절로 많이 모은다.",
)

# ── advertised_window ───────────────────────────────────────────────────────


def advertised_window(buffer: int, unread: int, mss: int, last: int) -> int:
    """라이브러리의 받는 쪽을 그 상황까지 데려가 다음에 알릴 윈도우를 읽는다."""
    receiver = Receiver(Config(receive_buffer=buffer, mss=mss), irs=0)
    receiver.take(receiver.nxt, bytes(buffer - last), fin=False, now=0.0)  # 알린 것에서 `last`만 남는다
    receiver.read(buffer - last - unread)
    return receiver.advertise()


def _advertised(
    buffer: int, unread: int, mss: int, last: int, *, enough: Callable[[int, int, int, int], bool]
) -> int:
    """기준 답과 여는 조건만 다른 오답을 만든다."""
    return buffer - unread if enough(buffer - unread, last, buffer, mss) else last


def _room(free: int, last: int, buffer: int, mss: int) -> bool:
    return free - last >= min(buffer // 2, mss)


def _fresh_offers(rng: random.Random) -> list[Case]:
    def one(buffer: int, mss: int, reduction: int, note: str) -> Case:
        last = rng.randrange(0, buffer - reduction)
        return Case((buffer, buffer - last - reduction, mss, last), note=note)

    mss = rng.choice((536, 1000, 1460))
    large, small = mss * rng.randrange(4, 30), 2 * rng.randrange(50, mss // 3)
    return [
        one(large, mss, rng.randrange(1, mss), "조금 비었을 때"),
        one(large, mss, mss, "꼭 MSS만큼 비었을 때"),
        one(large, mss, mss - 1, "MSS에 1바이트 모자랄 때"),
        one(large, mss, rng.randrange(mss, 2 * mss), "넉넉히 비었을 때"),
        one(small, mss, small // 2, "작은 버퍼의 절반이 비었을 때"),
        one(small, mss, small // 2 - 1, "작은 버퍼의 절반에 1바이트 모자랄 때"),
        Case((large, large, mss, 0), note="버퍼가 꽉 찼을 때"),
        Case((large, 0, mss, 0), note="닫혔다가 다 읽었을 때"),
    ]


ADVERTISED_WINDOW = Problem(
    name="advertised_window",
    lesson=LESSON,
    title="조금씩 열지 않기",
    points=3,
    rfc="RFC 9293 §3.8.6.2.2",
    reference=advertised_window,
    cases=(
        Case((8000, 8000, 1000, 0), note="버퍼가 꽉 찼을 때"),
        Case((8000, 7500, 1000, 0), note="닫힌 뒤 500바이트를 읽었을 때"),
        Case((8000, 7000, 1000, 0), note="닫힌 뒤 꼭 MSS만큼 읽었을 때"),
        Case((8000, 3000, 1000, 5000), note="읽은 것이 없을 때"),
        Case((8000, 2100, 1000, 5000), note="900바이트를 읽었을 때"),
        Case((8000, 1000, 1000, 5000), note="2000바이트를 읽었을 때"),
        Case((1000, 500, 1460, 0), note="버퍼가 MSS보다 작고 절반이 비었을 때"),
        Case((1000, 501, 1460, 0), note="버퍼가 MSS보다 작고 절반이 못 되게 비었을 때"),
        Case((8000, 7200, 1000, 500), note="조금 남은 윈도우"),
        Case((8000, 0, 1000, 8000), note="읽을 것도 없고 윈도우도 그대로일 때"),
    ),
    fresh_cases=_fresh_offers,
    hints=(
        "빈자리는 `buffer - unread`다. 그 가운데 `last`는 이미 상대에게 알린 것이고, 나머지가 **아직 알리지 "
        "않은 빈자리**다.",
        "아직 알리지 않은 빈자리가 버퍼의 절반과 MSS 가운데 **작은** 쪽에 이르렀으면 빈자리를 모두 알린다.",
        "이르지 못했으면 오른쪽 끝을 그대로 둔다. 상대에게 알릴 값은 `last`다. 0이 아니다: 이미 알린 것을 "
        "물리면 안 된다.",
    ),
    mistakes={
        "빈자리를 늘 그대로 알렸다. 조금 열릴 때마다 알리면 상대는 조각을 조금씩 보낸다: 어리석은 윈도우 "
        "증후군.": lambda b, u, m, last: b - u,
        "모자랄 때 0을 알렸다. 이미 알린 윈도우를 물리는 것이다. 상대가 그만큼 보냈을 수 있으므로 `last`를 "
        "지킨다 (RFC 9293 §3.8.6).": lambda b, u, m, last: b - u if _room(b - u, last, b, m) else 0,
        "빈자리가 작으면 닫힌 것으로 알렸다. 교과서에 흔한 꼴(빈자리가 MSS나 절반이 될 때까지 0)이지만, 이미 "
        "알린 윈도우가 "
        "남아 있으면 그것을 물리게 된다.": lambda b, u, m, last: b - u if b - u >= min(b // 2, m) else 0,
        "늘어난 만큼이 아니라 빈자리 전체를 견주었다. 빈자리 가운데 `last`는 이미 알린 것이다.": lambda b, u, m, last: (
            _advertised(b, u, m, last, enough=lambda free, last, buffer, mss: free >= min(buffer // 2, mss))
        ),
        "MSS하고만 견주었다. 버퍼가 MSS보다 작으면 한 번 닫힌 윈도우가 잘 열리지 않는다.": lambda b, u, m, last: (
            _advertised(b, u, m, last, enough=lambda free, last, buffer, mss: free - last >= mss)
        ),
        "버퍼의 절반하고만 견주었다. 버퍼가 크면 꽉 찬 세그먼트를 여럿 받을 수 있는데도 알리지 "
        "않는다.": lambda b, u, m, last: (
            _advertised(b, u, m, last, enough=lambda free, last, buffer, mss: free - last >= buffer // 2)
        ),
        "절반과 MSS 가운데 큰 쪽과 견주었다. 둘 가운데 하나에만 이르러도 알린다: 작은 쪽이다.": lambda b, u, m, last: (
            _advertised(b, u, m, last, enough=lambda free, last, buffer, mss: free - last >= max(buffer // 2, mss))
        ),
        "꼭 맞아떨어질 때 열지 않았다. 규칙은 `>`가 아니라 `>=`다.": lambda b, u, m, last: (
            _advertised(b, u, m, last, enough=lambda free, last, buffer, mss: free - last > min(buffer // 2, mss))
        ),
        "늘어난 만큼만 알렸다. 헤더의 윈도우는 더하는 값이 아니라, 지금의 확인응답 번호부터 받을 수 있는 "
        "**모두**다.": lambda b, u, m, last: b - u - last if _room(b - u, last, b, m) else last,
    },
    explanation="오른쪽 끝(RCV.NXT + RCV.WND)은 뒤로 가지 않고, 앞으로 갈 때는 성큼 간다. 확인응답은 미루지 "
    "않아도 된다. "
    "받은 것은 곧바로 확인하되 오른쪽 끝만 그대로 두면 윈도우는 저절로 줄어든다.",
)

# ── SlidingWindow ───────────────────────────────────────────────────────────


class SlidingWindow:
    """보내는 쪽의 슬라이딩 윈도우: 맡은 바이트를 윈도우가 허락하는 만큼 잘라 낸다."""

    def __init__(self, seq: int, window: int, mss: int) -> None:
        self.una = self.nxt = seq
        self.window = window
        self.mss = mss
        self.waiting = bytearray()  # SND.NXT 뒤에서 기다리는 바이트

    def write(self, data: bytes) -> None:
        """응용 프로그램이 맡긴 바이트."""
        self.waiting += data

    def on_ack(self, ack: int, window: int) -> None:
        """확인응답 하나. 윈도우 밖의 번호는 버린다."""
        if seq_le(self.una, ack) and seq_le(ack, self.nxt):
            self.una, self.window = ack, window

    def segments(self) -> list[tuple[int, bytes]]:
        """지금 보낼 (순서 번호, 데이터). 보낸 것으로 친다."""
        out = []
        usable = self.usable()
        while usable > 0 and self.waiting:
            size = min(self.mss, usable, len(self.waiting))
            out.append((self.nxt, bytes(self.waiting[:size])))
            del self.waiting[:size]
            self.nxt = seq_add(self.nxt, size)
            usable -= size
        return out

    def usable(self) -> int:
        """더 보낼 수 있는 바이트 수."""
        return usable_window(self.una, self.nxt, self.window)


class _CountsSegments(SlidingWindow):
    """윈도우를 세그먼트의 수로 안다."""

    def usable(self) -> int:
        flight = -(-seq_diff(self.nxt, self.una) // self.mss)
        return max(0, self.window - flight) * self.mss


class _Overruns(SlidingWindow):
    """마지막 조각을 남은 윈도우로 자르지 않는다."""

    def segments(self) -> list[tuple[int, bytes]]:
        out = []
        while self.usable() > 0 and self.waiting:
            data = bytes(self.waiting[: self.mss])
            out.append((self.nxt, data))
            del self.waiting[: self.mss]
            self.nxt = seq_add(self.nxt, len(data))
        return out


class _ForgetsFlight(SlidingWindow):
    def usable(self) -> int:
        return self.window


class _NeverSlides(SlidingWindow):
    """확인응답이 와도 왼쪽 끝이 그대로다."""

    def on_ack(self, ack: int, window: int) -> None:
        if seq_le(self.una, ack) and seq_le(ack, self.nxt):
            self.window = window


class _KeepsFirstWindow(SlidingWindow):
    def on_ack(self, ack: int, window: int) -> None:
        super().on_ack(ack, self.window)


class _SendsAgain(SlidingWindow):
    """부를 때마다 SND.UNA부터 다시 내보낸다."""

    def __init__(self, seq: int, window: int, mss: int) -> None:
        super().__init__(seq, window, mss)
        self.kept = bytearray()
        self.top = seq

    def write(self, data: bytes) -> None:
        self.kept += data

    def on_ack(self, ack: int, window: int) -> None:
        self.nxt = self.top
        done = seq_diff(ack, self.una)
        before = self.una
        super().on_ack(ack, window)
        if self.una != before:
            del self.kept[:done]

    def segments(self) -> list[tuple[int, bytes]]:
        self.nxt, self.waiting = self.una, bytearray(self.kept)
        out = super().segments()
        if seq_le(self.top, self.nxt):
            self.top = self.nxt
        return out


class _NoWrap(SlidingWindow):
    def segments(self) -> list[tuple[int, bytes]]:
        out, at = [], self.nxt
        for _, data in super().segments():
            out.append((at, data))
            at += len(data)
        return out


class _PlainCompare(SlidingWindow):
    def on_ack(self, ack: int, window: int) -> None:
        if self.una <= ack <= self.nxt:
            self.una, self.window = ack, window


class _TakesOldAcks(SlidingWindow):
    """늦게 온 옛 ACK의 윈도우를 쓴다."""

    def on_ack(self, ack: int, window: int) -> None:
        if seq_le(ack, self.nxt):
            self.window = window
        super().on_ack(ack, window)


class _TakesFutureAcks(SlidingWindow):
    """보내지 않은 것을 확인하는 ACK를 받아들인다."""

    def on_ack(self, ack: int, window: int) -> None:
        if seq_le(self.una, ack):
            self.una, self.window = ack, window
            if seq_le(self.nxt, ack):
                self.nxt = ack


class _LosesRest(SlidingWindow):
    """윈도우 밖의 데이터를 버린다."""

    def segments(self) -> list[tuple[int, bytes]]:
        out = super().segments()
        self.waiting.clear()
        return out


class _OneSegment(SlidingWindow):
    """한 번에 세그먼트 하나만 내보낸다."""

    def segments(self) -> list[tuple[int, bytes]]:
        size = min(self.mss, self.usable(), len(self.waiting))
        if size <= 0:
            return []
        out = [(self.nxt, bytes(self.waiting[:size]))]
        del self.waiting[:size]
        self.nxt = seq_add(self.nxt, size)
        return out


class _NoMss(SlidingWindow):
    """MSS로 자르지 않는다."""

    def __init__(self, seq: int, window: int, mss: int) -> None:
        super().__init__(seq, window, 1 << 30)


class _IgnoresWindowUpdate(SlidingWindow):
    """새로 확인하는 것이 없는 ACK를 버린다."""

    def on_ack(self, ack: int, window: int) -> None:
        if ack != self.una:
            super().on_ack(ack, window)


class _FullOnly(SlidingWindow):
    """꽉 찬 세그먼트만 내보낸다."""

    def segments(self) -> list[tuple[int, bytes]]:
        usable, waiting, mss = self.usable(), bytes(self.waiting), self.mss
        whole = min(usable, len(waiting)) // mss * mss
        self.waiting = bytearray(waiting[:whole])
        out = super().segments()
        self.waiting = bytearray(waiting[whole:])
        return out


Step = tuple[str, tuple[Any, ...]]


def _script(seq: int, window: int, mss: int, *steps: Step, note: str = "") -> Case:
    return Case(((seq, window, mss), list(steps)), note=note)


def _write(data: bytes) -> Step:
    return ("write", (data,))


def _ack(ack: int, window: int) -> Step:
    return ("on_ack", (ack % MODULUS, window))


_SEND: Step = ("segments", ())
_TEXT = b"abcdefghijklmnopqrstuvwxyz"


def _fresh_scripts(rng: random.Random) -> list[Case]:
    def talk(seq: int, note: str = "") -> Case:
        mss, window = rng.randrange(2, 6), rng.randrange(4, 14)
        steps: list[Step] = [_write(bytes(rng.choices(_TEXT, k=rng.randrange(20, 50)))), _SEND]
        model = SlidingWindow(seq, window, mss)
        model.write(steps[0][1][0])
        model.segments()
        for _ in range(6):
            flight = (model.nxt - model.una) % MODULUS
            number = model.una + rng.choice((0, flight // 2, flight, flight))
            ack = _ack(number, rng.choice((0, window, window, rng.randrange(1, 20))))
            stray = [_ack(model.una - 3, 30), _ack(model.nxt + 1, 30)]
            for step in (rng.choice([ack, ack, ack, *stray]), _SEND):
                steps.append(step)
                getattr(model, step[0])(*step[1])
        return _script(seq, window, mss, *steps, note=note)

    return [
        *(talk(rng.randrange(1000, MODULUS - 1000)) for _ in range(4)),
        talk(MODULUS - rng.randrange(1, 20), "번호가 0을 지나갈 때"),
        talk(MODULUS - 1, "첫 바이트가 마지막 번호를 쓸 때"),
    ]


SLIDING_WINDOW = Problem(
    name="SlidingWindow",
    lesson=LESSON,
    title="슬라이딩 윈도우",
    points=4,
    rfc="RFC 9293 §3.3.1, §3.10.7.4",
    reference=SlidingWindow,
    adapter="steps",
    cases=(
        _script(100, 10, 4, _write(b"abcdef"), _SEND, _SEND, note="윈도우가 넉넉할 때"),
        _script(
            100, 10, 4, _write(b"abcdefghijklmnop"), _SEND, _ack(104, 10), _SEND, _ack(110, 10), _SEND,
            note="확인되는 만큼 미끄러진다",
        ),
        _script(100, 3, 10, _write(b"abcdefg"), _SEND, _ack(103, 3), _SEND, note="윈도우가 MSS보다 작을 때"),
        _script(
            100, 6, 3, _write(b"abcdefghi"), _SEND, _ack(106, 0), _SEND, _ack(106, 6), _SEND, note="닫혔다가 열린다"
        ),
        _script(100, 6, 3, _write(b"abcdefgh"), _SEND, _ack(103, 2), _SEND, _ack(106, 2), _SEND, note="윈도우가 줄 때"),
        _script(
            100, 6, 3, _write(b"abcdefghijkl"), _SEND, _ack(106, 3), _ack(103, 9), _SEND,
            note="옛 ACK가 늦게 왔다",
        ),
        _script(
            100, 6, 3, _write(b"abcdefghi"), _SEND, _ack(107, 9), _SEND, _ack(106, 3), _SEND,
            note="보내지 않은 것을 확인하는 ACK가 왔다",
        ),
        _script(2**32 - 4, 6, 4, _write(b"abcdefghij"), _SEND, _ack(2, 6), _SEND, note="번호가 0을 지나간다"),
        _script(100, 10, 4, _SEND, _write(b"ab"), _SEND, _write(b"cdefg"), _SEND, note="조금씩 맡긴다"),
    ),
    fresh_cases=_fresh_scripts,
    hints=(
        "기억할 것은 다섯이다: SND.UNA, SND.NXT(처음에는 둘 다 `seq`), 윈도우, MSS, 아직 보내지 않은 바이트.",
        "`segments`에서는 앞에서 푼 `usable_window`로 더 보낼 수 있는 만큼을 구한다. 조각의 크기는 그것과 MSS와 남은 "
        "데이터 가운데 가장 작은 것이다. 하나를 낼 때마다 SND.NXT가 나아간다.",
        "`on_ack`에서는 `ack`가 SND.UNA부터 SND.NXT까지(양 끝 포함)일 때만 SND.UNA와 윈도우를 바꾼다. 번호를 견줄 때 "
        "`(ack - una) % 2**32 <= (nxt - una) % 2**32`를 쓰면 0을 지나가도 맞는다.",
        "`ack`가 SND.UNA와 같아도 윈도우는 바뀐다. 닫힌 윈도우를 다시 여는 ACK가 바로 그런 것이다.",
    ),
    mistakes={
        "윈도우를 세그먼트의 수로 셌다. 윈도우는 바이트 수다 (RFC 9293 §3.1).": _CountsSegments,
        "마지막 조각이 윈도우의 오른쪽 끝을 넘었다. 조각의 크기는 MSS뿐 아니라 남은 윈도우로도 자른다.": _Overruns,
        "나가 있는 것을 빼지 않았다. 확인받지 않은 것까지 모두 합쳐 윈도우를 넘지 않아야 한다.": _ForgetsFlight,
        "확인응답이 와도 윈도우의 왼쪽 끝이 움직이지 않았다. SND.UNA가 `ack`로 나아가야 미끄러진다.": _NeverSlides,
        "처음 윈도우를 계속 썼다. 상대는 ACK마다 새 윈도우를 알린다.": _KeepsFirstWindow,
        "이미 보낸 것을 또 냈다. 새로 보낼 것은 SND.UNA가 아니라 SND.NXT부터다. 다시 보내는 것은 재전송 타이머의 "
        "일이다.": _SendsAgain,
        "순서 번호는 32비트다. `2**32 - 1` 다음은 0이다.": _NoWrap,
        "번호를 그냥 `<=`로 견주었다. 번호가 0을 지나가면 새 ACK를 옛것으로 안다.": _PlainCompare,
        "늦게 온 옛 ACK의 윈도우를 썼다. SND.UNA보다 앞의 번호를 확인하는 ACK는 통째로 버린다.": _TakesOldAcks,
        "아직 보내지 않은 것을 확인하는 ACK를 받아들였다. SND.NXT보다 뒤의 번호이면 버린다.": _TakesFutureAcks,
        "윈도우에 들지 못한 데이터를 잃었다. 보내지 않은 것은 다음 ACK가 올 때까지 가지고 있는다.": _LosesRest,
        "한 번에 세그먼트 하나만 냈다. 그러면 윈도우가 커도 왕복 한 번에 하나씩이다: 슬라이딩 윈도우가 아니라 "
        "정지-대기(stop-and-wait).": _OneSegment,
        "MSS로 자르지 않았다. 세그먼트 하나의 데이터는 `mss`바이트를 넘지 않는다.": _NoMss,
        "새로 확인하는 것이 없는 ACK를 버렸다. 닫힌 윈도우를 여는 윈도우 갱신이 바로 그런 ACK다.": _IgnoresWindowUpdate,
        "꽉 찬 세그먼트만 냈다. 이 문제에는 Nagle도 SWS 회피도 없으니 윈도우에 드는 만큼 모두 낸다.": _FullOnly,
    },
    explanation="SND.UNA는 ACK가, SND.NXT는 보내는 일이 민다. 둘 사이가 나가 있는 것이고, 윈도우는 그 한도다. "
    "ACK 하나가 "
    "오면 왼쪽이 밀리고 그만큼 오른쪽이 열린다.",
)

# ── fill_window ─────────────────────────────────────────────────────────────


def fill_windows(rows: Sequence[Row], counting: Counting = RFC) -> list[Row]:
    """번호를 세어 `seq`와 `length`를, 오른쪽 끝(ack + window)이 그대로라고 보고 `window`를 채운다."""
    return _fill_windows(rows, lambda edge, row, before: (edge - row["ack"]) % MODULUS, counting)


def _fill_windows(
    rows: Sequence[Row], window: Callable[[int, Row, Row], int], counting: Counting = RFC
) -> list[Row]:
    """`window(그 쪽의 오른쪽 끝, 이 줄, 그 쪽의 앞줄)`로 빈 윈도우를 채운다."""
    done = complete(rows, counting)
    last: dict[str, Row] = {}
    edges: dict[str, int] = {}
    for row in done:
        sender = row["sender"]
        if row["window"] is None and sender in edges:
            row["window"] = window(edges[sender], row, last[sender])
        if row["window"] is not None and "ACK" in row["flags"]:
            edges[sender] = seq_add(row["ack"], row["window"])
            last[sender] = row
    return done


def window_table(rng: random.Random) -> PacketTable:
    """윈도우가 차츰 닫히고, 탐침이 오가고, 다시 열리는 연결."""
    mss = rng.choice((200, 400, 500, 1000))
    buffer = mss * rng.choice((2, 3))
    size = buffer + rng.randrange(mss // 2, 2 * mss)
    numbers: dict[str, Any] = isns(rng, size)
    delay = rng.choice((0.02, 0.05, 0.1))
    trace = closed_window(size=size, buffer=buffer, read_at=2.0, delay=delay, config=Config(mss=mss), **numbers)
    # 좁은 화면에서도 윈도우 열이 보이게 시각은 뺀다.
    table = PacketTable.of(trace, title="닫혔다가 열리는 윈도우의 표", columns=(*NEEDED, "window"))
    hidden: set[Cell] = set()
    closed = [row["number"] for row in table.rows if row["window"] == 0]
    others = [row["number"] for row in table.rows if row["sender"] == SERVER and row["window"]]
    for number in [rng.choice(closed), *rng.sample(others, len(others))]:
        tried = {*hidden, (number, "window")}
        if len(tried) <= 4 and fill_windows(table.blanked(tried)) == table.filled():
            hidden = tried
    hints = dict.fromkeys(hidden, _WINDOW_HINT)
    return replace(table, hidden=frozenset(hidden), hints=hints).hide(
        rng, ("seq", "length"), count=3, solve=fill_windows
    )


_WINDOW_HINT = (
    "프로그램이 읽지 않는 동안 오른쪽 끝(ack + window)은 그대로다. 같은 쪽의 앞줄에서 오른쪽 끝을 구해 이 줄의 "
    "ack를 빼자."
)


def _no_wrap_window(edge: int, row: Row, before: Row) -> int:
    return int(before["ack"] + before["window"] - row["ack"])


def _in_segments(edge: int, row: Row, before: Row) -> int:
    left = (edge - row["ack"]) % MODULUS
    return left // max(1, (row["ack"] - before["ack"]) % MODULUS or left or 1)


FILL_WINDOW = packet_table_problem(
    name="fill_window",
    lesson=LESSON,
    title="빈칸 채우기: 윈도우",
    points=3,
    rfc="RFC 9293 §3.8.6",
    make=window_table,
    solve=fill_windows,
    public=(2, 3, 5, 8, 13),
    hints=(
        HINTS[0],
        "빈 `seq`는 같은 쪽의 앞줄에서 구한다: `seq + length`, SYN이면 1을 더한다. 빈 `length`는 거꾸로다: 같은 쪽의 "
        "다음 줄의 `seq`에서 이 줄의 `seq`와 SYN의 1을 뺀다. 그래서 한 번에 다 채우려 하지 말고 몇 번 훑어도 된다.",
        "서버의 프로그램이 읽지 않는 동안 서버가 알리는 오른쪽 끝(`ack + window`)은 그대로다. 받은 만큼 `ack`가 "
        "나아가고 "
        "`window`가 줄어든다.",
        "빈 `window`는 같은 쪽의 앞줄에서 구한 오른쪽 끝에서 이 줄의 `ack`를 뺀 것이다. 번호이므로 `2**32`로 나눈 "
        "나머지를 쓴다.",
    ),
    mistakes={
        "앞줄의 윈도우를 그대로 적었다. 윈도우는 버퍼의 크기가 아니라 남은 자리다. 받은 만큼 "
        "줄어든다.": lambda rows: _fill_windows(rows, lambda edge, row, before: int(before["window"])),
        "윈도우를 세그먼트의 수로 적었다. 윈도우는 바이트 수다 (RFC 9293 §3.1).": lambda rows: (
            _fill_windows(rows, _in_segments)
        ),
        "윈도우의 오른쪽 끝(번호)을 적었다. 헤더에 적는 것은 `ack`부터 오른쪽 끝까지의 거리다.": lambda rows: (
            _fill_windows(rows, lambda edge, row, before: edge)
        ),
        "남은 자리가 아니라 이번에 받은 바이트 수를 적었다.": lambda rows: (
            _fill_windows(rows, lambda edge, row, before: (row["ack"] - before["ack"]) % MODULUS)
        ),
        "오른쪽 끝을 `2**32`로 나눈 나머지로 구하지 않았다. 번호가 0을 지나면 윈도우가 음수가 되거나 42억이 "
        "된다.": lambda rows: _fill_windows(rows, _no_wrap_window),
    },
    explanation="받는 쪽이 읽지 않는 동안 `ack + window`는 움직이지 않는다. 윈도우가 0이 되는 것은 `ack`가 그 "
    "끝에 닿았다는 "
    "뜻이다. 오른쪽 끝이 움직인 줄, 그것이 프로그램이 읽은 때다.",
)  # fmt: skip

PROBLEMS = (SCALED, USABLE_WINDOW, NAGLE_SENDS, ADVERTISED_WINDOW, SLIDING_WINDOW, FILL_WINDOW)
