"""순서 번호 고리: 2**32개의 번호를 한 바퀴로 그리고, 번호를 옮기고, 조각을 넣어 본다."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tcpedu.network.pointers import Pointers, pointers
from tcpedu.network.sequence_space import (
    LAST,
    PRESETS,
    QUARTER,
    Judgement,
    SequenceSpace,
    check_seq,
    judge,
    seq_on_turn,
)
from tcpedu.network.trace import Trace
from tcpedu.protocol.seqnum import seq_add, seq_diff
from tcpedu.view import svg
from tcpedu.view.frames import Slots, encode, frame
from tcpedu.view.ring_svg import (
    CENTER_X,
    CENTER_Y,
    HEIGHT,
    LEFT,
    RIGHT,
    WIDTH,
    Lens,
    drawing,
    judged_slots,
    pointer_slots,
    size_text,
    static_svg,
)
from tcpedu.view.ring_words import FACTS, LEGEND, NUMBERS, happened, numbers_text, sentence, told, values, verdicts
from tcpedu.view.words import duration, josa

from .base import CourseWidget, css, esm

SPANS = [1 << shift for shift in (4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 28)]
REFERENCES = ("SND.UNA", "SND.NXT", "RCV.NXT", "ISN")
_OWN = "own"
_HELP = (
    "고리와 돋보기에서 번호를 끌거나, 그림을 골라 ←와 →로 하나씩, Shift와 함께 돋보기의 1/16씩, PageUp과 PageDown으로"
    " 1/4바퀴씩 옮깁니다. Home은 기준으로, +와 -는 돋보기의 크기, C는 돋보기를 고른 번호로 옮깁니다."
)
_HELP_MANUAL = _HELP + " Enter는 고른 번호에 조각을 넣습니다."


class SequenceRing(CourseWidget):
    """순서 번호 공간을 고리로 본다. 번호를 끌어 앞뒤를 견주고, 조각을 넣어 재조립을 본다 (RFC 9293 §3.4).

    `preset`은 처음 모습의 이름("wrap", "big", "overlap", "duplicate")이다. `isn`을 주면 대신 그 번호에서 시작해
    `sent`바이트를 보냈고 윈도우가 `window`바이트인 모습이며, `pieces`는 이미 받은 (순서 번호, 크기)들이다. 기록을
    주면 `host`(없으면 첫 세그먼트를 보낸 호스트)가 보낸 방향의 번호들이 움직인 순간을 차례로 튼다. 고른 번호는
    `.point`, 지금의 번호들은 `.now`에 있다.
    강의: lessons/03_sequence_numbers.ipynb

    >>> ring = SequenceRing(isn=2**32 - 5)
    >>> ring.handle({"do": "point", "value": "3"})
    >>> ring.judgement.distance, ring.judgement.misled
    (7, True)
    """

    _esm = esm("requests", "playback", "player", "ring", main="renderRing")
    _css = css("player", "ring")

    def __init__(
        self, trace: Trace | None = None, *, host: str | None = None, preset: str = "wrap", isn: int | None = None,
        sent: int = 12, window: int = 24, pieces: Sequence[tuple[int, int]] = (), point: int | None = None,
        title: str = "순서 번호의 고리",
    ) -> None:  # fmt: skip
        self._trace, self._host = trace, host
        self._own = None if isn is None else (isn, sent, window, tuple(pieces), point)
        self.reference, self.at, self.preset = REFERENCES[0], 0, _OWN
        self.space: SequenceSpace | None = None
        self.piece = 4
        self._message: str | None = None
        super().__init__(title=title)
        if trace is not None:
            self._load_trace(trace, host)
        elif isn is not None:
            self._load_own()
        else:
            self._load_preset(preset)
        if point is not None:
            self.point = check_seq(point)
        self._refresh()

    @property
    def now(self) -> Pointers:
        """지금 보는 순간의 번호들."""
        return self.moments[self.at]

    @property
    def judgement(self) -> Judgement:
        """고른 번호를 지금의 번호들과 견준 것."""
        return judge(self.now, self.point, _reference(self.now, self.reference))

    # 처음 모습 ------------------------------------------------------------

    def _load_trace(self, trace: Trace, host: str | None) -> None:
        if host is None:
            host = trace.segments[0].src if trace.segments else ""
        self.moments = pointers(trace, host)
        last = self.moments[-1]
        self._aim(last.isn, seq_diff(last.snd_nxt, last.isn))

    def _load_own(self) -> None:
        assert self._own is not None
        isn, sent, window, pieces, _ = self._own
        self.space = SequenceSpace(isn, sent=sent, window=window, pieces=pieces)
        self.preset = _OWN
        self._aim(isn, max(sent, window))

    def _load_preset(self, name: str) -> None:
        if name not in PRESETS:
            raise ValueError(f"그런 본보기가 없습니다: {name}. {', '.join(PRESETS)} 가운데 하나를 쓰세요")
        chosen = PRESETS[name]
        self.space, self.preset, self.piece = chosen.space(), name, chosen.piece
        self._aim(chosen.isn, chosen.span * 2 // 3)
        self.point = chosen.point

    def _aim(self, isn: int, count: int) -> None:
        """`isn`부터 `count`개의 번호가 보이게 돋보기를 놓는다."""
        self.span = next((span for span in SPANS if span * 3 // 4 > count), SPANS[-1])
        self.center, self.at = isn, 0
        self.point = seq_add(isn, 1)

    @property
    def lens(self) -> Lens:
        """돋보기에 보이는 번호들. 가운데로 잡은 번호는 왼쪽에서 1/8인 곳에 있다."""
        return Lens(seq_add(self.center, -self.span // 8), self.span)

    # 화면의 부탁 ----------------------------------------------------------

    def handle(self, request: dict[str, Any]) -> None:
        """번호를 옮기거나 조각을 넣는다. 못 하면 까닭을 화면에 적고 그대로 둔다."""
        self._message = None
        self.at = min(max(0, int(request.get("moment") or 0)), len(self.moments) - 1)
        error = ""
        try:
            getattr(self, f"_do_{request.get('do')}")(request)
        except (ValueError, KeyError, AttributeError, TypeError) as problem:
            error = f"바꾸지 못했습니다: {problem}"
        self._refresh(error)

    def _do_point(self, request: dict[str, Any]) -> None:
        self.point = check_seq(_whole(request["value"]))

    def _do_turn(self, request: dict[str, Any]) -> None:
        self.point = seq_on_turn(float(request["part"]))

    def _do_lens(self, request: dict[str, Any]) -> None:
        self.point = self.lens.seq(float(request["part"]))

    def _do_move(self, request: dict[str, Any]) -> None:
        units = {"one": 1, "lens": self.span // 16, "quarter": QUARTER}
        self.point = seq_add(self.point, int(request["by"]) * units[request["unit"]])

    def _do_home(self, request: dict[str, Any]) -> None:
        self.point = self.center = _reference(self.now, self.reference)

    def _do_center(self, request: dict[str, Any]) -> None:
        self.center = self.point

    def _do_reference(self, request: dict[str, Any]) -> None:
        if request["name"] not in REFERENCES:
            raise ValueError(f"기준으로 쓸 수 없는 이름입니다: {request['name']}")
        self.reference = request["name"]

    def _do_zoom(self, request: dict[str, Any]) -> None:
        by = int(request.get("by", 0))
        at = SPANS.index(request.get("span", self.span)) - by
        self.span = SPANS[min(max(at, 0), len(SPANS) - 1)]

    def _do_preset(self, request: dict[str, Any]) -> None:
        self._manual()
        if request["name"] == _OWN and self._own:
            self._load_own()
        else:
            self._load_preset(str(request["name"]))

    def _do_reset(self, request: dict[str, Any]) -> None:
        self._do_preset({"name": self.preset})

    def _do_insert(self, request: dict[str, Any]) -> None:
        space = self._manual()
        self.piece = _whole(request["length"])
        self._message = told(space.insert(self.point, self.piece))

    def _do_ack(self, request: dict[str, Any]) -> None:
        space = self._manual()
        before = space.pointers()
        taken = space.acknowledge()
        after = space.pointers()
        self._message = f"확인응답 번호 {after.rcv_nxt}, 윈도우 {after.rcv_wnd}인 ACK가 닿았습니다. " + (
            f"SND.UNA가 {before.snd_una}에서 {josa(str(after.snd_una), '으로')} 나아갔습니다."
            if before.snd_una != after.snd_una
            else "새로 확인한 것은 없습니다."
            if taken
            else f"SND.NXT({after.snd_nxt})보다 뒤이므로 버립니다: 보내지 않은 것은 확인할 수 없습니다."
        )

    def _do_send(self, request: dict[str, Any]) -> None:
        self.piece = _whole(request["length"])
        size = self._manual().send(self.piece)
        full = "윈도우가 찼습니다. ACK가 닿아야 더 보낼 수 있습니다."
        self._message = f"{size}바이트를 더 보냈습니다." if size else full

    def _manual(self) -> SequenceSpace:
        if self.space is None:
            raise ValueError("기록을 보는 고리에는 조각을 넣을 수 없습니다. SequenceRing()으로 새로 만드세요")
        return self.space

    # 화면 -----------------------------------------------------------------

    def _refresh(self, error: str = "") -> None:
        if self.space is not None:
            self.moments, self.at = [self.space.pointers()], 0
        lens = self.lens
        frames = [frame(at.time, duration(at.time), happened(at), self._slots(at, lens)) for at in self.moments]
        scene = {
            "svg": svg.tag("svg", drawing(lens), viewBox=f"0 0 {WIDTH:g} {HEIGHT:g}", xmlns=svg.NAMESPACE),
            "frames": encode(frames), "at": self.at, "point": self.point, "last": LAST, "reference": self.reference,
            "references": list(REFERENCES), "span": self.span,
            "spans": [[span, f"{size_text(span)}개"] for span in SPANS],
            "preset": self.preset, "presets": self._presets(), "piece": self.piece, "manual": self.space is not None,
            "facts": [list(pair) for pair in FACTS], "numbers": [list(one) for one in NUMBERS],
            "legend": [list(one) for one in LEGEND],
            "geometry": {"x": CENTER_X, "y": CENTER_Y, "left": LEFT, "right": RIGHT},
            "help": _HELP_MANUAL if self.space else _HELP, "error": error,
        }  # fmt: skip
        self.show(scene if self._message is None else {**scene, "message": self._message})

    def _presets(self) -> list[list[str]]:
        own = [[_OWN, "직접 정한 처음 모습"]] if self._own else []
        return own + [[name, preset.name] for name, preset in PRESETS.items()]

    def _slots(self, at: Pointers, lens: Lens) -> Slots:
        reference = _reference(at, self.reference)
        found = judge(at, self.point, reference)
        judged = sentence(self.point, self.reference, reference, found, at)
        words = {**values(at), **verdicts(found, at), "judgement": judged}
        return {
            **pointer_slots(at, lens), **judged_slots(lens, self.point, reference, self.reference),
            **{key: {"text": text} for key, text in words.items()},
        }  # fmt: skip

    def as_text(self) -> str:
        """제목, 고른 번호의 자리, 번호들. 기록이면 순간마다 한 줄."""
        reference = _reference(self.now, self.reference)
        lines = [self.title, sentence(self.point, self.reference, reference, self.judgement, self.now)]
        if self.space is not None:
            lines += [numbers_text(self.now), *(told(one) for one in self.space.log)]
        else:
            lines += [f"{duration(at.time)}: {happened(at)} {numbers_text(at)}" for at in self.moments[:40]]
        return "\n".join(lines)

    def as_svg(self) -> str:
        """정지 그림. 기록이면 조각이나 나가 있는 것이 가장 많은 순간을 그린다."""
        at = max(self.moments, key=lambda at: (len(at.blocks), seq_diff(at.snd_nxt, at.snd_una)))
        reference = _reference(at, self.reference)
        found = judge(at, self.point, reference)
        caption = sentence(self.point, self.reference, reference, found, at)
        return static_svg(self._slots(at, self.lens), self.lens, self.title, caption)


def _reference(at: Pointers, name: str) -> int:
    numbers = {"SND.UNA": at.snd_una, "SND.NXT": at.snd_nxt, "RCV.NXT": at.rcv_nxt, "ISN": at.isn}
    found = numbers[name]
    return at.isn if found is None else found


def _whole(text: Any) -> int:
    try:
        return int(str(text).strip(), 0)
    except ValueError:
        raise ValueError(f"10진수나 0x로 시작하는 16진수가 아닙니다: {text}") from None
