"""제출물 파일을 너그럽게 읽는다. 노트북의 태그와 메타데이터는 보지 않고 코드 셀의 글만 꺼낸다.

`nbformat.read`는 낯선 사람의 파일 앞에서 여섯 가지 예외를 내고, 심볼릭 링크를 따라가고, FIFO에서 멈춘다.
여기서는 셀을 직접 꺼낸다. 읽지 못하는 파일은 이유를 한국어로 말하는 `Unreadable`이 된다.
"""

import errno
import hashlib
import json
import os
import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

MAX_BYTES = 100 * 1024 * 1024
MAX_CELLS = 2_000
MAX_SOURCE = 300_000  # 한 셀의 글자 수. 손으로 쓴 코드는 이렇게 길지 않다.


class Unreadable(ValueError):
    """노트북으로 읽을 수 없는 제출물. 문구는 배우는 사람에게 보여 줄 한국어 이유다."""


@dataclass(frozen=True)
class CodeCell:
    """제출물의 코드 셀 하나. `number`는 글 셀까지 함께 위에서부터 센 순서(1부터)다."""

    number: int
    source: str
    id: str | None = None


@dataclass(frozen=True)
class Submission:
    """읽어 낸 제출물: 내용의 지문, 코드 셀, 교사와 학생에게 알릴 말."""

    digest: str
    cells: tuple[CodeCell, ...]
    findings: tuple[str, ...] = ()


def load(path: str | os.PathLike[str]) -> Submission:
    """파일 하나를 읽는다. 보통 파일이 아니거나 노트북이 아니면 `Unreadable`."""
    return parse(read_bytes(Path(path)))


def read_bytes(path: Path, limit: int = MAX_BYTES) -> bytes:
    """보통 파일만, 링크를 따라가지 않고, 크기를 먼저 보고 읽는다."""
    if path.is_symlink():
        raise Unreadable(_LINK)
    flags = os.O_RDONLY
    # 윈도우에는 없는 깃발들이다. NONBLOCK이 없으면 FIFO를 여는 것만으로 멈춘다.
    for name in ("O_NOFOLLOW", "O_NONBLOCK", "O_CLOEXEC", "O_BINARY"):
        flags |= getattr(os, name, 0)
    try:
        descriptor = os.open(path, flags)
    except OSError as error:
        raise Unreadable(_LINK if error.errno == errno.ELOOP else f"파일을 열 수 없습니다: {error.strerror}") from None
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise Unreadable("보통 파일이 아닙니다(폴더, 장치, 파이프). 노트북 파일을 제출하세요.")
        if status.st_size > limit:
            raise Unreadable(_too_big(status.st_size, limit))
        with open(descriptor, "rb", closefd=False) as file:
            data = file.read(limit + 1)
    finally:
        os.close(descriptor)
    if len(data) > limit:  # 읽는 사이에 자란 파일
        raise Unreadable(_too_big(len(data), limit))
    return data


_LINK = "심볼릭 링크는 채점하지 않습니다. 노트북 파일 자체를 제출하세요."


def _too_big(size: int, limit: int) -> str:
    return (
        f"파일이 너무 큽니다({size / 2**20:.0f} MiB, 한도 {limit / 2**20:.0f} MiB). "
        "출력을 모두 지우고 저장해 다시 제출하세요."
    )


def parse(data: bytes) -> Submission:
    """바이트를 제출물로 바꾼다."""
    findings: list[str] = []
    text = _decode(data, findings)
    digest = hashlib.sha256(data).hexdigest()
    if _looks_like_python(text):
        findings.append("노트북이 아니라 파이썬 파일입니다. 파일 전체를 셀 하나로 보고 채점했습니다.")
        return Submission(digest, (CodeCell(1, _clean(text, findings)),), tuple(findings))
    cells = tuple(_code_cells(_notebook(text), findings))
    return Submission(digest, cells, tuple(dict.fromkeys(findings)))


def _decode(data: bytes, findings: list[str]) -> str:
    _refuse_known_formats(data)
    encoding = json.detect_encoding(data)
    for name in (encoding, "cp949"):
        try:
            text = data.decode(name)
        except UnicodeDecodeError:
            continue
        if name == "utf-8-sig":
            findings.append("파일 앞에 BOM이 붙어 있어 떼고 읽었습니다.")
        elif name != "utf-8":
            findings.append(f"글자 인코딩이 UTF-8이 아닙니다({name.upper()}). 바꾸어 읽었습니다.")
        return text.lstrip("\ufeff")
    findings.append("깨진 글자가 있어 �로 바꾸어 읽었습니다.")
    return data.decode("utf-8", errors="replace")


