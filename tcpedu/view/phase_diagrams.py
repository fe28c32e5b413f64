"""혼잡 제어의 단계 그림: 알고리즘이 지닌 표(`phases`)의 화살표를 하나도 빠뜨리지 않고 그린다.

강의: lessons/09_congestion_control.ipynb, lessons/11_modern_congestion_control.ipynb
"""

from __future__ import annotations

from enum import Enum, StrEnum
from typing import Any

from tcpedu.protocol.congestion import CongestionControl, PhaseEdge

from .builder import Diagram, StateBuilder, wrap
from .words import josa

_WIDTH = 17  # 오가는 두 화살표의 글이 겹치지 않는 너비
_Last = tuple[StrEnum, Enum] | None


def phase_diagram(
    control: CongestionControl | type[CongestionControl], current: StrEnum | str | None = None,
    *, last: _Last = None,
) -> Diagram:  # fmt: skip
    """혼잡 제어의 단계와 그 사이의 모든 화살표.

    `control`은 클래스나 객체다. 객체를 주면 지금 단계(`control.phase`)가 드러나고, `current`로 다른 단계를 고를 수도
    있다.
    방금 지나온 화살표 `last=(단계, 사건)`은 ▶로 드러난다.
    강의: lessons/09_congestion_control.ipynb

    >>> from tcpedu.protocol.congestion import Reno
    >>> phase_diagram(Reno(mss=1000)).description
    '혼잡 제어 Reno의 단계 3개와 화살표 18개, 지금은 슬로 스타트다. 제자리로 돌아오는 화살표는 상자 안에 ↻로 적었다.'
    """
    kind = control if isinstance(control, type) else type(control)
    edges = getattr(kind, "phases", ())
    if not edges:
        raise ValueError(f"{kind.__name__}에 단계의 표가 없습니다. 클래스에 phases = (PhaseEdge(…), …)를 적어 주세요")
    phases = tuple(dict.fromkeys(phase for edge in edges for phase in (edge.source, edge.target)))
    here = _phase(current if current is not None else getattr(control, "phase", None), phases)
    if last is not None and last not in [(edge.source, edge.event) for edge in edges]:
        raise ValueError(f"단계의 표에 없습니다: {last[0]}에서 {getattr(last[1], 'korean', last[1])}")
    builder = StateBuilder({phase: _label(phase, here, edges, last) for phase in phases}, here)
    builder.start(edges[0].source)
    for (source, target), texts in _merged(edges, last).items():
        builder.edge(source, target, "\n".join(texts))
    where = f", 지금은 {josa(_korean(here), '이다')}." if here else "다."
    caption = f"혼잡 제어 {kind.__name__}의 단계 {len(phases)}개와 화살표 {len(edges)}개{where}"
    caption += " 제자리로 돌아오는 화살표는 상자 안에 ↻로 적었다."
    return builder.build(f"단계 그림: {kind.__name__}", caption, tuple(map(_text, edges)))


def _phase(wanted: Any, phases: tuple[StrEnum, ...]) -> StrEnum | None:
    if wanted is None or isinstance(wanted, property):  # 클래스의 phase는 아직 값이 아니다
        return None
    for phase in phases:
        if phase == wanted:
            return phase
    raise ValueError(f"이 알고리즘의 단계가 아닙니다: {wanted}. 쓸 수 있는 단계: {', '.join(phases)}")


def _label(phase: StrEnum, here: StrEnum | None, edges: tuple[PhaseEdge, ...], last: _Last) -> str:
    """단계의 상자. 제자리로 돌아오는 화살표는 그리면 글이 겹치므로 상자 안에 ↻로 적는다."""
    inside = [_wrapped(edge, last, "↻ ") for edge in edges if edge.source is edge.target is phase]
    return "\n".join([f"{_korean(phase)}{' ◀ 지금' if phase is here else ''}", f"({phase})", *inside])


def _korean(phase: StrEnum) -> str:
    return str(getattr(phase, "korean", phase))


def _merged(edges: tuple[PhaseEdge, ...], last: _Last) -> dict[tuple[StrEnum, StrEnum], list[str]]:
    merged: dict[tuple[StrEnum, StrEnum], list[str]] = {}
    for edge in edges:
        if edge.source is not edge.target:
            merged.setdefault((edge.source, edge.target), []).append(_wrapped(edge, last))
    return merged


def _wrapped(edge: PhaseEdge, last: _Last, mark: str = "") -> str:
    return wrap(("▶ " if (edge.source, edge.event) == last else "") + mark + _edge_label(edge), _WIDTH)


def _edge_label(edge: PhaseEdge) -> str:
    event = getattr(edge.event, "korean", edge.event.name)
    return f"{event} / {edge.action}" if edge.action else str(event)


def _text(edge: PhaseEdge) -> str:
    return f"{_korean(edge.source)} → {_korean(edge.target)}: {_edge_label(edge)} ({edge.rfc})"
