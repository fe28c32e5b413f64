"""남의 CSV: 바꾼 칸 말고는 한 바이트도 바뀌지 않는다. 읽은 값은 표준 라이브러리의 csv와 같다."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tcpedu.grading.sheet import Sheet, read_sheet

ROWS = st.lists(st.lists(st.text(st.sampled_from('a가0 ",;\n\r\t=-:'), max_size=6), min_size=2, max_size=5), min_size=1)


def written(rows: list[list[str]], delimiter: str, end: str, quoting: int) -> str:
    file = io.StringIO(newline="")
    csv.writer(file, delimiter=delimiter, lineterminator=end, quoting=quoting).writerows(rows)  # type: ignore[arg-type]
    return file.getvalue()


@given(
    rows=ROWS, delimiter=st.sampled_from(",;\t"), end=st.sampled_from(["\r\n", "\n"]),
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
)  # fmt: skip
def test_values_are_those_of_the_standard_reader(rows, delimiter: str, end: str, quoting: int) -> None:
    text = written([["학번", "점수"], *rows], delimiter, end, quoting)
    sheet = Sheet(text.encode())
    expected = [row or [""] for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)]
    assert [sheet.values(number) for number in range(len(sheet.rows))] == expected
    assert sheet.to_bytes() == text.encode()


@given(
    rows=ROWS, value=st.text(st.sampled_from('a가",\n'), max_size=5),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "cp949", "utf-16"]),
)  # fmt: skip
def test_a_change_touches_one_cell(rows, value: str, encoding: str) -> None:
    text = written([["학번", "점수"], *rows], ",", "\r\n", csv.QUOTE_MINIMAL)
    data = text.encode(encoding)
    sheet = Sheet(data)
    sheet.set(1, 1, value)
    again = Sheet(sheet.to_bytes())
    table = [sheet.values(number) for number in range(len(sheet.rows))]
    table[1][1] = value
    assert [again.values(number) for number in range(len(again.rows))] == table
    cell = sheet.rows[1][1]
    before, after = text[: cell.start], text[cell.end :]
    changed = sheet.to_bytes().decode(encoding)
    assert changed.startswith(before) and changed.endswith(after)


@pytest.mark.parametrize(
    ("data", "bom", "encoding"),
    [
        ("학번,점수\n".encode(), b"", "utf-8"),
        ("학번,점수\n".encode("utf-8-sig"), b"\xef\xbb\xbf", "utf-8"),
        ("학번,점수\n".encode("cp949"), b"", "cp949"),
        ("학번\t점수\n".encode("utf-16"), b"\xff\xfe", "utf-16-le"),
    ],
)
def test_encoding_and_bom_are_kept(data: bytes, bom: bytes, encoding: str) -> None:
    sheet = Sheet(data)
    assert (sheet.bom, sheet.encoding, sheet.header) == (bom, encoding, ["학번", "점수"])
    assert sheet.to_bytes() == data


@pytest.mark.parametrize("text", ["", "\n", "a,b", 'a,"b', 'a,b"c\n', "a,b\r\nc\r\n\r\nd,e\r\n", ',\n"",""\n'])
def test_odd_files_come_back_unchanged(text: str) -> None:
    assert Sheet(text.encode()).to_bytes() == text.encode()


def test_a_letter_outside_the_encoding_becomes_a_question_mark() -> None:
    sheet = Sheet("학번,설명\n1,x\n".encode("cp949"))
    sheet.set(1, 1, "✅ 좋음")
    assert sheet.to_bytes().decode("cp949") == "학번,설명\n1,? 좋음\n"


def test_a_short_row_is_an_error_not_a_shift() -> None:
    with pytest.raises(ValueError, match="2번째 줄이 짧아"):
        Sheet(b"a,b\n1\n").set(1, 1, "x")


def test_a_workbook_is_refused_with_advice(tmp_path) -> None:
    (tmp_path / "a.csv").write_bytes(b"PK\x03\x04...")
    with pytest.raises(ValueError, match="CSV로 저장해서"):
        read_sheet(tmp_path / "a.csv")
    (tmp_path / "a.csv").write_bytes(b"\x81\x20\xff")
    with pytest.raises(ValueError, match="글자를 읽을 수 없습니다"):
        read_sheet(tmp_path / "a.csv")
