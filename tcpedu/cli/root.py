"""강의 폴더 찾기."""

from pathlib import Path

import tcpedu
from tcpedu.cli.errors import Trouble


def is_course(folder: Path) -> bool:
    """강의와 라이브러리가 함께 있는 폴더인가."""
    return (folder / "lessons").is_dir() and (folder / "tcpedu" / "__init__.py").is_file()


def course_root(start: Path | None = None) -> Path:
    """지금 폴더에서 위로 올라가며 찾고, 없으면 설치된(편집 가능한) 자리를 쓴다."""
    here = (start or Path.cwd()).resolve()
    installed = Path(tcpedu.__file__).resolve().parents[1]
    for folder in (here, *here.parents, installed):
        if is_course(folder):
            return folder
    raise Trouble("강의 폴더를 찾지 못했습니다: lessons/가 있는 강의 폴더로 옮겨 가서 다시 실행하세요.")
