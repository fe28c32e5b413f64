"""본보기 `MyTcp`의 한 곳을 바꾼 오답들."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

from tcpedu.course.problems import mytcp

Change = tuple[str, str]


def wrong(stage: str, *changes: Change) -> Callable[..., Any]:
    """본보기의 글에서 `(있던 것, 바꾼 것)`을 바꾸어 만드는 `stage` 클래스. 처음 부를 때 만든다.

    있던 것은 본보기에 한 번만 나와야 한다.
    """

    def make(*args: Any, **kwargs: Any) -> Any:
        return _build(stage, changes)(*args, **kwargs)

    return make


@cache
def _build(stage: str, changes: tuple[Change, ...]) -> Any:
    text = _source()
    for old, new in changes:
        if text.count(old) != 1:
            raise ValueError(f"본보기에 {text.count(old)}번 나옵니다: {old!r}")
        text = text.replace(old, new)
    module = ModuleType(f"mytcp_{stage}")
    exec(compile(text, f"<{stage}의 오답>", "exec"), module.__dict__)
    return getattr(module, stage)


@cache
def _source() -> str:
    return Path(str(sys.modules[mytcp.__name__].__file__)).read_text(encoding="utf-8")
