"""커널에서 채점기와 말하는 길. JSON 한 줄을 보내고, 같은 번호가 붙은 한 줄을 받는다."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from typing import Any

ANSWERED = 20.0  # 채점기의 대답을 이만큼(초) 기다린다. 넘는 일은 채점기가 죽었을 때뿐이다


class Line:
    """상자의 루프백을 지나는 연결 하나. 0번은 채점기가 먼저 하는 말이다."""

    def __init__(self, address: tuple[str, int], token: str) -> None:
        self.address = address
        self.sock = socket.create_connection(address, ANSWERED)
        self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.lines = self.sock.makefile("r", encoding="utf-8")
        self.count = 0
        self.ask(token)

    def say(self, *words: Any) -> None:
        self.count += 1
        self.sock.sendall(json.dumps([self.count, *words]).encode() + b"\n")

    def ask(self, *words: Any) -> Any:
        self.say(*words)
        for number, answer in self.heard():
            if number == self.count:
                return answer
        raise ConnectionError("채점기가 대답하지 않습니다")

    def heard(self) -> Iterator[tuple[int, Any]]:
        """채점기가 하는 말: (번호, 말). 채점기가 끊으면 끝난다."""
        for text in self.lines:
            number, answer = json.loads(text)
            yield number, answer

    def close(self) -> None:
        self.lines.close()
        self.sock.close()
