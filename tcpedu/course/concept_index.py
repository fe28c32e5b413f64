"""개념 지도의 글: 강의마다 무엇을 배웠고, 그것이 무엇으로 이어지는가. 그림은 `tcpedu.view.concept_map`이 그린다.

강의: lessons/17_next_steps.ipynb
"""

from __future__ import annotations

import os
from dataclasses import dataclass

from tcpedu.course.lessons import Lesson, course_root, lesson
from tcpedu.view.concepts import CONCEPTS, RELATIONS


@dataclass(frozen=True)
class Entry:
    """강의 하나: 그 강의의 개념들과, 거기서 나가는 화살표들."""

    lesson: Lesson
    concepts: tuple[str, ...]
    leads: tuple[str, ...]


@dataclass(frozen=True, repr=False)
class ConceptIndex:
    """개념의 찾아보기. 노트북에서는 강의로 가는 표로 보인다."""

    entries: tuple[Entry, ...]
    base: str = "."

    def __repr__(self) -> str:
        return "\n".join(
            f"{one.lesson.number} {one.lesson.title}: {', '.join(one.concepts)} / {' · '.join(one.leads) or '—'}"
            for one in self.entries
        )

    def _repr_markdown_(self) -> str:
        rows = ["| 강의 | 개념 | 어디로 이어지는가 |", "|---|---|---|"]
        for one in self.entries:
            link = f"[{one.lesson.number} {one.lesson.title}]({self.base}/{one.lesson.slug}.ipynb)"
            rows.append(f"| {link} | {', '.join(one.concepts)} | {'<br>'.join(one.leads) or '—'} |")
        return "\n".join(rows)


def concept_index() -> ConceptIndex:
    """강의마다의 개념과 화살표.

    >>> concept_index().entries[-1].concepts
    ('커널',)
    """
    numbers = sorted({concept.lesson for concept in CONCEPTS})
    root = course_root()
    base = os.path.relpath(root / "lessons").replace(os.sep, "/") if root is not None else "."
    return ConceptIndex(tuple(map(_entry, numbers)), base)


def _entry(number: str) -> Entry:
    mine = tuple(concept.name for concept in CONCEPTS if concept.lesson == number)
    leads = tuple(f"{old} → {new}: {text}" for old, new, text in RELATIONS if old in mine)
    return Entry(lesson(number), mine, leads)
