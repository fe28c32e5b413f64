"""소켓을 받는 답을 부르는 방법들. 상대는 대본대로 움직이고, 둘은 루프백의 진짜 TCP로만 만난다.

나뉜 곳이 둘이다: `act_…`는 답의 쪽(배우는 사람의 커널)에서, `lab.scripted_peer.run_peer(대본, World)`는 상대의 쪽에서
돈다. 검사에서는 둘이 한 프로세스의 두 스레드이고, 상대를 밖에 두려면 `World`만 바꾸면 된다. `rows`가 둘을 합친다.
"""

from __future__ import annotations

import socket
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

from tcpedu.course.show import arguments
from tcpedu.course.values import Raised, Steps, encode
from tcpedu.lab.meeting import WatchedSocket, meet
from tcpedu.lab.peer_words import Move, tell
from tcpedu.lab.peer_world import PATIENCE
from tcpedu.lab.serving import Served, serve

MANY = 10_000
OBSERVING = ("reply", "rest", "message")
Row = tuple[str, Any]


class Call(Protocol):
    """`args = (대본, 부를 때마다의 인자)`."""

    @property
    def args(self) -> tuple[Any, ...]: ...

    @property
    def kwargs(self) -> Mapping[str, Any]: ...


def patience_of(answer: Any) -> float:
    """기다려 줄 시간(초). 막힐 줄 아는 흔한 오답에는 `hasty`로 짧게 적어 두었다."""
    return float(getattr(answer, "patience", PATIENCE))


def hasty(answer: Callable[..., Any]) -> Callable[..., Any]:
    """막히는 오답: 오래 기다리지 않아도 된다."""
    answer.patience = 0.2  # type: ignore[attr-defined]
    return answer


# 답의 쪽 -----------------------------------------------------------------


def act_call(answer: Any, calls: Sequence[Sequence[Any]], sock: socket.socket) -> list[Row]:
    """`answer(sock, …)`을 차례로 부른다. 오류가 나면 거기까지다."""
    rows: list[Row] = []
    for given in calls:
        text = shown("sock", given)
        try:
            rows.append((text, answer(sock, *given)))
        except Exception as error:
            return [*rows, (text, Raised(_cut_short(error)))]
    return rows


def act_send(answer: Any, calls: Sequence[Sequence[Any]], sock: socket.socket) -> list[Row]:
    """보내는 답. 돌려준 값은 보지 않는다."""
    return [(text, value if isinstance(value, Raised) else None) for text, value in act_call(answer, calls, sock)]


def act_lines(answer: Any, calls: Sequence[Sequence[Any]], sock: socket.socket) -> list[Row]:
    """줄을 내놓을 때마다 상대에게 한 바이트로 알린다: 다 모을 때까지 기다리는 답은 여기서 멈춘다."""
    rows: list[Row] = [(shown("sock", ()), None)]
    try:
        for number, line in enumerate(answer(sock), 1):
            rows.append((f"{number}번째 줄", line))
            sock.sendall(b"+")
            if number == MANY:
                break
    except Exception as error:
        if len(rows) == 1:
            return [(rows[0][0], Raised(_cut_short(error)))]
        return [*rows, ("다음 줄", Raised(_cut_short(error)))]
    return [*rows, ("다음 줄", "없음")]


def _cut_short(error: BaseException) -> BaseException:
    """먼저 끝난 스트림은 EOFError로도 ConnectionError로도 알릴 수 있다. 둘을 같은 것으로 본다."""
    if not isinstance(error, ConnectionError):
        return error
    return EOFError(f"{type(error).__name__}: {error}").with_traceback(error.__traceback__)


def shown(first: str, given: Sequence[Any]) -> str:
    """`(sock, 5)`처럼 부른 모양."""
    rest = arguments(encode(tuple(given)), {})[1:]
    return f"({first}, {rest}" if given else f"({first})"


# 둘을 합친다 ---------------------------------------------------------------


def rows(mine: Sequence[Row], script: Sequence[Move], seen: Sequence[Any]) -> Steps:
    """답의 기록에 상대가 본 것을 잇는다."""
    return Steps((*mine, *((f"상대: {tell(move)}", value) for move, value in zip(script, seen, strict=False)
                           if move[0] in OBSERVING)))  # fmt: skip


def server_rows(script: Sequence[Move], served: Served) -> Steps:
    """서버의 기록: 서버나 그 스레드에서 난 오류, 손님마다 한 일과 본 것, 멈추었는가, 스스로 멈췄다면 남은 스레드."""
    story = [(f"{' '.join(move[1:2])}: {tell(move)}".removeprefix(": "), value)
             for move, value in zip(script, served.guests, strict=False)]  # fmt: skip
    failed = served.error or served.thread_error
    if served.rescued:  # 듣는 소켓을 닫아 깨웠다: 그때 무엇이 돌고 있는지는 우연이다
        ending = [("stop이 켜진 뒤", "돌아오지 않는다")]
    else:
        ending = [("stop이 켜진 뒤", "돌아온다"), ("남은 스레드", "있음" if served.threads_left else "없음")]
    return Steps((
        ("(listener, stop)", Raised(failed) if failed else None),
        *story,
        *ending,
    ))  # fmt: skip


Act = Callable[[Any, Sequence[Sequence[Any]], WatchedSocket], list[Row]]


def _meeting(act: Act, *, watch: bool) -> Callable[[Any, Call], Steps]:
    """답의 쪽을 `act`로 부르는 adapter. `watch`이면 상대가 본 것도 견준다."""

    def adapter(answer: Any, case: Call) -> Steps:
        script, calls = case.args
        met = meet(script, lambda sock: act(answer, calls, sock), patience_of(answer))
        return rows(met.mine, script if watch else (), met.peer)

    return adapter


def socket_server(answer: Any, case: Call) -> Steps:
    """`answer(listener, stop)`을 손님들의 대본과 만나게 한다."""
    (script,) = case.args
    return server_rows(script, serve(script, answer, patience_of(answer)))


ACTS: dict[str, Act] = {"socket_call": act_call, "socket_send": act_send, "socket_lines": act_lines}
WATCHING = ("socket_send",)  # 상대가 본 것도 견주는 것
ADAPTERS = {
    **{name: _meeting(act, watch=name in WATCHING) for name, act in ACTS.items()},
    "socket_server": socket_server,
}
