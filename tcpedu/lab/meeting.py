"""대본의 상대와 내 코드를 루프백에서 만나게 한다.

내 코드가 영영 기다리게 되면 알아채고 멈춘다: 상대가 다 보냈고, 그것을 다 읽었는데도 더 기다리는 때다. 시계로 재는 것이
아니므로 느린 컴퓨터에서도 같다. 강의: lessons/12_socket_programming.ipynb
"""

from __future__ import annotations

import select
import socket
import threading
import time
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from tcpedu.lab.peer_words import Move
from tcpedu.lab.peer_world import PATIENCE, SMALL, World, until
from tcpedu.lab.scripted_peer import run_peer

FOREVER = "상대는 더 보낼 것이 없는데 여기서 영영 기다립니다"
ENDLESS = "스트림이 끝나 recv()가 b''만 돌려주는데 끝없이 다시 읽습니다"
MANY_ENDS = 1000


class WatchedSocket(socket.socket):
    """보통의 소켓인데, 읽어 간 바이트를 세고 영영 기다리게 되면 TimeoutError를 낸다."""

    taken = 0
    given = 0
    ends = 0  # b""를 돌려준 횟수
    hopeless: Callable[[], bool] | None = None

    @classmethod
    def of(cls, sock: socket.socket) -> WatchedSocket:
        """이미 있는 소켓을 넘겨받는다."""
        timeout = sock.gettimeout()
        mine = cls(fileno=sock.detach())
        mine.settimeout(timeout)
        return mine

    def recv(self, size: int, flags: int = 0) -> bytes:
        self._wait()
        data = super().recv(size, flags)
        self._count(len(data), size, flags)
        return data

    def recv_into(self, buffer: Any, nbytes: int = 0, flags: int = 0) -> int:
        """`makefile()`로 읽어도 여기를 지난다."""
        self._wait()
        count = super().recv_into(buffer, nbytes, flags)
        self._count(count, nbytes or len(buffer), flags)
        return count

    def recvfrom(self, size: int, flags: int = 0) -> tuple[bytes, Any]:
        return self.recv(size, flags), None

    def send(self, data: Any, flags: int = 0) -> int:
        count = super().send(data, flags)
        self.given += count
        return count

    def sendall(self, data: Any, flags: int = 0) -> None:
        self.given += memoryview(data).nbytes
        super().sendall(data, flags)

    def _count(self, count: int, asked: int, flags: int) -> None:
        self.taken += 0 if flags & socket.MSG_PEEK else count
        self.ends += count == 0 < asked
        if self.ends > MANY_ENDS:
            raise RuntimeError(ENDLESS)

    def _wait(self) -> None:
        if self.gettimeout() == 0 or self.fileno() < 0:
            return  # 기다리지 않는 소켓, 닫은 소켓: 원래의 오류가 나게 둔다
        deadline = time.monotonic() + (self.gettimeout() or PATIENCE)
        while not select.select([self], [], [], 0.01)[0]:
            if time.monotonic() > deadline or (self.hopeless is not None and self.hopeless()):
                raise TimeoutError(FOREVER)


class Here(World):
    """같은 프로세스의 스레드에서 도는 상대에게 보이는 것."""

    def __init__(self, address: Any, patience: float, *, watching: bool) -> None:
        super().__init__(address, patience)
        self.watching = watching  # 답의 소켓을 이쪽에서 쥐고 있는가. 그래야 조각의 경계를 지킬 수 있다
        self.returned = threading.Event()  # 답이 끝났다
        self.released = threading.Event()  # 상대가 연결을 닫아도 된다
        self.stopped = threading.Event()
        self.mine: WatchedSocket | None = None

    def caught_up(self) -> bool:
        return not self.watching or (self.mine is not None and self.mine.taken >= self.sent)

    def running(self) -> bool:
        return not self.returned.is_set()

    def hold(self) -> None:
        until(lambda: self.rescued or self.released.is_set(), 3 * self.patience)

    def stop(self) -> None:
        self.stopped.set()

    def hopeless(self) -> bool:
        """상대도 나를 기다리고, 온 것은 다 읽었다. 이 차례로 보아야 오가던 것을 놓치지 않는다."""
        return self.mine is not None and self.heard >= self.mine.given and self.idle and self.caught_up()


class Peer:
    """스레드에서 도는 상대. `with`가 끝나면 상대도 끝나 있고 `seen`에 본 것이 있다. 상대의 오류는 그때 난다."""

    def __init__(self, script: Sequence[Move], world: Here) -> None:
        self.world = world
        self.seen: list[Any] = []
        self.error: Exception | None = None
        self.thread = threading.Thread(target=self._run, args=(script,), daemon=True)

    def _run(self, script: Sequence[Move]) -> None:
        try:
            self.seen.extend(run_peer(script, self.world))
        except Exception as error:
            self.error = error
            self.world.stop()

    def __enter__(self) -> Peer:
        self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.world.returned.set()
        self.world.released.set()
        self.thread.join(3 * self.world.patience)
        if self.error is not None:
            raise self.error


class Met(NamedTuple):
    """만난 결과: 내 코드가 돌려준 것과, 대본의 줄마다 상대가 본 것."""

    mine: Any
    peer: list[Any]


def meet(script: Sequence[Move], act: Callable[[WatchedSocket], Any], patience: float = PATIENCE) -> Met:
    """대본의 상대가 연결해 오면 그 소켓으로 `act(sock)`을 부른다. 끝나면 모두 닫는다.

    대본의 첫 줄은 `("connect", 이름)`이다. `act`의 오류는 그대로 나간다. 강의: lessons/12_socket_programming.ipynb

    >>> meet([("connect", "상대"), ("send", "상대", b"ab"), ("send", "상대", b"cd")], lambda sock: sock.recv(1024)).mine
    b'ab'
    """
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SMALL)
        listener.settimeout(patience)
        world = Here(listener.getsockname(), patience, watching=True)
        with Peer(script, world) as peer, WatchedSocket.of(listener.accept()[0]) as sock:
            sock.settimeout(patience)
            sock.hopeless = world.hopeless
            world.mine = sock
            mine = act(sock)
    return Met(mine, peer.seen)
