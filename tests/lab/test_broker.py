"""네임스페이스를 지키는 자식 과정: 손잡이를 건네고, 아무것도 남기지 않는다."""

import gc
import os
import shutil
import socket
import subprocess
import sys
import textwrap
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import psutil
import pytest

from tcpedu.lab import kernel_lab
from tcpedu.lab.kernel_lab import KernelLab, KernelLabError
from tcpedu.lab.scenes import open_wire, probe
from tcpedu.lab.system import RECORDED, kernel_obstacle

ROOT = Path(__file__).parents[2]
OBSTACLE = kernel_obstacle()
needs_kernel = pytest.mark.skipif(OBSTACLE is not None, reason=str(OBSTACLE))
linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="네임스페이스는 리눅스에만 있다")


def machine() -> list[str]:
    """이 컴퓨터의 장치와 경로, 이 과정의 네임스페이스."""
    devices = [row.split(":")[0] for row in Path("/proc/net/dev").read_text(encoding="ascii").splitlines()]
    spaces = [os.readlink(f"/proc/self/ns/{kind}") for kind in ("net", "user")]
    return [*devices, Path("/proc/net/route").read_text(encoding="ascii"), *spaces]


@pytest.fixture
def unchanged(handles: Callable[[], list[str]]) -> Iterator[None]:
    """시험이 끝났을 때 컴퓨터가 처음과 같고, 이 과정에 새로 남은 자식과 소켓과 파일이 없는가.

    앞선 시험이 연 것은 그동안 닫힐 수 있고, 같은 일꾼의 다른 스레드가 잠깐 여는 것은 기다려 준다.
    """

    def mine() -> Counter[object]:
        gc.collect()
        me = psutil.Process()
        return Counter((*me.children(recursive=True), *me.net_connections(), *handles()))

    before, here = mine(), machine()
    yield
    deadline = time.monotonic() + 10
    while (left := mine() - before) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not left
    assert machine() == here


@needs_kernel
def test_the_kernel_lives_elsewhere(unchanged: None) -> None:
    with KernelLab() as lab:
        child = psutil.Process(lab._process.pid)
        assert os.readlink(f"/proc/{child.pid}/ns/net") != os.readlink("/proc/self/ns/net")
        devices = lab.run(["cat", "/proc/net/dev"]).stdout
        assert "tcpedu0" in devices and "tcpedu0" not in Path("/proc/net/dev").read_text(encoding="ascii")
        assert Path(f"/proc/{child.pid}/net/route").read_text(encoding="ascii").count("tcpedu0") == 1


@needs_kernel
def test_two_labs_do_not_meet(unchanged: None) -> None:
    with ExitStack() as stack:
        labs = [stack.enter_context(KernelLab()) for _ in range(2)]
        for lab in labs:
            listener = lab.socket()
            listener.bind(("10.9.0.1", 80))
            listener.listen()


@needs_kernel
def test_sockets_work_inside_the_namespace_only(unchanged: None) -> None:
    with KernelLab() as lab:
        listener, client = lab.socket(), lab.socket()
        listener.bind(("127.0.0.1", 4567))
        listener.listen()
        client.settimeout(5)
        client.connect(("127.0.0.1", 4567))
        server = lab.keep(listener.accept()[0])
        client.sendall(b"inside")
        assert server.recv(10) == b"inside"
        assert f"0100007F:{4567:04X}" in lab.run(["cat", "/proc/net/tcp"]).stdout
        with socket.socket() as outside, pytest.raises(ConnectionRefusedError):
            outside.connect(("127.0.0.1", 4567))
    assert [sock.fileno() for sock in (listener, client, server)] == [-1, -1, -1]


@needs_kernel
def test_commands(unchanged: None) -> None:
    with KernelLab() as lab:
        done = lab.run(["sh", "-c", "echo 그래; echo 아니 >&2; exit 3"])
        assert (done.stdout, done.stderr, done.returncode) == ("그래\n", "아니\n", 3)
        assert len(lab.run(["sh", "-c", "head -c 300000 /dev/zero | tr '\\0' x"]).stdout) == 300_000
        assert lab.run(["sh", "-c", "echo 1 > /proc/sys/net/ipv4/tcp_syncookies"]).returncode == 0
        with pytest.raises(KernelLabError, match="no-such-command 명령이 이 컴퓨터에 없습니다"):
            lab.run(["no-such-command"])


@needs_kernel
@pytest.mark.skipif(shutil.which("ip", path="/usr/sbin:/usr/bin:/sbin:/bin") is None, reason="ip 명령이 없다")
def test_the_device_is_made_as_asked() -> None:
    with KernelLab(mtu=1500) as lab:
        shown = lab.run(["ip", "-o", "link", "show", "tcpedu0"]).stdout
        assert "mtu 1500" in shown and "qlen 10000" in shown and "UP" in shown


@needs_kernel
def test_a_closed_lab_says_so(unchanged: None) -> None:
    lab = KernelLab()
    lab.close()
    lab.close()
    with pytest.raises(KernelLabError, match="닫혀 있습니다"):
        lab.socket()
    with pytest.raises(ValueError, match="닫은 전선"):
        lab.wire.read(0)


