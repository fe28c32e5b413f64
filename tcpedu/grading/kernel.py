"""채점이 한 번 쓰고 버리는 커널. nbval이 쓰는 `RunningKernel`의 자리를 대신한다.

nbval은 커널의 메시지를 끝없이 쌓고, 죽은 커널을 시간이 다 될 때까지 기다리고, 커널을 점잖게 끈다.
여기서는 메시지의 양을 재고, 죽음을 바로 알아채고, 과정 나무를 통째로 끝낸다.
"""

import socket
import subprocess
import time
from collections import deque
from collections.abc import Callable
from pathlib import Path
from queue import Empty
from typing import Any

import zmq
from jupyter_client.manager import KernelManager
from jupyter_client.provisioning import LocalProvisioner
from nbval.kernel import RunningKernel

from tcpedu.grading.nursery import Box
from tcpedu.grading.processes import environment, kill_tree
from tcpedu.grading.provisioner import BoxProvisioner, BoxSpecManager

MESSAGE_LIMIT = 4 * 2**20  # 메시지 하나
CELL_LIMIT = 8 * 2**20  # 셀 하나가 내보내는 메시지의 합
SETTLE = 5.0  # 대답이 온 뒤 끝났다는 알림까지(초). 메시지를 조금씩 흘리는 답이 채점을 붙들지 못한다
STDERR_LIMIT = 30_000  # 뒤쪽을 남긴다
_ALIVE_EVERY = 0.2


class KernelDied(RuntimeError):
    """셀을 돌리는 도중 커널 과정이 끝났다."""


class OutputFlood(RuntimeError):
    """셀 하나가 한도를 넘는 출력을 내보냈다."""


