"""같은 조건을 다시 돌리지 않도록 최근의 결과를 기억한다."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any

_MOST = 120_000  # 기억해 두는 결과들의 세그먼트 수


class Memory:
    """최근의 결과들. 오래된 것부터 잊는다.

    >>> remember = Memory(lambda key: key * 2, size=lambda result: 1)
    >>> remember(3), 3 in remember
    (6, True)
    """

    def __init__(self, run: Callable[[Any], Any], size: Callable[[Any], int]) -> None:
        self._run, self._size = run, size
        self._kept: OrderedDict[Hashable, Any] = OrderedDict()

    def __call__(self, key: Hashable) -> Any:
        if key not in self._kept:
            self._kept[key] = self._run(key)
        self._kept.move_to_end(key)
        while len(self._kept) > 1 and sum(map(self._size, self._kept.values())) > _MOST:
            self._kept.popitem(last=False)
        return self._kept[key]

    def __contains__(self, key: Hashable) -> bool:
        return key in self._kept
