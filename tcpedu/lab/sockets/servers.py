"""여럿을 함께 받는 메아리 서버 셋: 스레드, selectors, asyncio. 하는 일은 모두 같다.

`server(listener, stop)`은 `stop`이 켜질 때까지 받은 것을 그대로 돌려보내고, 켜지면 열린 연결을 모두 닫고 돌아온다.
듣는 소켓은 부른 쪽이 닫는다. 강의: lessons/12_socket_programming.ipynb
"""

from __future__ import annotations

import asyncio
import selectors
import socket
import threading
from contextlib import ExitStack, closing, suppress
from dataclasses import dataclass

POLL = 0.05  # 이만큼(초)마다 멈추라는 말이 있는지 본다
CHUNK = 65_536


def serve_echo(listener: socket.socket, stop: threading.Event) -> None:
    """손님마다 스레드 하나: 느린 손님은 제 스레드만 붙든다 (RFC 9293 §3.9.1).

    `stop`이 켜지면 모든 연결을 깨워 닫고 스레드가 다 끝난 뒤에 돌아온다. 강의: lessons/12_socket_programming.ipynb
    """
    listener.settimeout(POLL)
    guests: list[tuple[socket.socket, threading.Thread]] = []
    while not stop.is_set():
        try:
            guest, _ = listener.accept()
        except TimeoutError:
            continue
        guest.settimeout(None)
        thread = threading.Thread(target=_echo, args=(guest,))
        thread.start()
        guests = [(sock, one) for sock, one in guests if one.is_alive()] + [(guest, thread)]
    for guest, _ in guests:
        with suppress(OSError):  # 이미 닫은 소켓
            guest.shutdown(socket.SHUT_RDWR)  # close()만으로는 recv()에 멈춘 스레드가 깨어나지 않는다
    for _, thread in guests:
        thread.join()


def _echo(guest: socket.socket) -> None:
    """손님 하나. 끊겨도 서버는 그대로다."""
    with guest, suppress(ConnectionError):
        while data := guest.recv(CHUNK):
            guest.sendall(data)


@dataclass
class Guest:
    """selectors 서버가 손님마다 기억하는 것."""

    sock: socket.socket
    waiting: bytes = b""  # 아직 돌려보내지 못한 것

    @property
    def wants(self) -> int:
        """무엇을 기다리는가. 돌려보낼 것이 밀려 있으면 더 읽지 않는다: 메모리가 끝없이 늘지 않는다."""
        return selectors.EVENT_WRITE if self.waiting else selectors.EVENT_READ

    def step(self) -> bool:
        """준비된 일을 한다. 연결을 계속 두는가를 돌려준다."""
        if self.waiting:
            self.waiting = self.waiting[self.sock.send(self.waiting) :]
        elif data := self.sock.recv(CHUNK):
            self.waiting = data
        else:
            return False
        return True


def serve_echo_selectors(listener: socket.socket, stop: threading.Event) -> None:
    """스레드 하나가 준비된 소켓만 다룬다: 아무도 기다리지 않는다. 강의: lessons/12_socket_programming.ipynb"""
    listener.setblocking(False)
    with ExitStack() as stack:
        selector = stack.enter_context(selectors.DefaultSelector())
        selector.register(listener, selectors.EVENT_READ)
        while not stop.is_set():
            for key, _ in selector.select(POLL):
                if key.data is None:  # 듣는 소켓
                    sock = stack.enter_context(listener.accept()[0])
                    sock.setblocking(False)
                    selector.register(sock, selectors.EVENT_READ, Guest(sock))
                else:
                    _serve_ready(selector, key.data)


def _serve_ready(selector: selectors.BaseSelector, guest: Guest) -> None:
    try:
        alive = guest.step()
    except ConnectionError:
        alive = False
    if alive:
        selector.modify(guest.sock, guest.wants, guest)
    else:
        selector.unregister(guest.sock)
        guest.sock.close()


def serve_echo_async(listener: socket.socket, stop: threading.Event) -> None:
    """asyncio: 손님마다 코루틴 하나, 스레드는 하나. 강의: lessons/12_socket_programming.ipynb

    이미 이벤트 루프가 도는 노트북의 셀에서도 부를 수 있게 제 스레드에서 돌린다.
    """
    thread = threading.Thread(target=lambda: asyncio.run(echo_forever(listener, stop)))
    thread.start()
    thread.join()


async def echo_forever(listener: socket.socket, stop: threading.Event) -> None:
    """손님마다 코루틴 하나를 두고 `stop`을 기다린다."""
    guests: set[asyncio.Task[None]] = set()

    async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        guests.add(task)
        task.add_done_callback(guests.discard)
        with closing(writer), suppress(ConnectionError, asyncio.CancelledError):
            while data := await reader.read(CHUNK):
                writer.write(data)
                await writer.drain()  # 손님이 읽지 않으면 여기서 이 코루틴만 기다린다

    server = await asyncio.start_server(echo, sock=listener.dup())
    while not stop.is_set():
        await asyncio.sleep(POLL)
    server.close()
    for task in tuple(guests):
        task.cancel()
    await asyncio.gather(*guests, return_exceptions=True)
