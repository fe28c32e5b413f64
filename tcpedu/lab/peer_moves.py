"""대본의 동작: 나누어 보내고, 받고, 반쯤 닫고, RST로 끊고, 쏟아붓는다.

강의: lessons/12_socket_programming.ipynb
"""

from __future__ import annotations

import hashlib
import socket
import struct
import time
from contextlib import ExitStack, suppress
from typing import Any

from tcpedu.lab.peer_world import ENOUGH, TICK, World, until

ENDLESS = 1_000  # 쉬지 않고 도는 답도 이만큼(번) 넘게는 기다리지 않는다
SLICE = 0.02  # 오는 것을 이만큼(초)씩 기다린다
TOO_MUCH = "너무 많이 온다"
NOTHING, ENDED, BUSY, STUCK = "아무것도 오지 않는다", "연결이 끊겼다", "쉬지 않고 돈다", "멈추지 않는다"


class GaveUp(Exception):
    """기대한 것이 오지 않았다. 오류의 값이 그 줄에서 본 것이다."""


class Actor:
    """대본의 동작 하나하나. 이름이 `do_동작`이다."""

    def __init__(self, world: World, stack: ExitStack) -> None:
        self.world = world
        self.stack = stack
        self.socks: dict[str, socket.socket] = {}
        self.flooded: dict[str, bytes] = {}

    def do(self, move: str, *arguments: Any) -> Any:
        try:
            return getattr(self, f"do_{move}")(*arguments)
        except TimeoutError:
            raise GaveUp(NOTHING) from None
        except OSError:  # RST가 먼저 보이는지 FIN이 먼저 보이는지는 그때그때 다르므로 가리지 않는다
            raise GaveUp(ENDED) from None

    def hang_up(self) -> None:
        for sock in self.socks.values():
            sock.close()

    def do_connect(self, who: str) -> None:
        self.socks[who] = self.stack.enter_context(self.world.connect())

    def do_send(self, who: str, data: bytes) -> None:
        """앞에 보낸 것을 답이 다 읽은 뒤에 보낸다: 조각의 경계가 정해진다."""
        until(lambda: self.world.caught_up() or not self.world.running(), self.world.patience)
        self.world.sent += len(data)
        with suppress(ConnectionError):  # 끊긴 것을 언제 알게 되는지는 그때그때 다르다: 받을 때 본다
            self.socks[who].sendall(data)

    def do_shut(self, who: str) -> None:
        self.socks[who].shutdown(socket.SHUT_WR)

    def do_reset(self, who: str) -> None:
        """`SO_LINGER` 0으로 닫으면 FIN이 아니라 RST가 나간다."""
        until(self.world.caught_up, self.world.patience)
        # 윈도의 struct linger는 short 두 개다
        linger = struct.pack("hh" if hasattr(socket, "SIO_RCVALL") else "ii", 1, 0)
        self.socks[who].setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        self.socks[who].close()

    def do_reply(self, who: str, size: int) -> bytes:
        """`size`바이트를 받는다. 모자라면 그만둔다."""
        data = b""
        while len(data) < size:
            piece = self._receive(who, size - len(data), data)
            if not piece:
                raise GaveUp(_partly(data, ENDED))
            data += piece
        return data

    def do_chat(self, who: str, times: int) -> str:
        """한 바이트를 보내고 돌려받기를 되풀이한다: 그때마다 서버는 다른 손님의 일도 한 번씩 하게 된다."""
        for number in range(times):
            byte = bytes([number % 256])
            self.do_send(who, byte)
            if self.do_reply(who, 1) != byte:
                raise GaveUp("다른 것이 왔다")
        return "모두 돌아왔다"

    def do_rest(self, who: str) -> bytes:
        """끝까지 받는다."""
        data = b""
        while piece := self._receive(who, 65_536, data):
            data += piece
        return data

    def do_message(self, who: str) -> dict[str, Any]:
        """끝까지 받아 길이 4바이트와 본문으로 나눈다. 큰 본문은 지문만 적는다."""
        data = self.do_rest(who)
        head, body = data[:4], data[4:]
        return {"앞의 4바이트": head, "나머지": _fingerprint(body, int.from_bytes(head, "big"))}

    def do_flood(self, who: str, size: int) -> None:
        """받지는 않고 보내기만 한다. 돌아온 것으로 버퍼가 차서 더 오지 않을 때까지 둔다."""
        data = bytes(n * 7 % 251 for n in range(size))
        sock = self.socks[who]
        sock.setblocking(False)
        self.flooded[who] = data[: self._pour(sock, data)]
        self._until_quiet(sock)
        sock.settimeout(self.world.patience)

    def _pour(self, sock: socket.socket, data: bytes) -> int:
        """답이 더 읽지 않을 때까지 보낸다. 보낸 바이트 수를 돌려준다."""
        count = quiet = 0
        for _ in range(ENDLESS):
            if count == len(data) or quiet >= 200 or not self.world.running():
                break
            try:
                count, quiet = count + sock.send(data[count : count + 65_536]), 0
            except BlockingIOError:
                quiet += self.world.asleep()  # 바빠서 아직 못 읽은 것은 기다려 준다
                time.sleep(TICK)
            except ConnectionError:
                break  # 끊긴 것은 받을 때 본다
        return count

    def _until_quiet(self, sock: socket.socket) -> None:
        """더 오지 않을 때까지. 답이 늦게 시작할 수도 있다."""
        quiet, size = 0, -1
        for _ in range(ENDLESS):
            if quiet >= (80 if size > 0 else 200) or not self.world.running():
                break
            before, size = size, self._unread(sock)
            quiet = quiet + self.world.asleep() if size == before else 0
            time.sleep(TICK)

    @staticmethod
    def _unread(sock: socket.socket) -> int:
        try:
            return len(sock.recv(1 << 20, socket.MSG_PEEK))
        except OSError:
            return 0

    def do_same(self, who: str) -> str:
        """쏟아부은 것이 그대로 돌아오는가."""
        wanted, got = self.flooded[who], b""
        while len(got) < len(wanted):
            piece = self._receive(who, len(wanted) - len(got), b"")
            if not piece:
                raise GaveUp(ENDED)
            got += piece
        return "모두 그대로" if got == wanted else "보낸 것과 다르다"

    def do_quiet(self) -> str:
        """아무도 아무것도 하지 않는 동안 답이 CPU를 쓰는가. 앞의 일을 마저 하느라 잠깐 쓴 것은 빼도록 거듭 잰다."""
        return BUSY if all(self._works() for _ in range(3)) else "쉰다"

    def _works(self) -> bool:
        before = self.world.cpu()
        # 바쁜 컴퓨터에서 몫이 적어도 알아보도록, 쓴 시간의 양으로 본다.
        return until(lambda: self.world.cpu() - before > 0.02, 0.08)

    def do_stop(self) -> str:
        self.world.stop()
        until(lambda: self.world.rescued or not self.world.running(), 3 * self.world.patience)
        return STUCK if self.world.rescued or self.world.running() else "멈춘다"

    def _receive(self, who: str, size: int, so_far: bytes) -> bytes:
        """오기를 기다리되, 답이 끝났으면 더 기다리지 않는다."""
        sock, left = self.socks[who], int(self.world.patience / SLICE)
        most = 3 * left  # 쉬지 않고 도는 답을 언제까지나 기다리지는 않는다
        sock.settimeout(SLICE)
        self.world.idle = True
        while True:
            try:
                data = sock.recv(size)
                break
            except TimeoutError:
                if left <= 0:
                    raise GaveUp(_partly(so_far, NOTHING)) from None
                most -= 1
                left -= self.world.asleep() or most <= 0
                left = left if self.world.running() else 0  # 끝난 뒤에도 오던 것은 마저 받는다
        self.world.idle = False  # heard보다 먼저 바꾸어야 답이 헛되이 멈춘 것으로 보이지 않는다
        self.world.heard += len(data)
        if self.world.heard > ENOUGH:
            raise GaveUp(TOO_MUCH)
        sock.settimeout(self.world.patience)
        return data


def _partly(data: bytes, why: str) -> Any:
    return {"받은 것": data, "그리고": why} if data else why


def _fingerprint(body: bytes, promised: int) -> Any:
    if len(body) <= 200:
        return body
    if len(body) != promised:
        return "길이와 다르다: 오다가 끊겼거나 더 왔다"
    return f"{len(body)}바이트, 지문 {hashlib.sha256(body).hexdigest()[:16]}"
