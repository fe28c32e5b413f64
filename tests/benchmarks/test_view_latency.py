"""위젯의 빠르기를 Chromium에서 잰다: 조절에서 새 그림까지, 재생의 매끄러움, 강의를 열어 위젯이 보이기까지, ESM의 크기.

재기만 하고 단언하지 않는다. 바라는 것은 가운데 값 100 ms, 95% 200 ms, 초당 50장, 3초, 150 kB 안이다.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "browser"))

from lab import missing, running_browser, running_lab  # noqa: E402

Report = Callable[[str, list[tuple[str, str]]], None]
pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.skipif(bool(missing()), reason=str(missing()))]

# 이름: (만드는 글, 그림이 든 곳, 움직일 것, 줄 값들). 값마다 처음 보는 조건이라 기억해 둔 것을 쓰지 못한다.
WIDGETS: dict[str, tuple[str, str, str, list[int]]] = {
    "LossExplorer": ("LossExplorer()", ".stage", ".loss-slider", list(range(1, 41, 2))),
    "CongestionLab": ("CongestionLab()", ".stage", 'input[data-name="queue"]', [0, 1, 2, 4, 5, 6]),
    "CongestionLab 손실률": (
        "CongestionLab('CUBIC', loss='random')", ".stage", 'input[data-name="loss_rate"]', [0, 1, 2, 4, 5],
    ),
    "CongestionLab 두 흐름": (
        "CongestionLab(['Reno', 'CUBIC'])", ".stage", 'input[data-name="rtt1"]', [0, 1, 3, 4],
    ),
    "QueueDelayView 첫 그림": ("QueueDelayView()", ".stage", 'input[data-name="small"]', [0, 1, 3, 4]),
}  # fmt: skip

_CHANGE = """async ({ index, where, what, value }) => {
    const root = document.querySelectorAll('.jp-CodeCell')[index].querySelector('.tcpedu');
    const input = root.querySelector(what);
    const place = root.querySelector(where);
    const drawn = new Promise(done => {
        const observer = new MutationObserver(() => { observer.disconnect(); requestAnimationFrame(done); });
        observer.observe(place, { childList: true });
    });
    const began = performance.now();
    input.value = value;
    input.dispatchEvent(new Event('input', { bubbles: true }));
    await drawn;
    const took = performance.now() - began;
    while (root.classList.contains('computing')) await new Promise(done => setTimeout(done, 5));
    return took;
}"""
_PLAY = """async index => {
    const root = document.querySelectorAll('.jp-CodeCell')[index].querySelector('.tcpedu');
    root.querySelector('button.play').click();
    const began = performance.now();
    let frames = 0;
    while (performance.now() - began < 1500) { await new Promise(requestAnimationFrame); frames += 1; }
    root.querySelector('button.play').click();
    return frames / (performance.now() - began) * 1000;
}"""


@pytest.fixture(scope="module")
def chrome() -> Iterator[tuple[Any, Any]]:
    with running_lab() as server, running_browser() as browser:
        yield server, browser


def notebook(folder: Path, cells: list[str]) -> Path:
    book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    book.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
    path = folder / "latency.ipynb"
    nbformat.write(book, path)
    return path


def test_new_pictures_and_playback(chrome: tuple[Any, Any], tmp_path: Path, report: Report) -> None:
    server, browser = chrome
    cells = ["from tcpedu.view import CongestionLab, LossExplorer, QueueDelayView"]
    opened = browser.open(server, server.add(notebook(tmp_path, cells + [make for make, *_ in WIDGETS.values()])))
    opened.run_all()
    rows = []
    for index, (name, (_, where, what, values)) in enumerate(WIDGETS.items(), 1):
        times = [
            opened.page.evaluate(_CHANGE, {"index": index, "where": where, "what": what, "value": value})
            for value in values
        ]
        fps = opened.page.evaluate(_PLAY, index)
        high = sorted(times)[min(len(times) - 1, int(0.95 * len(times)))]
        rows.append((name, f"가운데 값 {statistics.median(times):4.0f} ms · 95% {high:4.0f} ms · 재생 {fps:.0f} fps"))
    report("조절에서 새 그림까지", rows)
    assert opened.errors == []
    opened.page.close()
    server.forget_kernels()


def test_a_lesson_shows_its_widgets(chrome: tuple[Any, Any], report: Report) -> None:
    server, browser = chrome
    opened = browser.open(server, server.add(ROOT / "lessons" / "00_start.ipynb"))
    opened.page.evaluate("() => window.jupyterapp.shell.currentWidget.context.sessionContext.ready")
    began = time.perf_counter()
    opened.page.evaluate("() => { window.jupyterapp.commands.execute('notebook:run-all-cells'); }")
    opened.page.locator(".tcpedu svg").first.wait_for()
    report("00_start", [("커널이 준비된 뒤 첫 위젯까지", f"{time.perf_counter() - began:.1f}초")])
    opened.page.close()
    server.forget_kernels()


def test_scripts(report: Report) -> None:
    sizes = {path.name: path.stat().st_size for path in (ROOT / "tcpedu" / "view" / "widgets").glob("*.js")}
    rows = [(name, f"{size:,}바이트") for name, size in sorted(sizes.items())]
    report("ESM", [*rows, ("모두", f"{sum(sizes.values()):,}바이트")])
