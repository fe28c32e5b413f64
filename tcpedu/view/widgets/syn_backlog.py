"""SYN 플러드와 대기열: 반열림 연결이 쌓이는 동안 누가 들어가고 누가 버려지는지 튼다."""

from __future__ import annotations

from math import inf
from typing import Any

from tcpedu.network.syn_flood import Client, Fate, FloodRun, FloodSettings, syn_flood
from tcpedu.protocol.syn_backlog import Decision
from tcpedu.view import svg
from tcpedu.view.syn_backlog_svg import WIDTH, FloodPlan, flood_body, static_svg
from tcpedu.view.words import duration

from .base import css, esm
from .controls import Knob, TunedWidget, select

_COOKIES = {0: "0 쓰지 않음", 1: "1 가득 찼을 때만 (기본)", 2: "2 언제나"}
_HELP = (
    "슬라이더는 ←와 →로도 움직입니다. 표에서 ✕는 출발지를 속인 SYN, ●는 정직한 클라이언트가 쓰는 자리입니다."
    " 그림의 ●는 자리를 얻은 것, ◆는 쿠키로 답을 받은 것, ✕는 버려진 SYN, ▼는 포기한 것입니다."
)
_LABELS = (
    "반열림", "기억한 SYN", "쿠키로 답한 SYN", "버린 SYN", "정직한 클라이언트", "들어감", "쿠키로 들어감", "포기함",
)  # fmt: skip
_TOLD = {
    Decision.ACCEPT: "기억하고 SYN,ACK를 보냈습니다",
    Decision.COOKIE: "기억하지 않고 쿠키로 답했습니다",
    Decision.DROP: "버렸습니다",
}


def _per_second(rate: float) -> str:
    return f"{rate:g}개/초"


