"""제출물 파일로 하는 공격: 링크, 파이프, 압축 폭탄, 꼬리표, 같은 id, 이름에 숨긴 명령."""

import copy
import csv
import json
import os
import stat
import zipfile
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path

import pytest

from tcpedu.grading.load import Unreadable, load
from tcpedu.grading.result import State, Status

SCRIPT = "<script>alert(1)</script>"
ALL_TAGS = ["nbval-skip", "nbval-ignore-output", "raises-exception", "skip-execution", "solution", "remove-cell"]


def cell_of(notebook: dict, name: str) -> dict:
    return next(cell for cell in notebook["cells"] if cell["id"] == f"answer-{name}")


def tagged(notebook: dict) -> dict:
    for cell in notebook["cells"]:
        cell["metadata"] = {"tags": ALL_TAGS, "nbgrader": {"grade": True, "points": 100, "locked": True}}
        cell["id"] = cell["id"].replace("check-", "probe-")
    notebook["metadata"] = {"kernelspec": {"name": "«evil»", "display_name": "x"}, "tcpedu": {"points": 12}}
    return notebook


def probes_of_my_own(notebook: dict) -> dict:
    """채점 노트북의 셀 id와 같은 id, 꾸며 낸 출력."""
    for kind in ("public", "fresh"):
        mine = copy.deepcopy(cell_of(notebook, "flag_names"))
        output = {"output_type": "stream", "name": "stdout", "text": "[]\n"}
        mine |= {"id": f"probe-flag_names-{kind}", "source": "print('[]')", "outputs": [output]}
        notebook["cells"] += [mine, {**mine, "id": "course-guard"}, {**mine, "id": "canary"}]
    return notebook


def twice(notebook: dict) -> dict:
    """같은 id의 답을 두 번: 맞은 것처럼 보이는 것과 틀린 것."""
    wrong = copy.deepcopy(cell_of(notebook, "flag_names"))
    wrong["source"] = "def flag_names(flags):\n    return []"
    return {**notebook, "cells": [*notebook["cells"], wrong, copy.deepcopy(wrong)]}


NOTEBOOKS: dict[str, Callable[[dict], dict]] = {
    "nbval의 꼬리표와 다른 커널": tagged, "채점 노트북의 id를 쓴다": probes_of_my_own, "같은 id를 여러 번": twice,
}  # fmt: skip
WRONG = "def flag_names(flags):\n    return ['<script>alert(1)</script>']"


@pytest.fixture(scope="module")
def files(class_folder: Path, submit, grade_folder, facts):
    for name, change in NOTEBOOKS.items():
        (class_folder / f"{name}.ipynb").write_text(json.dumps(change(submit(flag_names=WRONG))), encoding="utf-8")
    honest, wrong = json.dumps(submit()), json.dumps(submit(flag_names=WRONG))
    (class_folder / "정직한 사람.ipynb").write_text(honest, encoding="utf-8")
    (class_folder / f"{SCRIPT.replace('/', '')}.ipynb").write_text(wrong, encoding="utf-8")
    (class_folder / "=cmd|' C calc'!A0.ipynb").write_text(honest.replace("src_ip", "src_ip "), encoding="utf-8")
    (class_folder / "\x1b[2J\x1b]0;x\x07.ipynb").write_text(honest + "\n", encoding="utf-8")
    (class_folder / "링크.ipynb").symlink_to(Path(facts["folder"]) / "grading.ipynb")
    os.mkfifo(class_folder / "파이프.ipynb")
    (class_folder / "폴더.ipynb").mkdir()
    (class_folder / "깊다.ipynb").write_text("[" * 200_000, encoding="utf-8")
    bomb(class_folder / "폭탄.zip")
    slip(class_folder / "탈출.zip", honest)
    return grade_folder(class_folder)


def bomb(path: Path) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("폭탄.ipynb", b" " * 300_000_000)


def slip(path: Path, honest: str) -> None:
    link = zipfile.ZipInfo("압축 속 링크.ipynb")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("../../planted.ipynb", honest)
        archive.writestr("/tmp/tcpedu-planted.ipynb", honest)
        archive.writestr("C:\\planted.ipynb", honest)
        archive.writestr(link, "/etc/passwd")


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_tags_ids_and_outputs_of_a_submission_mean_nothing(files, name: str) -> None:
    result = files.results[name]
    statuses = {problem.name: problem.status for problem in result.problems}
    assert statuses.pop("flag_names") is Status.WRONG
    assert set(statuses.values()) == {Status.CORRECT}


@pytest.mark.parametrize("name", ("링크", "파이프", "깊다"))
def test_what_is_not_a_notebook_is_refused(files, name: str) -> None:
    assert files.results[name].state is State.UNREADABLE


def test_nothing_is_unpacked_and_nothing_leaks(files, facts) -> None:
    assert not Path("/tmp/tcpedu-planted.ipynb").exists()
    assert not list(files.out.parent.parent.rglob("planted*"))  # 제출물의 폴더에서 두 칸 위까지
    for file in filter(lambda path: path.is_file(), files.out.rglob("*")):
        assert facts["secret"].encode() not in file.read_bytes() and b"root:x:0" not in file.read_bytes()
    assert files.results["정직한 사람"].points == 12
    assert files.left == [] and files.peak < 700 * 2**20


class Scripts(HTMLParser):
    """HTML에 든 스크립트의 글."""

    def __init__(self) -> None:
        super().__init__()
        self.inside, self.found = False, ""

    def handle_starttag(self, tag: str, attrs: list) -> None:
        self.inside = tag == "script"

    def handle_endtag(self, tag: str) -> None:
        self.inside = False

    def handle_data(self, data: str) -> None:
        self.found += data if self.inside else ""


def test_reports_show_a_submission_as_text(files) -> None:
    """이름과 답에 숨긴 스크립트, 스프레드시트의 수식, 터미널의 명령이 보고서에서 살아나지 않는다."""
    pages = list(files.out.rglob("*.html"))
    assert pages
    for page in pages:
        scripts = Scripts()
        scripts.feed(page.read_text(encoding="utf-8"))
        assert "alert(1)" not in scripts.found
    for table in files.out.rglob("*.csv"):
        text = table.read_text(encoding="utf-8-sig")
        assert not any(field.startswith("=cmd") for row in csv.reader(text.splitlines()) for field in row)
        assert "\x1b" not in text


def test_a_file_that_changes_while_it_is_read(tmp_path: Path, facts, monkeypatch: pytest.MonkeyPatch) -> None:
    """살핀 뒤 여는 사이에 비밀로 가는 링크로 바꾼다. 여는 것이 링크를 따라가지 않으므로 읽히지 않는다."""
    mine = tmp_path / "제출물.ipynb"
    real = Path.is_symlink

    def look_then_swap(path: Path) -> bool:
        found = real(path)
        path.unlink()
        path.symlink_to(Path(facts["folder"]) / "grading.ipynb")
        return found

    monkeypatch.setattr(Path, "is_symlink", look_then_swap)
    mine.write_text("{}", encoding="utf-8")
    with pytest.raises(Unreadable, match="링크"):
        load(mine)
    mine.unlink()
    mine.write_text("{}", encoding="utf-8")
    assert not mine.is_symlink() and facts["secret"] in mine.read_text(encoding="utf-8")  # 살피고 여는 코드는 속는다
