"""제출물 읽기: 어떤 파일에도 죽지 않고, 읽을 수 있으면 읽고, 아니면 한국어로 까닭을 말한다."""

import json
import os
import sys
import time

import pytest

from tcpedu.grading.load import MAX_BYTES, MAX_CELLS, Unreadable, load, parse

SOURCE = "def f():\n    return '가'"


def notebook(*sources: str | list[str], **extra: object) -> dict[str, object]:
    cells = [{"cell_type": "code", "source": source, "metadata": {}, "outputs": []} for source in sources]
    return {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 4, **extra}


def dumped(content: object, encoding: str = "utf-8") -> bytes:
    return json.dumps(content, ensure_ascii=False).encode(encoding)


OLD = {"nbformat": 3, "worksheets": [{"cells": [{"cell_type": "code", "input": SOURCE.splitlines(True)}]}]}

READABLE = {
    "보통": (dumped(notebook(SOURCE)), None),
    "줄의 목록": (dumped(notebook(SOURCE.splitlines(True))), None),
    "nbformat 3": (dumped(OLD), None),
    "BOM": (b"\xef\xbb\xbf" + dumped(notebook(SOURCE)), "BOM"),
    "UTF-16": (dumped(notebook(SOURCE), "utf-16"), "UTF-16"),
    "UTF-16 BOM 없음": (dumped(notebook(SOURCE), "utf-16-le"), "UTF-16"),
    "CP949": (dumped(notebook(SOURCE), "cp949"), "CP949"),
    "윈도우 줄 끝": (dumped(notebook(SOURCE.replace("\n", "\r\n"))), None),
    "파이썬 파일": (SOURCE.encode(), "파이썬 파일입니다"),
    "셀 사이의 찌꺼기": (dumped({**notebook(SOURCE), "cells": [None, 3, *notebook(SOURCE)["cells"]]}), None),  # type: ignore[misc]
    "NaN이 든 메타데이터": (dumped(notebook(SOURCE, x=float("nan"))), None),
}


@pytest.mark.parametrize("name", READABLE)
def test_readable(name: str) -> None:
    data, finding = READABLE[name]
    submission = parse(data)
    assert [cell.source for cell in submission.cells] == [SOURCE]
    if finding is None:
        assert submission.findings == ()
    else:
        assert any(finding in text for text in submission.findings)


REFUSED = {
    "빈 파일": (b"", "비어 있습니다"),
    "BOM뿐": (b"\xef\xbb\xbf", "비어 있습니다"),
    "공백뿐": (b" \n", "비어 있습니다"),
    "로그인 화면": (b"<!DOCTYPE html><html><form>login</form></html>", "HTML"),
    "잘린 파일": (dumped(notebook(SOURCE))[:60], "잘렸습니다"),
    "목록": (b"[1, 2]", "셀 목록이 없습니다"),
    "셀 없는 객체": (b'{"metadata": {}}', "셀 목록이 없습니다"),
    "셀이 숫자": (b'{"cells": 3}', "셀 목록이 없습니다"),
    "너무 깊은 JSON": (b"[" * 100_000 + b"]" * 100_000, "지나치게 깊습니다"),
    "너무 깊은 객체": (b'{"a":' * 100_000 + b"1" + b"}" * 100_000, "지나치게 깊습니다"),
    "깨진 JSON": (b'{"cells": [}]}', "1번째 줄"),
    "글": ("과제를 늦게 냅니다. 죄송합니다.".encode(), "깨졌습니다"),
    "압축": (b"PK\x03\x04rest", "압축 파일"),
    "PDF": (b"%PDF-1.7", "PDF"),
    "그림": (b"\x89PNG\r\n\x1a\n", "그림"),
    "병합 충돌": (b'{\n<<<<<<< HEAD\n"cells": []\n=======\n}', "병합 충돌"),
    "아무 바이트": (bytes(range(128, 256)) * 3, "깨졌습니다"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refused_with_a_reason(name: str) -> None:
    data, reason = REFUSED[name]
    with pytest.raises(Unreadable, match=reason):
        parse(data)


def test_metadata_and_tags_leave_no_trace() -> None:
    content = notebook("x = 1")
    content["cells"][0]["metadata"] = {"tags": ["nbval-skip"], "id": "answer-f"}  # type: ignore[index]
    (cell,) = parse(dumped(content)).cells
    assert (cell.source, cell.id, cell.number) == ("x = 1", None, 1)


def test_numbers_count_every_cell() -> None:
    content = notebook("a", "b")
    content["cells"].insert(1, {"cell_type": "markdown", "source": "글"})  # type: ignore[attr-defined]
    assert [cell.number for cell in parse(dumped(content)).cells] == [1, 3]


def test_lone_surrogates_are_replaced() -> None:
    submission = parse(json.dumps(notebook("x = '\ud800'")).encode())
    submission.cells[0].source.encode("utf-8")
    assert any("�" in text for text in submission.findings)


def test_too_many_and_too_long_cells() -> None:
    submission = parse(dumped(notebook("x" * 400_000, *["y"] * (MAX_CELLS + 5))))
    assert len(submission.cells) == MAX_CELLS - 1
    assert len(submission.findings) == 2


def test_too_large_is_refused_before_reading(tmp_path) -> None:
    file = tmp_path / "큰.ipynb"
    with open(file, "wb") as handle:
        handle.truncate(MAX_BYTES + 1)  # 구멍 난 파일: 디스크도 시간도 쓰지 않는다
    with pytest.raises(Unreadable, match="너무 큽니다"):
        load(file)


@pytest.mark.skipif(sys.platform == "win32", reason="윈도우에는 FIFO가 없고 링크에 권한이 든다")
class TestSpecialFiles:
    def test_symlink(self, tmp_path) -> None:
        secret = tmp_path / "비밀.txt"
        secret.write_text("비밀", encoding="utf-8")
        (tmp_path / "a.ipynb").symlink_to(secret)
        with pytest.raises(Unreadable, match="심볼릭 링크") as caught:
            load(tmp_path / "a.ipynb")
        assert "비밀" not in str(caught.value)

    def test_fifo_does_not_block(self, tmp_path) -> None:
        os.mkfifo(tmp_path / "a.ipynb")
        started = time.monotonic()
        with pytest.raises(Unreadable, match="보통 파일이 아닙니다"):
            load(tmp_path / "a.ipynb")
        assert time.monotonic() - started < 1

    def test_device(self) -> None:
        with pytest.raises(Unreadable, match="보통 파일이 아닙니다"):
            load("/dev/zero")

    def test_directory(self, tmp_path) -> None:
        (tmp_path / "a.ipynb").mkdir()
        with pytest.raises(Unreadable):
            load(tmp_path / "a.ipynb")
