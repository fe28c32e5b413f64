"""데워 둔 커널: 씨앗 과정에서 모두 불러오고, 상자에서는 소켓만 이어 바로 시작한다."""

import importlib
import os
import pkgutil
import random
import socket
import sys
from collections.abc import Sequence
from typing import Any, NoReturn

import zmq
from ipykernel import debugger, iostream, kernelapp
from traitlets.config import Config
from zmq.eventloop.zmqstream import ZMQStream

from tcpedu.grading import box


def load() -> None:
    """커널과 문제에 필요한 것을 모두 불러온다. 스레드를 만들지 않는다."""
    debugger._is_debugpy_available = False  # 디버거는 쓰지 않는다
    for name in (*_NEEDED, *_library(), *_rehearse()):
        importlib.import_module(name)


def _library() -> list[str]:
    """강의 라이브러리의 모듈. 상자에서는 그 글을 가리므로(`box.py`) 미리 모두 불러온다."""
    rooms = (importlib.import_module(f"tcpedu.{room}") for room in box.COVERED)
    return [one.name for room in rooms for one in pkgutil.walk_packages(room.__path__, f"{room.__name__}.")]


def _rehearse() -> list[str]:
    """커널이 뜨고 셀 하나를 돌고서야 불러오는 모듈의 이름. 갈라져 나온 과정에서 한 번 해 보아 안다."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            app = _app("rehearsal", [_listener() for _ in range(5)])
            app.kernel.shell.run_cell(_REHEARSAL, silent=True)
            os.write(writing, " ".join(name for name in sys.modules if name in _importable()).encode())
        finally:
            os._exit(0)
    os.close(writing)
    with os.fdopen(reading, encoding="utf-8") as names:
        return [name for name in names.read().split() if name not in sys.modules]


def _importable() -> set[str]:
    return {name for name, module in list(sys.modules.items()) if getattr(module, "__spec__", None) is not None}


def _listener() -> int:
    listener = socket.socket(socket.AF_UNIX)
    listener.bind("")  # 이름은 커널이 고른다
    listener.listen()
    return listener.detach()


_NEEDED = (
    "matplotlib.pyplot", "pandas", "tcpedu.grading.inside", "tcpedu.network.trace", "tcpedu.protocol.connection",
)  # fmt: skip
_REHEARSAL = """
import matplotlib.pyplot as plt
print(plt.subplots()[0])
plt.close("all")
1 / 0
"""


class IOPubThread(iostream.IOPubThread):
    """하위 과정의 출력을 받는 통로로 TCP 대신 상자 안의 유닉스 소켓을 쓴다: 네트워크는 배우는 사람의 것이다."""

    def _setup_pipe_in(self) -> None:
        self._pipe_uuid = os.urandom(16)
        self._pipe_path = f"ipc://{os.getcwd()}/.iopub"
        pipe = self.socket.context.socket(zmq.PULL)
        pipe.linger = 0
        pipe.bind(self._pipe_path)
        self._pipe_in = ZMQStream(pipe, self.io_loop)
        self._pipe_in.on_recv(self._handle_pipe_msg)

    def _setup_pipe_out(self) -> Any:
        context = zmq.Context()
        pipe = context.socket(zmq.PUSH)
        pipe.linger = 3000
        pipe.connect(self._pipe_path)
        return context, pipe


class App(kernelapp.IPKernelApp):
    """이미 열려 있는 소켓 위의 커널. 연결 파일도, 심장 박동도 없다: 살아 있는지는 pidfd로 안다."""

    listeners: Sequence[int] = ()

    def init_connection_file(self) -> None:
        pass

    def write_connection_file(self, **_: Any) -> None:
        pass

    def init_heartbeat(self) -> None:
        pass

    def _apply_curve_client_options(self, socket: Any) -> None:
        socket.reconnect_ivl = -1  # 디버거의 소켓이 없는 통로를 끝없이 두드리지 않게 한다

    def _try_bind_socket(self, s: Any, port: int) -> int:
        s.setsockopt(zmq.USE_FD, self.listeners[port - 1])
        s.bind(f"ipc:///kernel-{port}")
        return port

    def parse_command_line(self, argv: Any = None) -> None:
        pass


def _app(key: str, listeners: Sequence[int]) -> App:
    """시작하기 직전의 커널."""
    vars(kernelapp)["IOPubThread"] = IOPubThread
    config = Config()
    config.Session.key = key.encode()
    config.HistoryManager.enabled = False
    config.IPKernelApp.transport = "ipc"
    for number, name in enumerate(("shell", "iopub", "stdin", "control"), 1):
        config.IPKernelApp[f"{name}_port"] = number
    app = App.instance(config=config)
    app.listeners = listeners
    app.initialize([])
    return app


def run(key: str, listeners: Sequence[int]) -> NoReturn:
    """이미 열려 있는 소켓에서 커널을 돌린다. 돌아오지 않는다."""
    random.seed(0)
    if "numpy" in sys.modules:
        sys.modules["numpy"].random.seed(0)  # 갈라져 나온 과정마다 같은 난수가 나온다: 다시 채점해도 같다
    _app(key, listeners).start()
    os._exit(0)
