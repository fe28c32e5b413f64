"""노트북을 JupyterLab에서 모두 실행하고 밝은 테마와 어두운 테마로 갈무리한다.

    python tests/browser/shots.py lessons/02_segment_header.ipynb /tmp/shots
    python tests/browser/shots.py --theme dark --width 800 --no-run lessons/00_start.ipynb /tmp/shots

`폴더/이름-테마-01.png`, `-02.png` …가 만들어진다.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from lab import THEMES, Browser, Lab, NotebookPage, missing, running_browser, running_lab

OVERLAP = 60  # 잘린 줄이 없도록 이웃한 그림이 겹치는 높이


def shoot(opened: NotebookPage, stem: Path) -> list[Path]:
    """위에서 아래로 한 화면씩 갈무리한다."""
    panel = opened.page.locator(".jp-WindowedPanel-outer").first
    step = int(panel.bounding_box()["height"]) - OVERLAP
    paths: list[Path] = []
    top = 0
    while True:
        reached = opened.scroll_to(top)
        opened.page.wait_for_timeout(250)
        paths.append(stem.with_name(f"{stem.name}-{len(paths) + 1:02d}.png"))
        panel.screenshot(path=str(paths[-1]))
        if reached < top or reached + step + OVERLAP >= opened.scroll_height():
            return paths
        top += step


def shoot_theme(lab: Lab, browser: Browser, notebook: Path, out: Path, theme: str, run: bool) -> list[Path]:
    """한 테마로 열고, 실행하고, 갈무리한다."""
    lab.theme(theme)
    opened = browser.open(lab, lab.add(notebook))
    opened.page.evaluate("() => window.jupyterapp.shell.collapseLeft && window.jupyterapp.shell.collapseLeft()")
    if run:
        opened.run_all()
    opened.settle()
    paths = shoot(opened, out / f"{notebook.stem}-{theme}")
    for error in opened.errors:
        print(f"콘솔 오류: {error}", file=sys.stderr)
    opened.page.close()
    lab.forget_kernels()
    return paths


def main() -> int:
    """명령줄에서 부른다. 밖으로 나가려는 요청이 있었으면 1로 끝난다."""
    parser = argparse.ArgumentParser(description="노트북을 실행하고 두 테마로 갈무리한다")
    parser.add_argument("notebooks", nargs="+", type=Path, help="노트북 파일 …")
    parser.add_argument("out", type=Path, help="그림을 둘 폴더")
    parser.add_argument("--theme", choices=THEMES, action="append", help="한 테마만 (기본: 둘 다)")
    parser.add_argument("--width", type=int, default=1280)
    parser.add_argument("--height", type=int, default=1000)
    parser.add_argument("--no-run", action="store_true", help="실행하지 않고 저장된 출력을 본다")
    options = parser.parse_args()
    if reason := missing():
        print(reason, file=sys.stderr)
        return 2
    options.out.mkdir(parents=True, exist_ok=True)
    with running_lab() as lab, running_browser(options.width, options.height) as browser:
        for notebook in options.notebooks:
            for theme in options.theme or THEMES:
                for path in shoot_theme(lab, browser, notebook, options.out, theme, not options.no_run):
                    print(path)
        for url in browser.outside:
            print(f"밖으로 나가려 했습니다: {url}", file=sys.stderr)
        return 1 if browser.outside else 0


if __name__ == "__main__":
    raise SystemExit(main())
