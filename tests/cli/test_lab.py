"""강의실: 진짜 서버를 띄워 보고, Ctrl+C로 닫는다."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest
from jupyter_client.blocking.client import BlockingKernelClient

from tcpedu.cli import lab

ROOT = Path(__file__).parents[2]


# 설정


def test_settings_beat_the_users_own_jupyter(tmp_path: Path) -> None:
    arguments = lab.arguments(tmp_path)
    assert f"--ServerApp.root_dir={tmp_path}" in arguments
    assert "--LabApp.default_url=/lab/tree/lessons/00_start.ipynb?reset" in arguments
    assert "--LabApp.extension_manager=readonly" in arguments
    assert ("--allow-root" in arguments) == (hasattr(os, "geteuid") and os.geteuid() == 0)


def test_overrides_are_korean_and_quiet() -> None:
    overrides = json.loads((lab.SETTINGS / "overrides.json").read_text(encoding="utf-8"))
    assert overrides["@jupyterlab/translation-extension:plugin"] == {"locale": "ko_KR"}
    assert overrides["@jupyterlab/apputils-extension:notification"] == {"fetchNews": "false", "checkForUpdates": False}
    assert overrides["@jupyter-widgets/jupyterlab-manager:plugin"] == {"saveState": True}
    assert overrides["@jupyterlab/notebook-extension:tracker"]["windowingMode"] == "defer"


def test_the_users_workspace_is_not_touched(tmp_path: Path) -> None:
    assert lab.own_folder(tmp_path) == tmp_path / ".tcpedu" / "jupyter"


def test_a_read_only_course_still_opens(tmp_path: Path) -> None:
    (tmp_path / ".tcpedu").write_text("폴더가 아니다", encoding="utf-8")
    assert lab.own_folder(tmp_path).is_dir()


@pytest.mark.skipif(not hasattr(socket, "AF_UNIX") or os.name == "nt", reason="유닉스 소켓이 없다")
def test_ipc_only_where_the_path_is_short_enough(tmp_path: Path) -> None:
    short = Path("/tmp") / f"t{os.getpid()}"
    try:
        assert lab.ipc_works(short)
        assert list(short.iterdir()) == []
    finally:
        short.rmdir()
    assert not lab.ipc_works(tmp_path / ("긴" * 40))


class Provider:
    token = "열쇠"
    token_generated = True


class Server:
    connection_url = "http://localhost:8888/"
    identity_provider = Provider()


def test_address_carries_the_key_only_if_jupyter_made_it() -> None:
    server = Server()
    assert lab.address(server) == "http://localhost:8888/lab/tree/lessons/00_start.ipynb?reset&token=열쇠"
    server.identity_provider.token_generated = False
    assert lab.address(server).endswith("?reset")


# 진짜 서버


@pytest.fixture
def course(tmp_path: Path) -> Path:
    """첫 노트북 하나만 있는 강의 폴더."""
    folder = tmp_path / "강의 폴더"
    (folder / "lessons").mkdir(parents=True)
    (folder / "tcpedu").mkdir()
    (folder / "tcpedu" / "__init__.py").touch()
    output = nbformat.v4.new_output("display_data", {"text/plain": "그림", "image/svg+xml": "<svg/>"})
    cell = nbformat.v4.new_code_cell("1", outputs=[output], execution_count=1)
    nbformat.write(nbformat.v4.new_notebook(cells=[cell]), folder / "lessons" / "00_start.ipynb")
    return folder


class Room:
    """띄운 강의실 하나."""

    def __init__(self, course: Path, home: Path) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.runtime = Path(tempfile.mkdtemp(prefix="t-"))  # 유닉스 소켓은 경로가 짧아야 한다
        environment = {
            **{k: v for k, v in os.environ.items() if not k.startswith("JUPYTER")},
            "HOME": str(home), "USERPROFILE": str(home), "JUPYTER_RUNTIME_DIR": str(self.runtime),
            "PYTHONUNBUFFERED": "1", "PYTHONIOENCODING": "utf-8",
        }  # fmt: skip
        self.process = subprocess.Popen(
            [sys.executable, "-P", "-m", "tcpedu", "lab", "--no-browser", "--port", str(self.port)],
            cwd=course / "lessons", env=environment, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8",
        )  # fmt: skip
        self.said = ""
        self.address = self._wait_for_address()
        self.token = self.address.partition("token=")[2]

    def _wait_for_address(self) -> str:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.said += line
            if "http://" in line and "강의실이 열렸습니다" in self.said:
                return line.strip()
        raise AssertionError(f"강의실이 열리지 않았다:\n{self.said}")

    def ask(self, path: str, data: Any = None, method: str = "GET") -> Any:
        body = None if data is None else json.dumps(data).encode()
        headers = {"Authorization": f"token {self.token}", "Content-Type": "application/json"}
        url = f"http://127.0.0.1:{self.port}/{path}"
        with urllib.request.urlopen(urllib.request.Request(url, body, headers, method=method), timeout=20) as answer:
            text = answer.read().decode()
        return json.loads(text) if "json" in answer.headers.get("Content-Type", "") else text

    def close(self) -> int:
        self.process.send_signal(signal.SIGINT)
        rest, _ = self.process.communicate(timeout=15)
        self.said += rest
        return self.process.returncode


@pytest.fixture
def room(course: Path, tmp_path: Path) -> Iterator[Room]:
    opened = Room(course, tmp_path)
    yield opened
    if opened.process.poll() is None:
        opened.process.kill()
        opened.process.wait()
    shutil.rmtree(opened.runtime)


def wait_for_kernel(client: BlockingKernelClient) -> None:
    """뜨는 중인 커널은 심장 소리가 아직 없어 죽은 것으로 보이기도 한다: 다시 묻는다."""
    deadline = time.monotonic() + 60
    while True:
        try:
            return client.wait_for_ready(timeout=30)
        except RuntimeError:
            assert time.monotonic() < deadline


@pytest.mark.skipif(os.name == "nt", reason="윈도에서는 다른 과정에 Ctrl+C만 따로 보낼 수 없다")
def test_the_room_opens_works_and_closes(room: Room, course: Path) -> None:
    # 알려 준 주소가 정말 열린다
    assert f":{room.port}/lab/tree/lessons/00_start.ipynb?reset&token=" in room.address
    with urllib.request.urlopen(room.address, timeout=20) as page:
        assert page.status == 200 and b"JupyterLab" in page.read()

    # 열쇠 없이는 열리지 않는다
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(f"http://127.0.0.1:{room.port}/api/contents", timeout=20)
    assert refused.value.code == 403

    # 한국어이고, 이 강의의 설정이다
    setting = room.ask("lab/api/settings/@jupyterlab/translation-extension:plugin")
    assert setting["schema"]["properties"]["locale"]["default"] == "ko_KR"
    translation = room.ask("lab/api/translations/ko_KR")
    assert translation["message"] == "" and translation["data"]["jupyterlab"]
    room.ask("lab/api/workspaces/default", {"data": {}, "metadata": {"id": "default"}}, "PUT")
    assert list((course / ".tcpedu" / "jupyter" / "workspaces").iterdir())

    # 강의와 함께 온 그림은 믿는다
    cell = room.ask("api/contents/lessons/00_start.ipynb")["content"]["cells"][0]
    assert cell["metadata"]["trusted"] is True

    # 저장할 때 주피터랩이 그린 SVG는 빠진다
    drawn = nbformat.v4.new_output("display_data", {"text/vnd.mermaid": "graph TD", "image/svg+xml": "<svg/>"})
    book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("1", outputs=[drawn])])
    room.ask("api/contents/mine.ipynb", {"type": "notebook", "content": book}, "PUT")
    (output,) = nbformat.read(course / "mine.ipynb", as_version=4).cells[0].outputs
    assert list(output.data) == ["text/vnd.mermaid"]

    # 커널이 뜨고, lo의 TCP로는 이야기하지 않는다(경로가 길면 TCP로 물러선다)
    kernel = room.ask("api/kernels", {"name": "python3"}, "POST")["id"]
    client = BlockingKernelClient(connection_file=str(room.runtime / f"kernel-{kernel}.json"))
    client.load_connection_file()
    assert client.transport == ("ipc" if lab.ipc_works(room.runtime) else "tcp")
    client.start_channels()
    wait_for_kernel(client)
    client.stop_channels()

    # Ctrl+C 한 번에 조용히 닫히고 아무것도 남기지 않는다
    started = time.monotonic()
    assert room.close() == 0
    assert time.monotonic() - started < 10
    assert "강의실을 닫았습니다" in room.said and "Traceback" not in room.said
    assert [path.name for path in room.runtime.iterdir() if path.name.startswith(("jpserver", "kernel"))] == []
