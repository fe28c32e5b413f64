"""남이 만든 CSV를 읽고, 고친 칸 말고는 한 바이트도 바꾸지 않고 되돌려 쓴다 (RFC 4180).

LMS가 내보낸 성적표는 인코딩, BOM, 구분자, 따옴표, 줄 끝이 저마다 다르다. 칸마다 글의 어디에서 왔는지를
적어 두었다가, 바꾼 칸만 그 자리에 끼워 넣는다.
"""

import codecs
import os
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_DELIMITERS = ",\t;:"


@dataclass(frozen=True)
class Cell:
    """칸 하나: 값과, 글에서의 자리."""

    value: str
    start: int
    end: int


class Sheet:
    """CSV 한 장.

    >>> sheet = Sheet('\\ufeff학번;점수\\r\\n0012;"-"\\r\\n'.encode())
    >>> sheet.set(1, 1, "7.5")
    >>> sheet.to_bytes().decode()
    '\\ufeff학번;점수\\r\\n0012;"7.5"\\r\\n'
    """

    def __init__(self, data: bytes) -> None:
        self.bom, self.encoding, self.text = _decode(data)
        self.delimiter = _delimiter(self.text)
        self.rows = _rows(self.text, self.delimiter)
        self._changes: dict[tuple[int, int], str] = {}

    @property
    def header(self) -> list[str]:
        return self.values(0) if self.rows else []

    def values(self, row: int) -> list[str]:
        return [cell.value for cell in self.rows[row]]

    def value(self, row: int, column: int | None) -> str:
        """칸의 값. 짧은 줄이거나 없는 칸이면 빈 글이다."""
        if column is None or column >= len(self.rows[row]):
            return ""
        return self.rows[row][column].value.strip()

    def column(self, *names: str) -> int | None:
        """이름이 `names` 가운데 하나인 칸. 대소문자와 빈칸은 가리지 않는다."""
        wanted = [plain(name) for name in names]
        heads = [plain(head) for head in self.header]
        return next((heads.index(name) for name in wanted if name in heads), None)

    def set(self, row: int, column: int, value: str) -> None:
        """칸을 바꾼다. 그 줄에 없는 칸이면 ValueError."""
        if column >= len(self.rows[row]):
            raise ValueError(f"{row + 1}번째 줄이 짧아 {column + 1}번째 칸이 없습니다.")
        self._changes[row, column] = value

    def to_bytes(self) -> bytes:
        """바꾼 칸만 새로 적은 글. 그 인코딩에 없는 글자는 ?가 된다."""
        pieces, last = [], 0
        for (row, column), value in sorted(self._changes.items()):
            cell = self.rows[row][column]
            pieces += [self.text[last : cell.start], self._written(cell, value)]
            last = cell.end
        pieces.append(self.text[last:])
        return self.bom + "".join(pieces).encode(self.encoding, "replace")

    def _written(self, cell: Cell, value: str) -> str:
        quoted = self.text[cell.start : cell.start + 1] == '"'
        if quoted or any(mark in value for mark in (self.delimiter, '"', "\r", "\n")):
            return '"' + value.replace('"', '""') + '"'
        return value


def read_sheet(path: str | os.PathLike[str]) -> Sheet:
    """파일을 읽는다. CSV가 아니면 ValueError."""
    data = Path(path).read_bytes()
    if data.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise ValueError(f"'{Path(path).name}'은(는) 엑셀 파일입니다: CSV로 저장해서 주세요.")
    try:
        return Sheet(data)
    except UnicodeDecodeError:
        raise ValueError(f"'{Path(path).name}'의 글자를 읽을 수 없습니다: UTF-8 CSV로 저장해서 주세요.") from None


def plain(text: str) -> str:
    """견주기 위해 다듬은 글: NFC, 소문자, 빈칸 없음."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFC", text)).casefold()


def _decode(data: bytes) -> tuple[bytes, str, str]:
    for bom, encoding in _BOMS:
        if data.startswith(bom):
            return bom, encoding, data[len(bom) :].decode(encoding)
    try:
        return b"", "utf-8", data.decode("utf-8")
    except UnicodeDecodeError:
        return b"", "cp949", data.decode("cp949")


def _delimiter(text: str) -> str:
    """첫 줄에서 따옴표 밖에 가장 많이 나온 구분자."""
    first = re.sub(r'"[^"]*"', "", text).lstrip("\r\n").split("\n", 1)[0]
    return max(_DELIMITERS, key=lambda mark: (first.count(mark), -_DELIMITERS.index(mark)))


def _rows(text: str, delimiter: str) -> list[Sequence[Cell]]:
    mark = re.escape(delimiter)
    # 따옴표로 감싼 칸, 아니면 구분자나 줄 끝까지. 닫히지 않은 따옴표는 글자로 읽는다.
    pattern = re.compile(rf'(?:"([^"]*(?:""[^"]*)*)"(?={mark}|[\r\n]|\Z)|([^{mark}\r\n]*))({mark}|\r\n|\n|\r|\Z)')
    rows: list[Sequence[Cell]] = []
    row: list[Cell] = []
    position = 0
    while position < len(text) or row:
        found = pattern.match(text, position)
        assert found is not None
        quoted, bare, after = found.groups()
        value = quoted.replace('""', '"') if quoted is not None else bare
        row.append(Cell(value, position, found.start(3)))
        position = found.end()
        if after != delimiter:
            rows.append(row)
            row = []
    return rows
