"""진짜 JupyterLab을 띄우고 Chromium으로 여는 도구. 브라우저 테스트와 화면 갈무리(`shots.py`)가 함께 쓴다."""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

REPOSITORY = Path(__file__).resolve().parents[2]
COURSE_SETTINGS = REPOSITORY / "tcpedu" / "cli" / "jupyter"  # `tcpedu lab`이 쓰는 설정
THEMES = {"light": "JupyterLab Light", "dark": "JupyterLab Dark"}
LOCAL_HOSTS = {"127.0.0.1", "localhost", "", None}


def chromium() -> str | None:
    """이 컴퓨터의 Chromium. 없으면 `None`."""
    names = ("chromium", "chromium-browser", "google-chrome", "chrome")
    return os.environ.get("TCPEDU_CHROMIUM") or next((path for name in names if (path := shutil.which(name))), None)


def missing() -> str | None:
    """브라우저 테스트를 못 하는 까닭. 할 수 있으면 `None`."""
    try:
        import playwright  # noqa: F401
    except ImportError:
        return "playwright가 없습니다: pip install playwright"
    return None if chromium() else "Chromium이 없습니다: apt-get install chromium"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Lab:
    """한 벌의 JupyterLab 서버. 노트북은 임시 폴더에 복사해 열므로 원본은 바뀌지 않는다.

    `application`이 "notebook"이면 대신 Jupyter Notebook 7을 띄운다.
    """

    folder: Path
    application: str = "jupyterlab"
    port: int = field(default_factory=_free_port)
    token: str = field(default_factory=lambda: secrets.token_hex(8))
    process: subprocess.Popen[bytes] | None = None

    @property
    def root(self) -> Path:
        """서버가 보여 주는 폴더."""
        return self.folder / "root"

    def start(self) -> None:
        """서버를 띄우고 대답할 때까지 기다린다."""
        self.root.mkdir(parents=True, exist_ok=True)
        self.theme("light")
        settings = self.folder / "settings" / "@jupyterlab"
        _write(settings / "notebook-extension" / "tracker.jupyterlab-settings", {"windowingMode": "none"})
        _write(
            settings / "apputils-extension" / "notification.jupyterlab-settings",
            {"fetchNews": "false", "checkForUpdates": False, "doNotDisturbMode": True},
        )
        environment = {
            **os.environ,
            "PYTHONPATH": os.pathsep.join(filter(None, [str(REPOSITORY), os.environ.get("PYTHONPATH")])),
            "TCPEDU_PROGRESS": "off",
            "JUPYTER_CONFIG_DIR": str(self.folder / "config"),
            "JUPYTER_DATA_DIR": str(self.folder / "data"),
            "IPYTHONDIR": str(self.folder / "ipython"),
        }
        log = (self.folder / "lab.log").open("wb")
        app = "LabApp" if self.application == "jupyterlab" else "JupyterNotebookApp"
        self.process = subprocess.Popen(
            [
                sys.executable, "-m", self.application, "--no-browser", "--allow-root", "--ip=127.0.0.1",
                f"--port={self.port}", "--ServerApp.port_retries=0", f"--IdentityProvider.token={self.token}",
                f"--ServerApp.root_dir={self.root}", f"--{app}.expose_app_in_browser=True",
                *([f"--{app}.app_settings_dir={COURSE_SETTINGS}"] if COURSE_SETTINGS.is_dir() else []),
                f"--{app}.user_settings_dir={self.folder / 'settings'}",
                f"--{app}.workspaces_dir={self.folder / 'workspaces'}",
                *(["--LabApp.extension_manager=readonly"] if app == "LabApp" else []),
                "--ServerApp.terminals_enabled=False",
            ],
            env=environment, stdout=log, stderr=subprocess.STDOUT, start_new_session=True,
        )  # fmt: skip
        self._wait()

    def _wait(self, seconds: float = 60) -> None:
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            with contextlib.suppress(OSError):
                urllib.request.urlopen(f"http://127.0.0.1:{self.port}/api?token={self.token}", timeout=5).read()
                return
            time.sleep(0.2)
        raise RuntimeError("JupyterLab이 뜨지 않았습니다:\n" + (self.folder / "lab.log").read_text(errors="replace"))

    def stop(self) -> None:
        """서버와 그 커널들을 끝낸다."""
        if self.process and self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGTERM)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(10)
            if self.process.poll() is None:
                os.killpg(self.process.pid, signal.SIGKILL)

    def theme(self, name: str) -> None:
        """다음에 여는 화면의 테마: "light" 또는 "dark"."""
        path = self.folder / "settings" / "@jupyterlab" / "apputils-extension" / "themes.jupyterlab-settings"
        _write(path, {"theme": THEMES[name]})

    def add(self, notebook: Path) -> str:
        """노트북을 서버의 폴더로 복사하고 그 경로를 돌려준다."""
        folder = self.root / notebook.resolve().parent.name
        folder.mkdir(exist_ok=True)
        shutil.copy(notebook, folder / notebook.name)
        return f"{folder.name}/{notebook.name}"

    def trust(self, path: str) -> None:
        """저장된 위젯과 그림을 믿게 한다. `tcpedu lab`이 강의 노트북에 하는 일이다."""
        import nbformat
        from nbformat.sign import NotebookNotary

        NotebookNotary(data_dir=str(self.folder / "data")).sign(nbformat.read(self.root / path, as_version=4))

    def forget_kernels(self) -> None:
        """돌고 있는 커널을 모두 끝낸다. 탭을 닫아도 커널은 남는다."""
        base = f"http://127.0.0.1:{self.port}/api/sessions"
        headers = {"Authorization": f"token {self.token}"}
        with urllib.request.urlopen(urllib.request.Request(base, headers=headers), timeout=10) as answer:
            sessions = json.load(answer)
        for session in sessions:
            request = urllib.request.Request(f"{base}/{session['id']}", headers=headers, method="DELETE")
            urllib.request.urlopen(request, timeout=30).close()

    def url(self, path: str) -> str:
        """노트북 하나만 보이는 주소."""
        where = "doc/tree" if self.application == "jupyterlab" else "notebooks"
        return f"http://127.0.0.1:{self.port}/{where}/{quote(path)}?reset&token={self.token}"


