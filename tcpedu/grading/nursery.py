"""채점기 쪽: 씨앗 과정을 하나 두고 상자를 부탁한다. 씨앗 과정은 상자 200개마다 새로 띄운다."""

import atexit
import json
import os
import select
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from tcpedu.grading.cage import HOME
from tcpedu.grading.processes import borrow_font_cache, environment, kill_tree

RECYCLE = 200
_LISTEN = "0A"  # /proc/net/tcp의 상태
START, ENTER, CLOSE = 60.0, 20.0, 5.0  # 초. 넘으면 채점기의 실패다
LIFE = 600
CORE = "TCPEDU_CORE"


class NotIsolated(RuntimeError):
    """이 단계로는 가둘 수 없다. 까닭을 글로 담는다."""


class Unresponsive(RuntimeError):
    """정해 둔 시간 안에 대답하지 않았다. 가둘 수 없다는 뜻은 아니므로 낮은 단계로 내려가지 않는다."""


@dataclass
class Box:
    """돌고 있는 상자. `sockets`는 상자의 네트워크에 속한 소켓이다."""

    pidfd: int
    tier: str
    sockets: tuple[socket.socket, ...] = ()
    pid: int = field(init=False)

    def __post_init__(self) -> None:
        rows = Path(f"/proc/self/fdinfo/{self.pidfd}").read_text(encoding="ascii").splitlines()
        self.pid = next(int(row.split()[1]) for row in rows if row.startswith("Pid:"))

    def alive(self) -> bool:
        return self.pidfd >= 0 and not select.select([self.pidfd], [], [], 0)[0]

    def tasks(self) -> int:
        """상자 안에서 도는 스레드의 수."""
        from tcpedu.grading.warden import descendants

        count = 0
        for pid in descendants(self.pid):
            with suppress(OSError):  # 그 사이에 끝났다
                count += len(os.listdir(f"/proc/{pid}/task"))
        return count

    def listening(self) -> set[int]:
        """상자 안에서 기다리고 있는 TCP 포트. 밖에서 읽으므로 배우는 사람의 서버에 헛연결이 가지 않는다."""
        tables = (Path(f"/proc/{self.pid}/net/{name}").read_text(encoding="ascii") for name in ("tcp", "tcp6"))
        fields = [row.split() for table in tables for row in table.splitlines()[1:]]
        return {int(one[1].split(":")[1], 16) for one in fields if one[3] == _LISTEN}

    def interrupt(self) -> None:
        """돌고 있는 셀을 멈추라고 한다(SIGINT). 첫 과정이 커널에 전한다."""
        if self.alive():
            signal.pidfd_send_signal(self.pidfd, signal.SIGINT)

    def kill(self, patience: float = 5.0) -> None:
        """상자의 모든 과정을 끝내고, 끝난 것을 확인한다."""
        if self.pidfd < 0:
            return
        with suppress(ProcessLookupError):
            # 이름공간이 있으면 첫 과정과 함께 모두 끝나고, 없으면 첫 과정이 자손을 끝낸다.
            signal.pidfd_send_signal(self.pidfd, signal.SIGKILL if self.tier == "A" else signal.SIGTERM)
        if not select.select([self.pidfd], [], [], patience)[0]:
            kill_tree(self.pid)
        os.close(self.pidfd)
        self.pidfd = -1
        for one in self.sockets:
            one.close()


