"""세그먼트의 줄들을 표로 적는다. 표를 채우는 문제에서는 처음 틀린 칸을, 거기까지의 표와 함께 적는다.

값을 통째로 적으면 줄이 길어 잘리고, 리스트의 자리([13])는 세그먼트의 번호(14번)와 하나 어긋난다.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tcpedu.course.show import difference, show
from tcpedu.course.values import same
from tcpedu.view.words import display_width

WIDTH = 40  # 칸 하나에 보이는 글자
LINES = 40  # 캡처에서 보이는 줄
Table = Sequence[dict[str, Any]]


def shown(name: str, blanked: Table, expected: Any, actual: Any) -> dict[str, str]:
    """입력·기대·실제를 적은 글. `blanked`는 빈칸이 `None`인 줄들이다.

    틀린 칸 앞의 빈칸은 옳게 채웠으므로 채운 값으로 보인다. 답이 같은 모양의 표가 아니면 받은 표를 그대로 보인다.
    """
    found = _first_wrong(expected, actual)
    if found is None:
        return {
            "given": f"{name}(rows)\n{text(blanked)}",
            "expected": f"같은 모양의 줄(dict) {len(blanked)}개를 담은 리스트",
            "actual": show(actual),
            "differs": (difference(expected, actual) or "") if _is_table(actual) else "",
        }
    place, column = found
    cell = f"{expected[place]['number']}번의 {column}"
    seen = [*expected[:place], _until(column, expected[place], blanked[place])]
    return {
        "given": f"{name}(rows)\n{text(seen, mark=place)}",
        "expected": f"{cell} = {show(expected[place][column], WIDTH)}",
        "actual": f"{cell} = {show(actual[place][column], WIDTH)}",
        "differs": "",
    }


def capture(name: str, args: Sequence[Any]) -> str | None:
    """캡처 하나를 받는 문제의 입력. 다른 것을 받으면 None.

    >>> print(capture("count", [[{"number": 1, "flags": "SYN"}, {"number": 2, "flags": "RST,ACK"}]]))
    count(segments)
      number  flags
      1       SYN
      2       RST,ACK
    """
    if len(args) != 1 or not args[0] or not _is_table(args[0]):
        return None
    rows = args[0]
    more = f"\n  … (줄임: 모두 {len(rows)}줄)" if len(rows) > LINES else ""
    return f"{name}(segments)\n{text(rows[:LINES])}{more}"


def text(rows: Table, mark: int | None = None) -> str:
    """줄을 맞춘 표. `mark`번째 줄 앞에는 ▶를 적는다."""
    cells = [list(rows[0]), *([_cell(value) for value in row.values()] for row in rows)]
    widths = [max(map(display_width, column)) for column in zip(*cells, strict=True)]
    lines = []
    for place, line in enumerate(cells, -1):  # 첫 줄은 열의 이름이다
        padded = (word + " " * (width - display_width(word)) for word, width in zip(line, widths, strict=True))
        lines.append(f"{'▶' if place == mark else ' '} {'  '.join(padded)}".rstrip())
    return "\n".join(lines)


def _first_wrong(expected: Any, actual: Any) -> tuple[int, str] | None:
    """처음 틀린 칸의 (줄의 자리, 열). 두 표의 모양이 다르면 None."""
    if not _is_table(actual) or [list(row) for row in actual] != [list(row) for row in expected]:
        return None
    for place, row in enumerate(expected):
        for column, value in row.items():
            if not same(value, actual[place][column]):
                return place, column
    return None


def _is_table(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(row, dict) and "number" in row for row in value)


def _until(column: str, right: dict[str, Any], blanked: dict[str, Any]) -> dict[str, Any]:
    """틀린 칸 앞은 채운 값, 그 칸부터는 받은 그대로."""
    columns = list(right)
    done = columns[: columns.index(column)]
    return {key: None if key not in done and blanked[key] is None else value for key, value in right.items()}


def _cell(value: Any) -> str:
    if isinstance(value, dict) and "$float" in value:
        return str(value["$float"])
    return value if isinstance(value, str) else show(value, WIDTH)
