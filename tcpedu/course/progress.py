"""배우는 사람의 진도: 강의 폴더의 `.tcpedu/progress.json`.

환경 변수 `TCPEDU_PROGRESS`로 파일을 바꾸거나(`경로`) 끈다(`off`). 끄거나 쓸 수 없을 때는
기억만 하고, solutions/에서는 적지 않는다. 진도 때문에 검사가 멈추는 일은 없다.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from tcpedu.course.lessons import course_root

VERSION = 1
ORDER = ("", "미시도", "오답", "정답")


@dataclass
class Record:
    """문제 하나의 기록."""

    best: str = ""  # 가장 좋았던 결과: 미시도 | 오답 | 정답
    tries: int = 0
    hints: int = 0
    opened: bool = False  # 풀이를 열었는가


@dataclass
class Progress:
    """진도 전체."""

    problems: dict[str, Record] = field(default_factory=dict)
    predictions: dict[str, str] = field(default_factory=dict)
    quizzes: dict[str, dict[str, int]] = field(default_factory=dict)

    def record(self, name: str) -> Record:
        return self.problems.setdefault(name, Record())


_memory = Progress()  # 파일에 적지 않을 때 이 커널에서만 기억한다


def location() -> Path | None:
    """진도 파일. 적지 않을 때는 None."""
    setting = os.environ.get("TCPEDU_PROGRESS", "").strip()
    if setting.lower() == "off":
        return None
    if setting:
        return Path(setting).expanduser()
    root = course_root()
    if root is None or Path.cwd().resolve().is_relative_to(root / "solutions"):
        return None
    return root / ".tcpedu" / "progress.json"


def load() -> Progress:
    """지금까지의 진도."""
    path = location()
    if path is None:
        return _memory
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return Progress()
    except (OSError, UnicodeDecodeError) as error:
        return _set_aside(path) if isinstance(error, UnicodeDecodeError) else _memory
    try:
        return _parse(json.loads(text))
    except (ValueError, TypeError, AttributeError, RecursionError):
        return _set_aside(path)


def update(change: Callable[[Progress], None]) -> Progress:
    """진도를 읽어 고치고 곧바로 적는다. 다른 커널이 사이에 적은 것도 남는다."""
    with _lock(location()):
        now = load()
        change(now)
        path = location()
        if path is not None and now is not _memory:
            try:
                _write(path, now)
            except OSError:  # 읽기 전용 폴더, 가득 찬 디스크: 이 커널에서만 기억한다
                change(_memory)
        return now


def recall(name: str) -> Record:
    """문제 하나의 기록. 파일에 적지 못해 기억만 하는 것까지 합친다."""
    one, other = load().record(name), _memory.record(name)
    best = max(one.best, other.best, key=ORDER.index)
    return Record(best, max(one.tries, other.tries), max(one.hints, other.hints), one.opened or other.opened)


def record_try(name: str, status: str) -> None:
    """검사 한 번. 미시도는 횟수로 세지 않는다."""

    def change(progress: Progress) -> None:
        record = progress.record(name)
        record.best = max(record.best, status, key=ORDER.index)
        record.tries += status != "미시도"

    update(change)


def record_hint(name: str, count: int) -> None:
    """힌트를 `count`개까지 보았다."""

    def change(progress: Progress) -> None:
        record = progress.record(name)
        record.hints = max(record.hints, count)

    update(change)


def record_opened(name: str) -> None:
    """풀이를 열었다."""

    def change(progress: Progress) -> None:
        progress.record(name).opened = True

    update(change)


def forget() -> None:
    """이 커널의 기억을 지운다(파일은 그대로). 시험에서 쓴다."""
    _memory.problems.clear()
    _memory.predictions.clear()
    _memory.quizzes.clear()


def _parse(data: dict[str, Any]) -> Progress:
    """모르는 항목과 모양이 다른 항목은 버린다."""
    if not isinstance(data, dict):
        raise TypeError
    records = {}
    for name, raw in _dict(data.get("problems")).items():
        raw = _dict(raw)
        best = raw.get("best")
        records[name] = Record(
            best if best in ORDER else "",
            _count(raw.get("tries")),
            _count(raw.get("hints")),
            raw.get("opened") is True,
        )
    predictions = {k: v for k, v in _dict(data.get("predictions")).items() if isinstance(v, str)}
    quizzes = {
        k: {name: _count(n) for name, n in v.items()}
        for k, v in _dict(data.get("quizzes")).items()
        if isinstance(v, dict)
    }
    return Progress(records, predictions, quizzes)


def _dict(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _count(value: Any) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else 0


def _set_aside(path: Path) -> Progress:
    """읽을 수 없는 파일은 지우지 않고 옆에 남겨 둔다."""
    number = 1
    while (kept := path.with_name(f"{path.name}.broken-{number}")).exists():
        number += 1
    try:
        os.replace(path, kept)
    except OSError:
        return _memory  # 옮기지 못했으면 덮어쓰지도 않는다
    return Progress()


def _write(path: Path, progress: Progress) -> None:
    """임시 파일에 다 쓴 뒤 바꿔치기한다: 도중에 꺼져도 반쪽 파일이 남지 않는다."""
    path.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps({"version": VERSION, **asdict(progress)}, ensure_ascii=False, indent=1, sort_keys=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".tmp")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            file.write(text + "\n")
        os.replace(name, path)
    except BaseException:
        with suppress(OSError):
            os.unlink(name)
        raise


class _lock:
    """여러 커널이 함께 적을 때의 차례. 잠금을 얻지 못하면 그냥 적는다."""

    def __init__(self, path: Path | None) -> None:
        self.path = path
        self.file: Any = None

    def __enter__(self) -> None:
        if self.path is None:
            return
        with suppress(OSError, ImportError):
            import fcntl  # 윈도우에는 없다: 거기서는 읽고 쓰는 사이가 짧은 것으로 충분하다

            self.path.parent.mkdir(parents=True, exist_ok=True)
            self.file = open(self.path.with_name(".lock"), "a", encoding="utf-8")
            fcntl.flock(self.file, fcntl.LOCK_EX)

    def __exit__(self, *error: object) -> None:
        if self.file is not None:
            self.file.close()