class Zygote:
    """씨앗 과정 하나. 뜨기를 기다리지 않는다: 처음 부탁할 때 기다린다."""

    def __init__(self, tier: str, *, probe: bool = False) -> None:
        self.tier, self.made, self.ready = tier, 0, False
        self.folder = tempfile.TemporaryDirectory(prefix="tcpedu-box-", ignore_cleanup_errors=True)
        os.chmod(self.folder.name, 0o711)
        home = Path(self.folder.name, "home")
        borrow_font_cache(home / "matplotlib")
        self.control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        words = [tier, str(theirs.fileno()), str(home), *(["probe"] if probe else [])]
        with theirs, open(Path(self.folder.name, "zygote.log"), "wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "tcpedu.grading.cage", *words],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, pass_fds=[theirs.fileno()],
                cwd="/", start_new_session=True, env=self._environment(home),
            )  # fmt: skip
        self.control.settimeout(START)

    def _await_ready(self) -> None:
        try:
            answer = self.control.recv(64)
        except TimeoutError as error:
            self.close()
            raise Unresponsive(f"씨앗 과정이 {START:.0f}초 안에 뜨지 않았습니다.") from error
        if answer != b"ready":
            self.process.wait(CLOSE)
            reason = self._last_words()
            self.close()
            raise NotIsolated(reason)
        self.ready = True

    def _environment(self, home: Path) -> dict[str, str]:
        place = Path(HOME) if self.tier == "A" else home
        extra = {
            "PYTHONPATH": str(Path(__file__).resolve().parents[2]), "MPLCONFIGDIR": str(place / "matplotlib"),
            # 스레드마다 64MB를 잡아 두지 않아야 주소 공간의 한도 안에서 스레드를 여럿 만들 수 있다.
            "MALLOC_ARENA_MAX": "1", "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1",
        }  # fmt: skip
        return {**environment(place), **extra}

    def _last_words(self) -> str:
        lines = Path(self.folder.name, "zygote.log").read_text("utf-8", "replace").strip().splitlines()
        return lines[-1] if lines else "씨앗 과정이 까닭을 남기지 않고 끝났습니다."

    def box(self, listeners: Sequence[socket.socket], **order: object) -> Box:
        """상자를 하나 만든다. `listeners`는 커널이 대답할 통로다."""
        if not self.ready:
            self._await_ready()
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.made += 1
        with ours, theirs:
            descriptors = [one.fileno() for one in (theirs, *listeners)]
            socket.send_fds(self.control, [json.dumps({"life": LIFE, "core": _core(), **order}).encode()], descriptors)
            theirs.close()
            ours.settimeout(ENTER)
            try:
                message, found, _, _ = socket.recv_fds(ours, 4096, 253)  # SCM_MAX_FD
            except TimeoutError as error:
                raise Unresponsive(f"상자가 {ENTER:.0f}초 안에 준비되지 않았습니다.") from error
        if message != b"ready":
            raise NotIsolated(message.decode("utf-8", "replace") or self._last_words())
        pidfd, *sockets = found
        return Box(pidfd, self.tier, tuple(socket.socket(fileno=one) for one in sockets))

    def usable(self) -> bool:
        return self.made < RECYCLE and self.process.poll() is None

    def close(self) -> None:
        """씨앗 과정과, 거기서 갈라져 나온 모든 것을 끝낸다."""
        self.control.close()  # 통로가 끊기면 스스로 끝난다
        try:
            self.process.wait(CLOSE)
        except subprocess.TimeoutExpired:
            kill_tree(self.process.pid)
            self.process.wait()
        self.folder.cleanup()


def _core() -> int | None:
    """이 일꾼의 상자가 쓸 CPU의 차례. 과정을 수십 개 만드는 상자가 옆 일꾼의 시간을 빼앗지 못하게 나눈다."""
    number = os.environ.get(CORE)
    return None if number is None else int(number)


class Nursery:
    """씨앗 과정을 늘 하나 데워 둔다."""

    def __init__(self, tier: str) -> None:
        self.tier = tier
        self.zygote: Zygote | None = None

    def warm(self) -> Zygote:
        """씨앗을 띄운다. 뜨기를 기다리지 않으므로 그동안 다른 준비를 할 수 있다."""
        if self.zygote is None or not self.zygote.usable():
            self.close()
            self.zygote = Zygote(self.tier)
        return self.zygote

    def box(self, listeners: Sequence[socket.socket], **order: object) -> Box:
        zygote = self.warm()
        try:
            return zygote.box(listeners, **order)
        except (NotIsolated, Unresponsive, OSError):
            self.close()  # 다음 상자는 새 씨앗에서
            raise

    def close(self) -> None:
        if self.zygote is not None:
            self.zygote.close()
            self.zygote = None


@cache
def nursery(tier: str) -> Nursery:
    """이 과정의 씨앗. 과정이 끝날 때 함께 끝난다."""
    found = Nursery(tier)
    atexit.register(found.close)
    return found
