"""실수가 둘 이상 섞인 답에서, 처음 틀린 까닭이 된 오해를 알아본다."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tcpedu.course.values import MISSING, canonical, same

KINDS = 2  # 틀린 값이 이만큼은 있어야 우연이 아니다
Fault = tuple[tuple[int, ...], Any]  # 처음 다른 곳의 자리, 거기 있는 값


def partly(mistakes: Mapping[str, Sequence[Any]], expected: Sequence[Any], actual: Sequence[Any]) -> str | None:
    """실수가 둘 이상 섞인 답에 들어 있는 오해. 처음 틀린 입력을 설명하는 것이 꼭 하나일 때만 고른다.

    그 오해가 틀리는 입력마다 답도 같은 자리에서 같은 값으로 틀려야 한다(다른 실수가 그 앞에서 먼저 드러난 입력은
    셈하지 않는다). 그런 입력 가운데 하나는 값이 통째로 같고, 답이 틀린 입력의 절반은 그 오해의 것이어야 한다. 늘 같은
    값을 내는 답도 여러 오해와 겹치므로 틀린 값이 두 가지는 있어야 하고, 참과 거짓은 우연히 같기 쉬워 보지 않는다.
    """
    wrong = _wrong(expected, actual)
    mine = {i: _fault(expected[i], actual[i]) for i in wrong}
    found = [text for text, theirs in mistakes.items() if _explains(theirs, expected, actual, mine)]
    return found[0] if len(found) == 1 else None


def _explains(theirs: Sequence[Any], expected: Sequence[Any], actual: Sequence[Any], mine: dict[int, Fault]) -> bool:
    """오해의 값 `theirs`가 답의 틀린 곳들 `mine`(입력의 번호 → 처음 다른 곳)을 설명하는가."""
    first = min(mine, default=None)
    # 오답은 물어볼 때 돌므로, 처음 틀린 입력에서 다르면 나머지는 돌리지 않는다.
    if first is None or same(theirs[first], expected[first]):
        return False
    if not _alike(mine[first], _fault(expected[first], theirs[first])):
        return False
    bad = {i: _fault(expected[i], theirs[i]) for i in _wrong(expected, theirs)}
    if not bad.keys() <= mine.keys() or 2 * len(bad) < len(mine):
        return False
    alike = [i for i in bad if _alike(mine[i], bad[i])]
    hidden = [i for i in bad if mine[i][0] < bad[i][0]]
    kinds = {canonical(mine[i][1]) for i in alike}
    sure = len(kinds) >= KINDS and any(same(actual[i], theirs[i]) for i in alike)
    return sure and len(alike) + len(hidden) == len(bad)


def _wrong(expected: Sequence[Any], values: Sequence[Any]) -> list[int]:
    return [i for i, value in enumerate(values) if not same(value, expected[i])]


def _alike(one: Fault, other: Fault) -> bool:
    return one[0] == other[0] and same(one[1], other[1]) and not isinstance(one[1], bool)


def _fault(expected: Any, actual: Any) -> Fault:
    """다른 두 값에서 처음 다른 곳. 길이만 다르면 기대보다 모자라거나 남는 곳이다."""
    if isinstance(expected, list) and isinstance(actual, list):
        for place, (one, other) in enumerate(zip(expected, actual, strict=False)):
            if not same(one, other):
                return _inside(place, one, other)
        if len(expected) != len(actual):
            place = min(len(expected), len(actual))
            return (place,), actual[place:]
    if isinstance(expected, dict) and isinstance(actual, dict):
        for place, (key, one) in enumerate(expected.items()):
            if not same(one, actual.get(key, MISSING)):
                return _inside(place, one, actual.get(key, MISSING))
    return (), actual


def _inside(place: int, expected: Any, actual: Any) -> Fault:
    inner, value = _fault(expected, actual)
    return (place, *inner), value
