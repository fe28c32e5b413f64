"""여러 순간을 트는 그림: 자리(slot)의 속성만 바꾸어 그린다. 계산은 파이썬이 하고 화면은 받은 값을 옮겨 적는다."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from . import svg

Slots = dict[str, dict[str, Any]]
"""자리의 이름 → {속성: 값}. 속성 `text`는 요소의 글이다."""


def frame(time: float, clock: str, say: str, slots: Slots) -> dict[str, Any]:
    """한 순간: 시각(초), 화면에 적는 시각, 읽어 주는 문장, 자리들."""
    return {"time": round(time, 6), "clock": clock, "say": say, "slots": slots}


def encode(frames: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """앞 순간과 달라진 값만 남긴다. 저장되는 노트북이 작아진다.

    >>> before = frame(0, "0ms", "", {"una": {"x": 1.0, "text": "5"}})
    >>> after = frame(1, "1초", "", {"una": {"x": 2.0, "text": "5"}})
    >>> encode([before, after])[1]["slots"]
    {'una': {'x': 2.0}}
    """
    encoded, before = [], Slots()
    for one in frames:
        changed = {
            key: {name: value for name, value in values.items() if old.get(name) != value}
            for key, values in one["slots"].items()
            if (old := before.get(key, {})) != values
        }
        encoded.append({**one, "slots": changed})
        before = one["slots"]
    return encoded


def slot(slots: Slots, key: str) -> dict[str, Any]:
    """SVG 요소에 넣을 자리의 이름과 속성. 위젯의 그림은 빈 자리(`slots`가 비었다)로 보내고 화면이 채운다."""
    return {"data_slot": key, **{name: value for name, value in slots.get(key, {}).items() if name != "text"}}


def slot_text(slots: Slots, key: str, **attributes: Any) -> str:
    """글이 들어가는 자리."""
    return svg.text(str(slots.get(key, {}).get("text", "")), **attributes, **slot(slots, key))


def span(left: float, right: float, low: float, high: float) -> dict[str, Any]:
    """가로 띠의 자리: [low, high] 안으로 잘라 낸 왼쪽 끝과 너비.

    >>> span(-5, 12, low=0, high=10)
    {'x': 0.0, 'width': 10.0}
    """
    left, right = min(max(left, low), high), min(max(right, low), high)
    return {"x": round(float(left), 1), "width": round(max(0.0, float(right - left)), 1)}
