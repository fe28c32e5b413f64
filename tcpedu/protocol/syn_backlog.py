"""SYN 대기열: 핸드셰이크를 마치지 못한 연결을 어디까지 기억하는가 (RFC 4987 §2, §3.2).

판단의 차례는 리눅스 6.18의 것이다. 시각은 인자로 받는다.
강의: lessons/15_security.ipynb
"""

from __future__ import annotations

from collections.abc import Hashable
from enum import Enum
from typing import Literal


class Decision(Enum):
    """SYN 하나를 어떻게 할 것인가. 값은 우리말 풀이다."""

    ACCEPT = "기억하고 SYN,ACK를 보낸다"
    COOKIE = "기억하지 않고 쿠키를 담은 SYN,ACK를 보낸다"
    DROP = "버린다"

    @property
    def korean(self) -> str:
        """우리말 풀이."""
        return self.value


class SynBacklog:
    """반열림 연결의 대기열.

    `size`는 min(listen()의 backlog, somaxconn)이고, 리눅스처럼 이것을 *넘으면* 찬 것으로 본다: `size + 1`개까지 든다.
    `timeout`은 ACK를 기다리는 시간, 초(기본은 SYN,ACK를 다섯 번 다시 보내는 동안). `cookies`는 tcp_syncookies와 같다:
    0 쓰지 않음, 1 가득 찼을 때만, 2 언제나. `max_syn_backlog`는 쿠키를 쓰지 않을 때만 보며, 그 마지막 4분의 1은 전에
    연결해 본 상대(`proven`)의 몫이다. `key`는 연결을 가리키는 것(4-튜플)이다.

    >>> backlog = SynBacklog(size=1, cookies=0)
    >>> [backlog.on_syn(port, now=0.0).name for port in (1, 2, 3)]
    ['ACCEPT', 'ACCEPT', 'DROP']
    >>> backlog.on_ack(1, now=0.1), backlog.on_syn(3, now=0.2).name
    (True, 'ACCEPT')
    """

    def __init__(
        self,
        size: int,
        timeout: float = 63.0,
        cookies: Literal[0, 1, 2] = 1,
        max_syn_backlog: int | None = None,
    ) -> None:
        if size < 0 or timeout <= 0:
            raise ValueError(f"대기열의 크기는 0 이상, 기다리는 시간은 0보다 커야 합니다: {size}, {timeout}")
        self.size = size
        self.timeout = timeout
        self.cookies = cookies
        self.max_syn_backlog = max_syn_backlog
        self._waiting: dict[Hashable, float] = {}  # 연결 → 버릴 시각. 넣은 차례가 버릴 차례다

    def __len__(self) -> int:
        return len(self._waiting)

    @property
    def room(self) -> int:
        """처음 보는 상대가 쓸 수 있는 자리의 수. 쿠키를 언제나 쓰면 한 자리도 쓰지 않는다.

        >>> SynBacklog(64).room, SynBacklog(64, cookies=0, max_syn_backlog=64).room, SynBacklog(64, cookies=2).room
        (65, 49, 0)
        """
        if self.cookies == 2:
            return 0
        limit = self.max_syn_backlog
        if self.cookies or limit is None:
            return self.size + 1
        return min(self.size + 1, limit - limit // 4 + 1)

    def on_syn(self, key: Hashable, now: float, proven: bool = False) -> Decision:
        """SYN이 왔다. 이미 기다리는 연결의 SYN이면 SYN,ACK를 다시 보낼 뿐 자리를 더 쓰지 않는다."""
        self.expire(now)
        if key in self._waiting:
            return Decision.ACCEPT
        if self.cookies == 2 or len(self) > self.size:
            return Decision.COOKIE if self.cookies else Decision.DROP
        if not self.cookies and self._last_quarter() and not proven:
            return Decision.DROP
        self._waiting[key] = now + self.timeout
        return Decision.ACCEPT

    def on_ack(self, key: Hashable, now: float) -> bool:
        """핸드셰이크의 마지막 ACK. 기다리던 연결이면 참이고 자리를 비운다. 거짓이면 쿠키인지 살펴야 한다."""
        self.expire(now)
        return self._waiting.pop(key, None) is not None

    def on_rst(self, key: Hashable) -> None:
        """RST: 기다리던 연결을 잊는다."""
        self._waiting.pop(key, None)

    def expire(self, now: float) -> int:
        """시간이 다 된 연결을 버리고 그 수를 돌려준다."""
        old = [key for key, until in self._waiting.items() if until <= now]
        for key in old:
            del self._waiting[key]
        return len(old)

    def _last_quarter(self) -> bool:
        limit = self.max_syn_backlog
        return limit is not None and limit - len(self) < limit // 4
