"""위에 있는 것을 붙들지 않고 가리킨다."""

from __future__ import annotations

from typing import TypeVar
from weakref import ref

_Owner = TypeVar("_Owner")


def alive(reference: ref[_Owner]) -> _Owner:
    """가리키던 것. 이미 없어졌으면 `ReferenceError`."""
    owner = reference()
    if owner is None:
        raise ReferenceError("시뮬레이션이 이미 없어졌습니다: Simulation을 변수에 담아 두세요")
    return owner
