"""강의 폴더 찾기."""

from pathlib import Path

import pytest

import tcpedu
from tcpedu.cli import root
from tcpedu.cli.errors import Trouble
from tcpedu.cli.root import course_root


@pytest.fixture
def course(tmp_path: Path) -> Path:
    folder = tmp_path / "강의"
    (folder / "lessons").mkdir(parents=True)
    (folder / "tcpedu").mkdir()
    (folder / "tcpedu" / "__init__.py").touch()
    return folder


@pytest.mark.parametrize("inside", ["", "lessons", "exercises/sub"])
def test_the_folder_above_wins(course: Path, inside: str) -> None:
    here = course / inside
    here.mkdir(parents=True, exist_ok=True)
    assert course_root(here) == course.resolve()


def test_elsewhere_the_installed_course_is_used(
    course: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tcpedu, "__file__", str(course / "tcpedu" / "__init__.py"))
    assert course_root(tmp_path) == course.resolve()


def test_no_course_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(root, "is_course", lambda folder: False)
    with pytest.raises(Trouble, match="강의 폴더를 찾지 못했습니다"):
        course_root(tmp_path)
