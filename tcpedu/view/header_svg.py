"""세그먼트를 32비트씩 한 줄로 그린 SVG. 칸마다 이름과 값이 들어간다."""

from __future__ import annotations

from . import svg
from .inspect import Cell, Dissection
from .words import display_width

BIT, ROW, LEFT, TOP = 27, 46, 52, 24  # 1비트의 너비, 한 줄의 높이, 왼쪽과 위의 여백
MAX_ROWS = 20  # 헤더는 15줄까지다. 데이터는 몇 줄만 보인다.
WIDTH = LEFT + 32 * BIT + 8


def header_body(dissection: Dissection, *, clickable: bool = False) -> str:
    """칸들. 한 칸이 여러 줄에 걸치면 조각마다 네모를 그리고 첫 조각(가장 넓은 조각)에 글을 적는다."""
    ruler = [svg.text(str(bit), class_="bit-number", x=LEFT + (bit + 0.5) * BIT, y=16.0) for bit in (0, 8, 16, 24, 31)]
    shown = [cell for cell in dissection.cells if cell.first_bit // 32 < MAX_ROWS]
    rows = [
        svg.text(f"{row * 4}", class_="byte-number", x=LEFT - 10.0, y=_y(row) + 28.0) for row in range(_rows(shown))
    ]
    return "".join([*ruler, *rows, *(_cell(cell, dissection, clickable) for cell in shown)])


def header_height(dissection: Dissection) -> float:
    """그림의 높이."""
    return TOP + _rows([cell for cell in dissection.cells if cell.first_bit // 32 < MAX_ROWS]) * ROW + 8.0


def static_svg(dissection: Dissection, title: str, verdict: str) -> str:
    """저장된 노트북에 남는 그림: 제목, 체크섬이 맞는지, 칸들."""
    body = "".join([
        svg.text(title, class_="title", x=16.0, y=26.0), svg.text(verdict, class_="verdict-text", x=16.0, y=48.0),
        svg.tag("g", header_body(dissection), transform="translate(0 58)"),
    ])  # fmt: skip
    return svg.standalone(body, WIDTH, header_height(dissection) + 58, title, "shared", "inspector")


def _y(row: int) -> float:
    return float(TOP + row * ROW)


def _rows(cells: list[Cell]) -> int:
    last = max((cell.first_bit + cell.width for cell in cells), default=0)
    return min((last + 31) // 32, MAX_ROWS)


def _cell(cell: Cell, dissection: Dissection, clickable: bool) -> str:
    pieces = _pieces(cell)
    bad = dissection.fault_at is not None and cell.first_bit <= dissection.fault_at * 8 < cell.first_bit + cell.width
    kinds = ["cell", *(["bad"] if bad else []), *(["on"] if cell.width == 1 and cell.number else [])]
    widest = max(pieces, key=lambda piece: piece[2])
    boxes = [svg.tag("rect", x=x, y=y, width=width, height=float(ROW)) for x, y, width in pieces]
    boxes += [_continued(cell, piece) for piece in pieces if piece is not widest]
    role = {"role": "button", "tabindex": -1, "aria_label": _aria(cell)} if clickable else {}
    return svg.tag("g", *boxes, _writing(cell, widest), class_=" ".join(kinds), data_cell=cell.id, **role)


def _pieces(cell: Cell) -> list[tuple[float, float, float]]:
    pieces, at, end = [], cell.first_bit, min(cell.first_bit + cell.width, MAX_ROWS * 32)
    while at < end:
        row, column = divmod(at, 32)
        size = min(32 - column, end - at)
        pieces.append((float(LEFT + column * BIT), _y(row), float(size * BIT)))
        at += size
    return pieces


def _writing(cell: Cell, piece: tuple[float, float, float]) -> str:
    x, y, width = piece
    small = display_width(cell.name) * 7.2 > width or cell.width == 1
    return svg.text(
        cell.name, class_="cell-name small" if small else "cell-name", x=x + width / 2, y=y + 18
    ) + svg.text(cell.value, class_="cell-value", x=x + width / 2, y=y + 37)


def _continued(cell: Cell, piece: tuple[float, float, float]) -> str:
    x, y, width = piece
    name = f"{cell.name} (이어짐)"
    fits = display_width(name) * 7.2 <= width
    return svg.text(name if fits else "…", class_="cell-more", x=x + width / 2, y=y + 28)


def _aria(cell: Cell) -> str:
    what = "누르면 뒤집습니다" if cell.width == 1 else "누르면 고릅니다"
    return f"{cell.name} {cell.value}, {cell.width}비트. {what}"