_MAGIC = {
    b"PK\x03\x04": "압축 파일(zip)",
    b"\x1f\x8b": "압축 파일(gzip)",
    b"%PDF": "PDF 문서",
    b"\x89PNG": "그림 파일",
    b"\xff\xd8\xff": "그림 파일",
    b"\xd0\xcf\x11\xe0": "한글·오피스 문서",
}


def _refuse_known_formats(data: bytes) -> None:
    if not data.strip(b"\x00 \t\r\n\xef\xbb\xbf\xff\xfe"):
        raise Unreadable("파일이 비어 있습니다. 노트북을 저장한 뒤 다시 제출하세요.")
    for magic, kind in _MAGIC.items():
        if data.startswith(magic):
            raise Unreadable(f"노트북이 아니라 {kind}입니다. .ipynb 파일을 제출하세요.")


_PYTHON_LINE = re.compile(r"^(?:def|class|import|from|@)\s?\w+", re.MULTILINE)


def _looks_like_python(text: str) -> bool:
    """`.py`의 이름만 바꾸어 낸 파일인가."""
    return text.lstrip()[:1] not in ("{", "[", "<") and _PYTHON_LINE.search(text) is not None


def _notebook(text: str) -> dict[str, Any]:
    if text.lstrip().startswith("<<<<<<<") or "\n<<<<<<< " in text:
        raise Unreadable("병합 충돌 표시(<<<<<<<)가 남아 있습니다. 충돌을 정리하고 다시 제출하세요.")
    if text.lstrip().startswith("<"):
        raise Unreadable(
            "노트북이 아니라 웹 페이지(HTML)입니다. 로그인 화면이 저장된 것일 수 있습니다. "
            "노트북을 직접 내려받아 다시 제출하세요."
        )
    try:
        notebook = json.loads(text)
    except RecursionError:
        raise Unreadable("파일의 괄호가 지나치게 깊습니다. 노트북이 아닙니다.") from None
    except ValueError as error:
        raise Unreadable(_json_reason(text, error)) from None
    if not isinstance(notebook, dict) or not _raw_cells(notebook):
        raise Unreadable("노트북 형식이 아닙니다: 셀 목록이 없습니다. .ipynb 파일을 다시 저장해 제출하세요.")
    return notebook


def _json_reason(text: str, error: ValueError) -> str:
    position = getattr(error, "pos", 0)
    unfinished = "Unterminated" in str(error) or position >= len(text.rstrip()) - 1
    if text.lstrip().startswith("{") and unfinished:
        return "파일이 중간에 잘렸습니다. 다시 저장해 제출하세요."
    line = text.count("\n", 0, position) + 1
    return f"노트북(JSON)이 아니거나 깨졌습니다: {line}번째 줄에서 읽기를 멈췄습니다."


def _raw_cells(notebook: dict[str, Any]) -> list[Any]:
    """nbformat 4의 `cells`, nbformat 3의 `worksheets[].cells`."""
    cells = notebook.get("cells")
    if isinstance(cells, list):
        return cells
    sheets = notebook.get("worksheets")
    pages = [sheet.get("cells") for sheet in sheets if isinstance(sheet, dict)] if isinstance(sheets, list) else []
    return [cell for page in pages if isinstance(page, list) for cell in page]


def _code_cells(notebook: dict[str, Any], findings: list[str]) -> Iterator[CodeCell]:
    cells = _raw_cells(notebook)
    if len(cells) > MAX_CELLS:
        findings.append(f"셀이 {len(cells)}개입니다. 앞의 {MAX_CELLS}개만 보았습니다.")
    for number, cell in enumerate(cells[:MAX_CELLS], start=1):
        if not isinstance(cell, dict) or cell.get("cell_type") != "code":
            continue
        source = _text(cell.get("source", cell.get("input", "")))
        if len(source) > MAX_SOURCE:
            findings.append(f"{number}번 셀이 너무 길어({len(source):,}글자) 뺐습니다.")
            continue
        identifier = cell.get("id")
        yield CodeCell(number, _clean(source, findings), identifier if isinstance(identifier, str) else None)


def _text(source: Any) -> str:
    if isinstance(source, list):
        return "".join(line for line in source if isinstance(line, str))
    return source if isinstance(source, str) else ""


_SURROGATE = re.compile("[\ud800-\udfff]")


def _clean(source: str, findings: list[str]) -> str:
    """줄 끝을 맞추고, 저장도 지문도 못 만드는 외짝 서로게이트를 바꾼다."""
    if _SURROGATE.search(source):
        findings.append("유니코드가 아닌 글자가 있어 �로 바꾸었습니다.")
        source = _SURROGATE.sub("\ufffd", source)
    return source.replace("\r\n", "\n").replace("\r", "\n")