@needs_kernel
def test_the_child_ends_with_its_parent() -> None:
    """닫지 않고 죽은 과정도 네임스페이스를 남기지 않는다."""
    code = """
        import os, psutil
        from tcpedu.lab.kernel_lab import KernelLab
        lab = KernelLab()
        print(psutil.Process().children()[0].pid, flush=True)
        os.kill(os.getpid(), 9)
    """
    child = psutil.Process(int(_python(code)))
    try:
        child.wait(timeout=10)
    except psutil.NoSuchProcess:
        return
    assert not child.is_running()


@needs_kernel
def test_a_forgotten_lab_goes_away(unchanged: None) -> None:
    """닫지 않고 잊은 실습실도 남지 않는다."""
    with pytest.warns(ResourceWarning):
        lab = KernelLab()
        child = psutil.Process(lab._process.pid)
        del lab
        gc.collect()
        child.wait(timeout=10)


@needs_kernel
def test_a_dead_child_is_noticed() -> None:
    with KernelLab() as lab:
        child = psutil.Process(lab._process.pid)
        child.kill()
        child.wait(timeout=5)
        with pytest.raises(KernelLabError, match=r"닫혀 있습니다|대답하지 않습니다"):
            lab.run(["true"])


# 막힌 컴퓨터 --------------------------------------------------------------

NO_NAMESPACES = """
    import os
    from tcpedu.lab.kernel_probe import map_ids, unshare
    uid, gid = os.getuid(), os.getgid()
    unshare()
    map_ids(uid, gid)
    open("/proc/sys/user/max_user_namespaces", "w", encoding="ascii").write("0")
"""
# 도커의 기본 설정처럼 unshare(2)를 EPERM으로 막는 seccomp 필터. 자식 과정도 물려받는다.
SECCOMP = """
    import ctypes, platform, struct
    number = {"x86_64": 272, "aarch64": 97}[platform.machine()]
    steps = [(0x20, 0, 0, 0), (0x15, 0, 1, number), (0x06, 0, 0, 0x00050001), (0x06, 0, 0, 0x7FFF0000)]
    program = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *step) for step in steps))
    filter = ctypes.create_string_buffer(struct.pack("HxxxxxxP", len(steps), ctypes.addressof(program)))
    libc = ctypes.CDLL(None, use_errno=True)
    assert libc.prctl(38, 1, 0, 0, 0) == 0 and libc.prctl(22, 2, ctypes.c_void_p(ctypes.addressof(filter))) == 0
"""
TRY = """
    from tcpedu.lab.exchange import fetch
    from tcpedu.lab.scenes import ISS, open_wire, probe
    from tcpedu.protocol.connection import Connection
    print(probe())
    with open_wire("fetch_lossy") as wire:
        same = fetch(Connection(wire.scene.config, iss=ISS), wire) == wire.scene.response
        print(wire.live, same, wire.departure, wire.label)
        print(wire.reason)
"""


@needs_kernel
@pytest.mark.parametrize(
    ("forbid", "words"), [(NO_NAMESPACES, "user.max_user_namespaces"), (SECCOMP, "seccomp")], ids=["sysctl", "seccomp"]
)
def test_where_namespaces_are_forbidden_the_recording_serves(forbid: str, words: str) -> None:
    said, talked, reason = _python(textwrap.dedent(forbid) + textwrap.dedent(TRY)).splitlines()
    assert words in said and said.endswith(RECORDED)
    assert talked.startswith("False True None 기록 (리눅스")
    assert words in reason


@pytest.mark.parametrize(("name", "words"), [("darwin", "macOS"), ("win32", "WSL2")])
def test_other_systems_get_the_recording(monkeypatch: pytest.MonkeyPatch, name: str, words: str) -> None:
    monkeypatch.setattr(sys, "platform", name)
    assert words in probe() and RECORDED in probe()
    with open_wire("fetch") as wire:
        assert not wire.live and words in str(wire.reason)


def test_the_module_loads_where_there_is_no_fcntl() -> None:
    """윈도처럼: fcntl도, 유닉스 소켓도 없다."""
    code = """
        import socket, sys
        sys.modules["fcntl"] = None
        del socket.AF_UNIX, socket.recv_fds, socket.send_fds
        sys.platform = "win32"
        from tcpedu.lab.scenes import open_wire
        print(open_wire("fetch").label)
    """
    assert _python(code).startswith("기록 (리눅스")


def test_the_child_may_fail_to_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kernel_lab.sys, "platform", "linux")
    monkeypatch.setattr(kernel_lab.sys, "executable", "/no/such/python")
    with pytest.raises(KernelLabError, match="띄우지 못했습니다"):
        KernelLab()


@linux
def test_probe_says_one_thing() -> None:
    assert probe() == "이 컴퓨터의 커널과 직접 이야기할 수 있습니다" if OBSTACLE is None else OBSTACLE in probe()


def _python(code: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code)], capture_output=True, text=True, encoding="utf-8", timeout=60,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), *sys.path]), "PYTHONIOENCODING": "utf-8"},
    )  # fmt: skip
    assert done.returncode in (0, -9), done.stderr
    return done.stdout.strip()