def _write(path: Path, settings: dict[str, Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(settings), encoding="utf-8")


@contextlib.contextmanager
def running_lab(application: str = "jupyterlab") -> Iterator[Lab]:
    """임시 폴더에 띄운 JupyterLab."""
    with tempfile.TemporaryDirectory(prefix="tcpedu-lab-", ignore_cleanup_errors=True) as folder:
        lab = Lab(Path(folder), application)
        try:
            lab.start()
            yield lab
        finally:
            lab.stop()


@dataclass
class Browser:
    """Chromium 한 벌. 이 컴퓨터 밖으로 나가는 요청은 막고 `outside`에 적는다."""

    context: Any
    outside: list[str] = field(default_factory=list)

    def watch(self) -> None:
        """모든 요청을 지켜본다."""
        self.context.route("**/*", self._guard)
        self.context.on("page", lambda page: page.on("websocket", lambda it: self._note(it.url)))

    def _note(self, url: str) -> bool:
        outside = urlsplit(url).hostname not in LOCAL_HOSTS
        if outside:
            self.outside.append(url)
        return outside

    def _guard(self, route: Any) -> None:
        if self._note(route.request.url):
            route.abort()
        else:
            route.continue_()

    def open(self, lab: Lab, path: str) -> NotebookPage:
        """노트북을 새 탭에서 연다."""
        page = self.context.new_page()
        opened = NotebookPage(page)
        page.on("console", lambda message: opened.on_console(message))
        page.on("pageerror", lambda error: opened.errors.append(str(error)))
        page.goto(lab.url(path))
        page.wait_for_selector(".jp-Notebook .jp-Cell", timeout=60_000)
        page.wait_for_function("() => window.jupyterapp && document.querySelector('.jp-Notebook')")
        return opened


@contextlib.contextmanager
def running_browser(width: int = 1280, height: int = 900) -> Iterator[Browser]:
    """이 컴퓨터의 Chromium을 머리 없이 띄운다."""
    from playwright.sync_api import sync_playwright

    root = hasattr(os, "geteuid") and os.geteuid() == 0
    with sync_playwright() as playwright:
        chrome = playwright.chromium.launch(
            executable_path=chromium(), args=["--no-sandbox"] if root else [], headless=True
        )
        context = chrome.new_context(viewport={"width": width, "height": height}, locale="ko-KR")
        context.set_default_timeout(15_000)
        browser = Browser(context)
        browser.watch()
        try:
            yield browser
        finally:
            chrome.close()


@dataclass
class NotebookPage:
    """JupyterLab에서 열린 노트북 하나."""

    page: Any
    errors: list[str] = field(default_factory=list)

    def on_console(self, message: Any) -> None:
        """콘솔의 오류를 모은다. 없는 설정 파일을 묻는 404는 JupyterLab이 늘 내는 것이다."""
        if message.type == "error" and "404" not in message.text:
            self.errors.append(message.text)

    def run_all(self, timeout: float = 180) -> None:
        """모든 셀을 실행하고 그림이 다 그려질 때까지 기다린다."""
        self.page.evaluate(
            """async () => {
                const context = window.jupyterapp.shell.currentWidget.context;
                await context.sessionContext.ready;
                await window.jupyterapp.commands.execute('notebook:run-all-cells');
            }"""
        )
        self.page.wait_for_function(
            """() => ![...document.querySelectorAll('.jp-CodeCell .jp-InputPrompt')]
                .some(prompt => prompt.textContent.includes('[*]'))""",
            timeout=timeout * 1000,
        )
        self.settle()

    def outputs(self) -> list[dict[str, Any]]:
        """모든 코드 셀의 출력, 노트북 파일에 적히는 그대로."""
        found = self.page.evaluate(
            """() => window.jupyterapp.shell.currentWidget.content.model.toJSON().cells.flatMap(c => c.outputs ?? [])"""
        )
        return list(found)

    def failures(self) -> list[str]:
        """오류로 끝난 셀과 경고(stderr)의 글."""
        bad = [
            output for output in self.outputs() if output["output_type"] == "error" or output.get("name") == "stderr"
        ]
        return ["".join(output.get("traceback") or output.get("text") or repr(output)) for output in bad]

    def settle(self) -> None:
        """그림과 위젯이 자리를 잡을 때까지 기다린다: 화면의 구조가 0.6초 동안 그대로이면 끝이다."""
        self.page.wait_for_function(
            """() => {
                const size = document.querySelector('.jp-Notebook').innerHTML.length;
                const now = performance.now();
                if (window.__size !== size) { window.__size = size; window.__since = now; }
                return now - window.__since > 600;
            }""",
            timeout=60_000,
            polling=100,
        )

    def scroll_height(self) -> int:
        """노트북 전체의 높이, 픽셀."""
        return int(self.page.evaluate("() => document.querySelector('.jp-WindowedPanel-outer').scrollHeight"))

    def scroll_to(self, top: int) -> int:
        """위에서 `top`픽셀 되는 곳으로. 실제로 간 곳을 돌려준다."""
        return int(
            self.page.evaluate(
                """top => {
                    const panel = document.querySelector('.jp-WindowedPanel-outer');
                    panel.scrollTop = top;
                    return panel.scrollTop;
                }""",
                top,
            )
        )
