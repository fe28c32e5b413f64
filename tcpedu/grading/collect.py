"""폴더에서 제출물을 찾는다. 파일 이름은 NFC로 맞추고, 도구가 남긴 찌꺼기는 건너뛴다."""

import os
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

_SKIPPED_FOLDERS = {"__MACOSX", ".ipynb_checkpoints", ".git", "__pycache__", ".venv"}
_NOTEBOOK = re.compile(r"\.ipynb(\s*\(\d+\))?(\.(txt|json|html?))?$", re.IGNORECASE)
_LESSON_NAME = re.compile(r"^\d\d_[a-z0-9_]+$")


@dataclass(frozen=True)
class Found:
    """찾은 제출물: 실제 경로, 보고에 쓸 상대 경로, 학생."""

    path: Path
    name: str
    student: str


@dataclass(frozen=True)
class Collection:
    """채점할 것과, 제출물처럼 보이지 않아 두고 온 것."""

    submissions: tuple[Found, ...]
    ignored: tuple[str, ...]


def collect(folder: Path, *, without: Path | None = None) -> Collection:
    """폴더 아래의 모든 제출물을 이름 순서로. `without`은 결과를 쓰는 폴더다."""
    if folder.is_file():
        return Collection((_found(folder, folder.name),), ())
    if not folder.is_dir():
        raise FileNotFoundError(f"제출물 폴더가 없습니다: {folder}")
    submissions, ignored = [], []
    for place, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if _is_worth(Path(place, name), without)]
        for file in files:
            path = Path(place, file)
            name = unicodedata.normalize("NFC", path.relative_to(folder).as_posix())
            if _NOTEBOOK.search(name) and not file.startswith("._"):
                submissions.append(_found(path, name))
            elif not file.startswith((".", "~$")) and file not in ("Thumbs.db", "desktop.ini"):
                ignored.append(name)
    return Collection(tuple(_distinct(submissions)), tuple(sorted(ignored)))


def _distinct(submissions: list[Found]) -> Iterator[Found]:
    """이름 순서로. NFC로 맞추어 같아진 이름에는 번호를 붙인다."""
    counts: Counter[str] = Counter()
    for one in sorted(submissions, key=lambda one: (one.name, str(one.path))):
        counts[one.name] += 1
        yield one if counts[one.name] == 1 else replace(one, name=f"{one.name} ({counts[one.name]})")


def _is_worth(path: Path, without: Path | None) -> bool:
    return path.name not in _SKIPPED_FOLDERS and (without is None or path.resolve() != without.resolve())


def _found(path: Path, name: str) -> Found:
    """학생은 파일 이름이다. 파일 이름이 과제 이름 그대로이면 폴더 이름이다."""
    name = "".join(letter if letter.isprintable() else "�" for letter in name)
    *folders, file = name.split("/")
    stem = _NOTEBOOK.sub("", file)
    return Found(path, name, folders[-1] if folders and _LESSON_NAME.match(stem) else stem)