class DisposableKernel(RunningKernel):
    """nbval의 커널과 같은 일을 하고, 한도를 지키며, 곧바로 끝난다."""

    edit: Callable[[dict[str, Any]], list[dict[str, Any]]] | None = None  # 메시지를 nbval에 건네기 전에 고친다

    def __init__(self, kernel_name: str, cwd: str, startup_timeout: float = 60) -> None:
        # 노트북(기대하는 값)이 있는 폴더가 아니라 그 옆의 빈 폴더에서 돈다.
        home = Path(cwd).parent / "home"
        (home / "tmp").mkdir(parents=True, exist_ok=True)
        self.backlog: deque[dict[str, Any]] = deque()
        self.received = 0
        self.stderr = ""
        self.settled = float("inf")
        self.km = KernelManager(kernel_name=kernel_name, kernel_spec_manager=BoxSpecManager())
        self.km.start_kernel(cwd=str(home), env=environment(home), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.kc = self.km.client()
        self.kc.context.setsockopt(zmq.LINGER, 0)
        self.kc.context.setsockopt(zmq.MAXMSGSIZE, MESSAGE_LIMIT)  # 더 큰 메시지는 받지 않고 연결을 끊는다
        self.kc.start_channels(hb=False)
        self.shell, self.iopub = (channel.socket for channel in (self.kc.shell_channel, self.kc.iopub_channel))
        self.poller = zmq.Poller()
        for one in (self.shell, self.iopub):
            self.poller.register(one, zmq.POLLIN)
        try:
            self._wait_until_ready(startup_timeout)
            self.tasks = self._tasks()
        except BaseException:
            self.stop()
            raise

    def _wait_until_ready(self, patience: float) -> None:
        """셸의 대답과 iopub의 알림이 모두 올 때까지. 구독이 늦게 닿으면 알림을 놓치므로 다시 묻는다."""
        deadline = time.monotonic() + patience
        while time.monotonic() < deadline:
            asked = self.kc.kernel_info()
            try:
                self.await_reply(asked, timeout=deadline - time.monotonic())
                self.await_idle(asked, _ALIVE_EVERY)
                return
            except Empty:
                continue
        raise RuntimeError(f"커널이 {patience:.0f}초 안에 준비되지 않았습니다")

    def execute_cell_input(self, cell_input: str, allow_stdin: bool | None = None) -> str:
        self.received, self.stderr = 0, ""
        return super().execute_cell_input(cell_input, allow_stdin=allow_stdin)

    def await_reply(self, msg_id: str, timeout: float | None = None) -> None:
        """대답을 기다린다. 그동안 iopub을 비워서 메시지가 쌓이거나 버려지지 않게 한다."""
        deadline = time.monotonic() + (timeout if timeout is not None else float("inf"))
        self.settled = deadline + SETTLE
        looked = time.monotonic()
        while True:
            self.poller.poll(int(_ALIVE_EVERY * 1000))
            self._drain()
            message = self._receive(self.shell)
            if message is not None and message["parent_header"].get("msg_id") == msg_id:
                self.settled = time.monotonic() + SETTLE
                return
            now = time.monotonic()
            if now > deadline:
                raise Empty
            if now - looked > _ALIVE_EVERY:
                looked = now
                self._require_alive()

    def get_message(self, stream: str, timeout: float | None = None) -> dict[str, Any]:
        if stream != "iopub":
            return super().get_message(stream, timeout)
        deadline = min(self.settled, time.monotonic() + (timeout if timeout is not None else float("inf")))
        while True:
            if self.backlog:
                return self.backlog.popleft()
            left = deadline - time.monotonic()
            if left <= 0:
                raise Empty
            if self.iopub.poll(min(left, _ALIVE_EVERY) * 1000):
                self._drain()
            else:
                self._require_alive()

    def _drain(self) -> None:
        while message := self._receive(self.iopub):
            self._keep(message)

    def _receive(self, channel: Any) -> dict[str, Any] | None:
        """와 있는 메시지 하나. `get_msg`는 메시지마다 asyncio의 고리를 한 번씩 돌려서 비싸다."""
        return self.kc.session.recv(channel)[1]

    def _keep(self, message: dict[str, Any]) -> None:
        """메시지를 받아 두되 stderr는 빼 둔다: 보여 주기는 하지만 채점하지 않는다."""
        content = message["content"]
        self.received += _size(content)
        if self.received > CELL_LIMIT:
            self.kill()
            raise OutputFlood
        if message["msg_type"] == "stream" and content.get("name") == "stderr":
            self.stderr = (self.stderr + str(content.get("text", "")))[-STDERR_LIMIT:]
        else:
            self.backlog += self.edit(message) if self.edit is not None else [message]

    def is_alive(self) -> bool:
        provisioner = getattr(getattr(self, "km", None), "provisioner", None)
        if isinstance(provisioner, BoxProvisioner):
            return provisioner.box is not None and provisioner.box.alive()
        return bool(super().is_alive())

    def _require_alive(self) -> None:
        if not self.is_alive():
            raise KernelDied

    @property
    def box(self) -> Box:
        """커널이 든 상자. 상자 밖의 커널이면 LookupError."""
        found = getattr(self.km.provisioner, "box", None)
        if found is None:
            raise LookupError("이 커널은 상자 안에 있지 않습니다")
        return found

    @property
    def sockets(self) -> tuple[socket.socket, ...]:
        """상자의 네트워크에 속한, 아직 잇지 않은 TCP 소켓. 네트워크 문제를 채점기가 직접 상대할 때 쓴다."""
        return self.box.sockets

    @property
    def crowded(self) -> bool:
        """답이 남긴 과정이나 스레드가 아직 돌고 있는가."""
        return self._tasks() > self.tasks

    def _tasks(self) -> int:
        if not hasattr(self, "km"):  # nbval이 이미 껐다
            return 0
        box = getattr(self.km.provisioner, "box", None)
        return box.tasks() if box is not None else 0

    def kill(self) -> None:
        """커널과 그 자손을 곧바로 끝낸다."""
        provisioner = self.km.provisioner
        if isinstance(provisioner, BoxProvisioner):
            provisioner.end()
        elif isinstance(provisioner, LocalProvisioner) and provisioner.process is not None:
            kill_tree(provisioner.process.pid)
            provisioner.process.wait()

    def stop(self) -> None:
        if not hasattr(self, "km"):
            return
        self.kc.stop_channels()
        self.kill()
        self.km.cleanup_resources()  # 점잖게 끄지 않는다: 이미 끝났다
        self.kc.context.destroy(linger=0)
        del self.km


def _size(content: Any) -> int:
    """내용의 대략적인 크기. 글자 수만 센다."""
    total, waiting = 0, [content]
    while waiting:
        part = waiting.pop()
        if isinstance(part, str):
            total += len(part)
        elif isinstance(part, dict):
            waiting += part.values()
        elif isinstance(part, list):
            waiting += part
        total += 8
    return total
