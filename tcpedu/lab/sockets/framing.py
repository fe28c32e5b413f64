"""바이트 스트림에서 메시지를 꺼낸다: 정해진 길이, 앞에 적은 길이, 줄바꿈 (RFC 9293 §3.9.1).

TCP는 메시지의 경계를 나르지 않으므로 프레이밍은 응용의 몫이다. 강의: lessons/12_socket_programming.ipynb
"""

from __future__ import annotations

import codecs
import socket
from collections.abc import Iterator

HEADER = 4  # 길이를 적는 바이트 수, 빅 엔디언


def recv_exactly(sock: socket.socket, n: int) -> bytes:
    """정확히 `n`바이트를 받는다 (RFC 9293 §3.9.1의 RECEIVE).

    그 전에 스트림이 끝나면 EOFError. 강의: lessons/12_socket_programming.ipynb

    >>> one, other = socket.socketpair()
    >>> one.sendall(b"hello")
    >>> recv_exactly(other, 2), recv_exactly(other, 3)
    (b'he', b'llo')
    >>> one.close(); other.close()
    """
    data = bytearray()
    while len(data) < n:
        piece = sock.recv(n - len(data))
        if not piece:
            raise EOFError(f"스트림이 먼저 끝났습니다: {n}바이트가 필요한데 {len(data)}바이트뿐입니다")
        data += piece
    return bytes(data)


def send_message(sock: socket.socket, payload: bytes) -> None:
    """길이(4바이트, 빅 엔디언)를 앞에 붙여 메시지 하나를 보낸다. 강의: lessons/12_socket_programming.ipynb

    >>> one, other = socket.socketpair()
    >>> send_message(one, b"hi")
    >>> other.recv(100)
    b'\\x00\\x00\\x00\\x02hi'
    >>> one.close(); other.close()
    """
    # 한 번에 쓴다: 나눠 쓰면 Nagle과 지연 ACK가 서로를 기다린다 (RFC 9293 §3.7.4, §3.8.6.3)
    sock.sendall(len(payload).to_bytes(HEADER, "big") + payload)


def recv_message(sock: socket.socket, limit: int) -> bytes:
    """`send_message`가 보낸 메시지 하나를 받는다.

    길이가 `limit`바이트를 넘으면 본문을 받지 않고 ValueError, 도중에 끝나면 EOFError.
    강의: lessons/12_socket_programming.ipynb

    >>> one, other = socket.socketpair()
    >>> send_message(one, b"hi"); send_message(one, b"")
    >>> recv_message(other, limit=100), recv_message(other, limit=100)
    (b'hi', b'')
    >>> one.close(); other.close()
    """
    size = int.from_bytes(recv_exactly(sock, HEADER), "big")
    if size > limit:
        raise ValueError(f"메시지가 너무 깁니다: {size}바이트인데 {limit}바이트까지 받습니다")
    return recv_exactly(sock, size)


def read_lines(sock: socket.socket, size: int = 4096) -> Iterator[str]:
    """UTF-8 글을 `\\n`에서 끊어 한 줄씩, 온 대로 곧바로 내놓는다. 줄바꿈은 뗀다.

    마지막 줄에는 줄바꿈이 없어도 된다. UTF-8이 아니면 UnicodeDecodeError(ValueError).
    강의: lessons/12_socket_programming.ipynb

    >>> one, other = socket.socketpair()
    >>> one.sendall("가\\n나".encode()); one.close()
    >>> list(read_lines(other))
    ['가', '나']
    >>> other.close()
    """
    decoder = codecs.getincrementaldecoder("utf-8")()  # 글자가 도중에 잘려 오면 나머지를 기다린다
    rest = ""
    while data := sock.recv(size):
        *lines, rest = (rest + decoder.decode(data)).split("\n")
        yield from lines
    rest += decoder.decode(b"", final=True)
    if rest:
        yield rest