class SynBacklogView(TunedWidget):
    """SYN 플러드가 대기열을 채우는 모습. SYN 쿠키, 백로그, 기다리는 시간, 플러드의 빠르기를 바꾸어 본다 (RFC 4987).

    `settings`는 `tcpedu.network.syn_flood.FloodSettings`다. 지금의 설정은 `.settings`, 흘려 본 결과는 `.run`에 있다.
    강의: lessons/15_security.ipynb

    >>> SynBacklogView(cookies=0).counts()["포기함"] > SynBacklogView(cookies=1).counts()["포기함"]
    True
    """

    _esm = esm("requests", "controls", "tuned", "playback", "syn_backlog", main="renderSynBacklog")
    _css = css("controls", "tuned", "syn_backlog")
    knobs = (
        select("cookies", "tcp_syncookies", _COOKIES, "서버"),
        Knob("backlog", "백로그", (0, 1, 4, 8, 16, 32, 64, 128), str, group="서버"),
        Knob("max_syn_backlog", "tcp_max_syn_backlog", (8, 16, 32, 64, 128, 256), str, group="서버"),
        Knob("timeout", "반열림의 수명", (1, 3, 7, 15, 31, 63), duration, group="서버"),
        Knob("flood", "플러드", (0, 1, 2, 5, 10, 20, 50, 100, 200), _per_second, group="오는 SYN"),
        Knob("honest", "정직한 클라이언트", (0, 0.5, 1, 2, 4), _per_second, group="오는 SYN"),
    )
    run: FloodRun

    def __init__(
        self, settings: FloodSettings | None = None, *, title: str = "SYN 플러드와 대기열", **changes: Any
    ) -> None:
        if settings is not None and changes:
            raise ValueError("settings와 낱낱의 설정을 함께 줄 수 없습니다: 하나만 쓰세요")
        super().__init__(settings or FloodSettings(**changes), title=title)

    def compute(self) -> None:
        """지금의 설정으로 다시 흘려 본다."""
        self.run = syn_flood(self.settings)

    def counts(self, at: float = inf) -> dict[str, int]:
        """시각 `at`(주지 않으면 끝)까지의 수."""
        kinds, fates = self.run.decisions(at), self.run.fates(at)
        numbers = (
            self.run.half_open_at(at), kinds[Decision.ACCEPT], kinds[Decision.COOKIE], kinds[Decision.DROP],
            sum(fates.values()), fates[Fate.SERVED] + fates[Fate.BY_COOKIE], fates[Fate.BY_COOKIE],
            fates[Fate.GAVE_UP],
        )  # fmt: skip
        return dict(zip(_LABELS, numbers, strict=True))

    def _scene(self) -> dict[str, Any]:
        run, plan = self.run, FloodPlan(self.run)
        drawing = svg.tag("svg", flood_body(plan), viewBox=f"0 0 {WIDTH} {plan.height:g}", xmlns=svg.NAMESPACE,
                          role="img", class_="flood-picture", aria_label=self._sentence())  # fmt: skip
        return {
            "svg": drawing, "at": self.settings.stop, "end": self.settings.end,
            "axis": [plan.x(0), plan.x(self.settings.end) - plan.x(0)], "labels": _LABELS, "help": _HELP,
            "slots": [[slot.place, _ms(slot.start), _ms(slot.end), int(slot.attacker)] for slot in run.slots],
            "frames": self._frames(), "log": client_log(run),
        }  # fmt: skip

    def _frames(self) -> list[list[float]]:
        """수가 바뀌는 때마다 한 줄: 시각과 `_LABELS` 차례의 수. 한 단계씩 보면 이 시각들을 지난다."""
        settings = self.settings
        moments = {index / 4 for index in range(int(settings.end * 4) + 1)} | {settings.start, settings.stop}
        for client in self.run.clients:
            moments |= {client.arrived, *([client.settled] if client.settled is not None else [])}
        times = sorted({_ms(moment) for moment in moments if moment <= settings.end})
        return [[time, *self.counts(time).values()] for time in times]

    def _sentence(self) -> str:
        settings, many = self.settings, self.counts()
        text = (
            f"tcp_syncookies {settings.cookies}, 백로그 {settings.backlog}, 1초에 {settings.flood:g}개의 SYN 플러드:"
            f" 정직한 클라이언트 {many['정직한 클라이언트']}명 가운데 {many['들어감']}명이 들어가고"
            f" {many['포기함']}명이 포기했다."
        )
        by_cookie = [client for client in self.run.clients if client.fate is Fate.BY_COOKIE]
        if by_cookie:
            text += (
                f" {len(by_cookie)}명은 쿠키로 들어갔다: MSS({by_cookie[0].mss})는 되살렸지만 윈도우 스케일과 SACK은"
                " 쿠키에 담을 자리가 없다."
            )
        return text

    def as_text(self) -> str:
        """제목, 한 문장 요약, 플러드가 끝날 때와 끝난 뒤의 수, 정직한 클라이언트에게 일어난 일."""
        stop = self.settings.stop
        lines = [self.title, self._sentence()]
        for name, at in ((f"플러드가 끝난 {duration(stop)}", stop), (f"마지막 {duration(self.settings.end)}", inf)):
            lines.append(f"{name}: " + ", ".join(f"{label} {many}" for label, many in self.counts(at).items()))
        return "\n".join([*lines, *(text for _, text in client_log(self.run)[:12])])

    def as_svg(self) -> str:
        """플러드가 끝나는 때의 정지 그림."""
        return static_svg(self.run, self.title, self.settings.stop)


def client_log(run: FloodRun) -> list[tuple[float, str]]:
    """정직한 클라이언트에게 일어난 일: (시각, 글), 시각 순서."""
    told = [line for client in run.clients for line in _client_lines(client)]
    return sorted(line for line in told if line[0] <= run.settings.end)


def _client_lines(client: Client) -> list[tuple[float, str]]:
    who = f"정직한 클라이언트 {client.number}"
    lines = [
        (_ms(time), f"{duration(time)}  {who}: {index}번째 SYN을 {_TOLD[decision]}")
        for index, (time, decision) in enumerate(client.tries, 1)
    ]
    if client.settled is not None:
        lines.append((_ms(client.settled), f"{duration(client.settled)}  {who}: {client.fate.value}"))
    return lines


def _ms(time: float) -> float:
    return round(time, 3)
