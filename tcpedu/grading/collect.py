"""폴더와 압축 파일에서 제출물을 찾는다. 이름은 NFC로 맞추고, 도구가 남긴 찌꺼기는 건너뛴다."""

import os
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from tcpedu.grading import archive
from tcpedu.grading.load import Unreadable
from tcpedu.grading.roster import Guess, guess

_SKIPPED_FOLDERS = {"__MACOSX", ".ipynb_checkpoints", ".git", "__pycache__", ".venv"}
_NOTEBOOK = re.compile(r"\.ipynb(\s*\(\d+\))?(\.(txt|json|html?))?$", re.IGNORECASE)
_LESSON_NAME = re.compile(r"^\d\d_[a-z0-9_]+$")
_PREFIX = re.compile(r"^.*?_\d+_(?:\d+_|assignsubmission_file_)")
_COPY = re.compile(r"(?:\s*\((\d+)\)|-(\d{1,2}))(?=(?:\.ipynb)?(?:\s*\(\d+\))?$)", re.IGNORECASE)


@dataclass(frozen=True)
class Found:
    """찾은 제출물: 실제 경로, 보고에 쓸 상대 경로, 학생. `member`는 압축 파일 속의 자리다."""

    path: Path
    name: str
    student: str
    member: tuple[int, ...] = ()
    modified: float | None = None  # 파일의 시각
    trouble: str = ""  # 읽지 않을 까닭
    guess: Guess = field(default_factory=Guess)

    @property
    def base(self) -> str:
        """LMS가 붙인 번호와 다시 낸 번호(" (1)", "-1")를 뗀 파일 이름."""
        return _COPY.sub("", _NOTEBOOK.sub(".ipynb", _PREFIX.sub("", self.name.rsplit("/", 1)[-1])))

    @property
    def attempt(self) -> int:
        """몇 번째로 다시 낸 것인가. 처음이면 0."""
        found = re.search(r"\.ipynb\s*\((\d+)\)", self.name, re.IGNORECASE) or _COPY.search(self.name)
        return int(next(filter(None, found.groups()))) if found else 0


@dataclass(frozen=True)
class Collection:
    """채점할 것과, 제출물처럼 보이지 않아 두고 온 것."""

    submissions: tuple[Found, ...]
    ignored: tuple[str, ...]


def collect(folder: Path, *, without: Path | None = None) -> Collection:
    """폴더(또는 zip) 아래의 모든 제출물을 이름 순서로. `without`은 결과를 쓰는 폴더다."""
    if folder.is_file() and not _is_zip(folder.name):
        return Collection((_found(folder, folder.name),), ())
    if not folder.exists():
        raise FileNotFoundError(f"제출물 폴더가 없습니다: {folder}")
    submissions, ignored = [], []
    for one in _every(folder, without):
        file = one.name.rsplit("/", 1)[-1]
        if _NOTEBOOK.search(one.name) and not file.startswith("._"):
            submissions.append(one)
        elif _is_zip(one.name) and one.trouble:
            submissions.append(one)  # 열지 못한 압축 파일도 누군가의 제출물이다
        elif not file.startswith((".", "~$")) and file not in ("Thumbs.db", "desktop.ini"):
            ignored.append(one.name)
    return Collection(tuple(_distinct(submissions)), tuple(sorted(ignored)))


def _every(folder: Path, without: Path | None) -> Iterator[Found]:
    """모든 파일. 압축 파일은 속에 든 것으로 바꾸어 내놓는다."""
    if folder.is_file():
        yield from _inside(folder, "")
        return
    for place, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if _is_worth(Path(place, name), without)]
        for file in files:
            path = Path(place, file)
            name = unicodedata.normalize("NFC", path.relative_to(folder).as_posix())
            if _is_zip(file) and not file.startswith("._"):
                yield from _inside(path, name)
            else:
                yield _found(path, name)


def _is_zip(name: str) -> bool:
    return name.lower().endswith(".zip")


def _inside(path: Path, name: str) -> Iterator[Found]:
    prefix = f"{name}/" if name else ""
    try:
        for member in archive.members(path):
            found = _found(path, prefix + member.name)
            yield replace(found, member=member.path, modified=member.modified, trouble=member.trouble)
    except Unreadable as error:
        yield replace(_found(path, name or path.name), trouble=str(error))


def _distinct(submissions: list[Found]) -> Iterator[Found]:
    """이름 순서로. NFC로 맞추어 같아진 이름에는 번호를 붙인다."""
    counts: Counter[str] = Counter()
    for one in sorted(submissions, key=lambda one: (one.name, str(one.path), one.member)):
        counts[one.name] += 1
        yield one if counts[one.name] == 1 else replace(one, name=f"{one.name} ({counts[one.name]})")


def _is_worth(path: Path, without: Path | None) -> bool:
    return path.name not in _SKIPPED_FOLDERS and (without is None or path.resolve() != without.resolve())


def _found(path: Path, name: str) -> Found:
    """학생은 LMS가 적은 이름, 아니면 파일 이름이다. 파일 이름이 과제 이름 그대로이면 폴더 이름이다."""
    name = "".join(letter if letter.isprintable() else "�" for letter in name)
    *folders, file = name.split("/")
    stem = _NOTEBOOK.sub("", file)
    guessed = guess(name)
    own = folders[-1].removesuffix(".zip") if folders and _LESSON_NAME.match(stem) else stem
    return Found(path, name, guessed.person.name or own, modified=_modified(path), guess=guessed)


def _modified(path: Path) -> float | None:
    try:
        return path.lstat().st_mtime
    except OSError:
        return None
