"""모든 강의의 표: 시간, RFC, 노트북으로 가는 길, 진도."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from tcpedu.course.lessons import LESSONS, Lesson, course_root
from tcpedu.course.problem import problems
from tcpedu.course.progress import recall

SOON = "준비 중"


@dataclass(frozen=True)
class Row:
    """표의 한 줄."""

    lesson: Lesson
    done: int
    total: int

    @property
    def progress(self) -> str:
        """진도: "✅ 1/2". 문제가 없으면 —."""
        if not self.lesson.ready:
            return SOON
        if not self.total:
            return "—"
        return f"{'✅ ' if self.done == self.total else ''}{self.done}/{self.total}"


@dataclass(frozen=True, repr=False)
class Overview:
    """강의 목록. 노트북에서는 표로 보인다."""

    rows: tuple[Row, ...]
    base: str = ".."  # 지금 노트북에서 본 강의 폴더

    def __repr__(self) -> str:
        return "\n".join(
            f"{row.lesson.number} {row.lesson.title} · {row.lesson.minutes}분 · {row.lesson.rfcs} · {row.progress}"
            for row in self.rows
        )

    def _repr_markdown_(self) -> str:
        head = ["| | 강의 | 시간 | RFC | 연습문제 | 진도 |", "|---|---|--:|---|---|---|"]
        return "\n".join([*head, *map(self._row, self.rows)])

    def _row(self, row: Row) -> str:
        item = row.lesson
        title = self._link(item, "lessons", item.title) if item.ready else item.title
        exercise = self._link(item, "exercises", "열기") if item.ready and row.total else "—"
        return f"| {item.number} | {title} | {item.minutes}분 | {item.rfcs} | {exercise} | {row.progress} |"

    def _link(self, item: Lesson, kind: str, text: str) -> str:
        return f"[{text}]({item.path(Path(self.base), kind).as_posix()})"


def overview() -> Overview:
    """모든 강의와 내 진도."""
    rows = []
    for item in LESSONS:
        mine = problems(item.number) if item.ready else []
        done = sum(recall(problem.name).best == "정답" for problem in mine)
        rows.append(Row(item, done, len(mine)))
    root = course_root()
    base = os.path.relpath(root).replace(os.sep, "/") if root is not None else ".."
    return Overview(tuple(rows), base)
