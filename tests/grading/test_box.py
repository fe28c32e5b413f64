"""상자: 무엇을 볼 수 있고 무엇을 할 수 있는가. 공격은 상자 밖의 커널에서 진짜로 통하는 것이어야 한다."""

import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from queue import Empty

import psutil
import pytest

from tcpedu.grading import tiers
from tcpedu.grading.assignment import root
from tcpedu.grading.visible import ROOMS

pytest.importorskip("nbval")
from tcpedu.grading.kernel import DisposableKernel, KernelDied

if tiers.best().name != "A":
    pytest.skip(f"이 컴퓨터에서는 상자를 만들 수 없다: {tiers.best().reason}", allow_module_level=True)

PLAIN, BOX = "python3", tiers.SANDBOX
WORKED = "됐다"

Run = Callable[..., str]


class Session:
    """커널 하나에서 셀을 돌리고 찍은 글을 돌려준다."""

    def __init__(self, kernel: str, folder: Path) -> None:
        (folder / "notebook").mkdir(exist_ok=True)
        self.kernel = DisposableKernel(kernel, str(folder / "notebook"))

    def run(self, code: str, patience: float = 60.0) -> str:
        asked = self.kernel.execute_cell_input(code)
        try:
            self.kernel.await_reply(asked, patience)
            self.kernel.await_idle(asked, 5.0)
        except KernelDied:
            return "커널이 멈췄다"
        except Empty:
            return "끝나지 않았다"
        return self.text

    @property
    def text(self) -> str:
        return "".join(self._texts).strip()

    def __enter__(self) -> "Session":
        self._texts: list[str] = []
        keep = self.kernel._keep

        def note(message: dict) -> None:
            content = message["content"]
            if message["msg_type"] == "stream":
                self._texts.append(content["text"])
            if message["msg_type"] == "error":
                self._texts.append(f"{content['ename']}: {content['evalue']}")
            keep(message)

        self.kernel._keep = note  # type: ignore[method-assign]
        return self

    def __exit__(self, *_: object) -> None:
        self.kernel.stop()


@pytest.fixture
def run(tmp_path: Path) -> Run:
    def go(kernel: str, code: str) -> str:
        with Session(kernel, tmp_path) as session:
            return session.run(code)

    return go


READ_SOLUTION = "print('됐다' if 'answer-' in open(r'{root}/solutions/02_segment_header.ipynb').read() else '없다')"
IMPORT_REFERENCE = """
from tcpedu.course.problem import problems
print("됐다" if callable(problems("02")[0].reference) else "없다")
"""
IMPORT_QUIZ = "import tcpedu.course.quizzes.q02\nprint('됐다')"
SEARCH_DISK = """
import os
found = [os.path.join(place, file) for top in (r"{root}", "/tmp") for place, _, files in os.walk(top) for file in files
         if file.endswith(".ipynb") or file.startswith(("p02_", "q02")) or file == "grade.sqlite"]
print("됐다" if found else "없다")
"""
READ_PRIVATE = "print('됐다' if open(r'{secret}').read() else '없다')"
READ_PRIVATE_THROUGH_PROC = """
print("됐다" if b"PATH" in open("/proc/{grader}/environ", "rb").read() else "없다")
"""
CONNECT = "import socket\nsocket.create_connection(('127.0.0.1', {port}), 3)\nprint('됐다')"
PLANT = "open(r'{folder}/planted', 'w').write('x')\nprint('됐다')"
REWRITE_LIBRARY = "open(r'{root}/tcpedu/__init__.py', 'a').close()\nprint('됐다')"
KILL = "import os\nos.kill({sleeper}, 15)\nprint('됐다')"
FIND_CHANNELS = "import glob\nprint('됐다' if glob.glob(r'{temp}/tcpedu-*') + glob.glob('/tmp/tcpedu-*') else '없다')"
UNSHARE = """
import ctypes, os
child = os.fork()  # 스레드가 하나인 과정에서만 된다
if child == 0:
    os._exit(0 if ctypes.CDLL(None).unshare(0x10000000) == 0 else 1)
print("됐다" if os.waitpid(child, 0)[1] == 0 else "막혔다")
"""
TRACE = """
import ctypes, os, time
child = os.fork()
if child == 0:
    time.sleep(5)
    os._exit(0)
print("됐다" if ctypes.CDLL(None).ptrace(16, child, 0, 0) == 0 else "막혔다")
os.kill(child, 9)
"""
FORK_70 = """
import os, time
count = 0
for _ in range(70):
    try:
        if os.fork() == 0:
            time.sleep(10)
            os._exit(0)
    except OSError:
        break
    count += 1
print("됐다" if count > 50 else "50개까지")
"""
ALLOCATE = "big = bytearray(1_500_000_000)\nprint('됐다')"
ALLOCATE_TOGETHER = """
import os, time
reading, writing = os.pipe()
for _ in range(3):
    if os.fork() == 0:
        big = b"x" * 300_000_000
        os.write(writing, b"x")
        time.sleep(10)
        os._exit(0)
count = 0
while count < 3:
    count += len(os.read(reading, 3))
time.sleep(0.5)
print("됐다")
"""
BIG_FILE = "open('big', 'wb').write(bytes(60_000_000))\nprint('됐다')"
FILL = """
for number in range(4):
    open(f"big{number}", "wb").write(bytes(40_000_000))
print("됐다")
"""
MOVE = "import os\nos.sched_setaffinity(0, os.sched_getaffinity(0))\nprint('됐다')"
NETLINK = "import socket\nsocket.socket(socket.AF_NETLINK, socket.SOCK_RAW)\nprint('됐다')"

ATTACKS = {
    "풀이를 읽는다": READ_SOLUTION,
    "기준 답을 불러온다": IMPORT_REFERENCE,
    "퀴즈의 답을 불러온다": IMPORT_QUIZ,
    "노트북과 답을 찾아 헤맨다": SEARCH_DISK,
    "교사의 파일을 읽는다": READ_PRIVATE,
    "채점기의 환경 변수를 읽는다": READ_PRIVATE_THROUGH_PROC,
    "바깥의 서버에 닿는다": CONNECT,
    "바깥에 파일을 남긴다": PLANT,
    "강의 라이브러리를 고친다": REWRITE_LIBRARY,
    "바깥의 과정을 죽인다": KILL,
    "다른 커널의 통로를 찾는다": FIND_CHANNELS,
    "이름공간을 만든다": UNSHARE,
    "남의 과정을 들여다본다": TRACE,
    "과정을 끝없이 만든다": FORK_70,
    "메모리를 1.5GB 쓴다": ALLOCATE,
    "여럿이 메모리를 나누어 쓴다": ALLOCATE_TOGETHER,
    "큰 파일을 쓴다": BIG_FILE,
    "디스크를 채운다": FILL,
    "네트워크 설정에 말을 건다": NETLINK,
    "다른 CPU로 옮겨 간다": MOVE,
}


@pytest.fixture
def facts(tmp_path: Path) -> Iterator[dict[str, object]]:
    """공격이 겨누는 것들."""
    secret = tmp_path / "secret"
    secret.write_text("비밀", encoding="utf-8")
    secret.chmod(0o600)
    sleeper = subprocess.Popen(["sleep", "60"])
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield {
            "root": root(), "secret": secret, "folder": tmp_path, "grader": os.getpid(), "sleeper": sleeper.pid,
            "port": server.getsockname()[1], "temp": tmp_path,
        }  # fmt: skip
    sleeper.kill()
    sleeper.wait()


@pytest.mark.parametrize("name", ATTACKS)
def test_attack_is_real_outside_the_box(run: Run, facts, name: str) -> None:
    if name == "강의 라이브러리를 고친다" and not os.access(root() / "tcpedu" / "__init__.py", os.W_OK):
        pytest.skip("강의 폴더가 남의 것이다")
    assert run(PLAIN, _aimed(name, facts)) == WORKED


@pytest.mark.parametrize("name", ATTACKS)
def test_attack_fails_in_the_box(run: Run, facts, name: str) -> None:
    said = run(BOX, _aimed(name, facts))
    assert WORKED not in said
    assert said  # 막혔다고 말하거나 오류를 낸다
    assert not (Path(str(facts["folder"])) / "planted").exists()


def _aimed(name: str, facts: dict[str, object]) -> str:
    code = ATTACKS[name]
    for key, value in facts.items():
        code = code.replace("{" + key + "}", str(value))
    return code


ORDINARY = {
    "제 폴더와 임시 폴더에 쓴다": """
import tempfile
open("mine", "w").write("x")
with tempfile.NamedTemporaryFile() as file:
    file.write(b"x")
print("됐다")
""",
    "제 서버에 닿는다": """
import socket, threading
server = socket.create_server(("127.0.0.1", 5000))
threading.Thread(target=lambda: server.accept()[0].sendall("됐다".encode())).start()
print(socket.create_connection(("localhost", 5000), 5).recv(100).decode())
""",
    "스레드 40개": """
import threading
wait = threading.Event()
threads = [threading.Thread(target=wait.wait) for _ in range(40)]
for one in threads: one.start()
wait.set()
print("됐다")
""",
    "과정 둘이 나누어 한다": """
import multiprocessing
with multiprocessing.get_context("fork").Pool(2) as pool:
    print("됐다" if pool.map(abs, [-1, -2]) == [1, 2] else "아니다")
""",
    "다른 파이썬을 띄운다": """
import subprocess, sys
print(subprocess.run([sys.executable, "-c", "print('됐다')"], capture_output=True, text=True).stdout)
""",
    "자식이 찍은 글": """
import os
child = os.fork()
if child == 0:
    print("됐다", flush=True)
    os._exit(0)
os.waitpid(child, 0)
""",
    "asyncio 서버": """
import asyncio
async def main():
    server = await asyncio.start_server(lambda r, w: (w.write("됐다".encode()), w.close()), "127.0.0.1", 0)
    reader, _ = await asyncio.open_connection(*server.sockets[0].getsockname())
    return (await reader.read()).decode()
print(await main())
""",
    "그림을 그린다": """
import io
import matplotlib.pyplot as plt
plt.plot([1, 2]); plt.title("cwnd")
plt.savefig(io.BytesIO())
print("됐다")
""",
    "표를 만든다": "import pandas\nprint('됐다' if pandas.DataFrame({'a': [1, 2]}).a.sum() == 3 else '아니다')",
    "네트워크가 저만의 것이다": """
import os
print("됐다" if os.listdir("/proc/sys/net/ipv4/conf") and open("/proc/net/tcp").read().count("\\n") == 1 else "아니다")
""",
}


@pytest.mark.parametrize("name", ORDINARY)
def test_ordinary_work_goes_on_in_the_box(run: Run, name: str) -> None:
    assert run(BOX, ORDINARY[name]).splitlines()[-1] == WORKED


def test_nothing_but_the_allowed_modules_is_loaded(run: Run) -> None:
    """갈라져 나온 기억에 기준 답이 없다: 불러온 강의 모듈은 보이는 파일뿐이다."""
    said = run(BOX, "import sys\nprint(*sorted(name for name in sys.modules if name.startswith('tcpedu')))")
    rooms = tuple(f"tcpedu.{room}" for room in ROOMS)
    others = {name for name in said.split() if not name.startswith(rooms)}
    assert others == {
        "tcpedu", "tcpedu.course", "tcpedu.course.adapters", "tcpedu.course.limits", "tcpedu.course.probe",
        "tcpedu.course.show", "tcpedu.course.trace", "tcpedu.course.values",
        "tcpedu.grading", "tcpedu.grading.box", "tcpedu.grading.inside", "tcpedu.grading.landlock",
        "tcpedu.grading.linux", "tcpedu.grading.seccomp", "tcpedu.grading.warden", "tcpedu.grading.warm",
    }  # fmt: skip


def test_the_learner_is_nobody(run: Run) -> None:
    said = run(BOX, "import os\nprint(os.getuid(), open('/proc/self/status').read().split('CapEff:')[1].split()[0])")
    assert said == "1000 0000000000000000"
    status = run(BOX, "print([row for row in open('/proc/self/status') if row.startswith(('NoNewPrivs', 'Seccomp:'))])")
    assert "NoNewPrivs:\\t1" in status and "Seccomp:\\t2" in status


def test_the_first_process_cannot_be_opened(run: Run) -> None:
    """지켜보는 과정에는 채점기로 가는 통로와 씨앗의 기억이 있다."""
    for path in ("/proc/1/mem", "/proc/1/environ", "/proc/1/maps"):
        assert "PermissionError" in run(BOX, f"open({path!r}, 'rb').read()")


DAEMON = """
import os, signal
if os.fork() == 0:
    os.setsid()
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    if os.fork() == 0:
        os.execv("/bin/sleep", ["sleep", "{mark}"])
    os._exit(0)
import time
time.sleep(0.5)
"""


@pytest.mark.parametrize(("kernel", "left"), [(PLAIN, 1), (BOX, 0)])
def test_a_daemon_does_not_outlive_the_box(tmp_path: Path, kernel: str, left: int) -> None:
    mark = f"{100 + os.getpid() % 100}.{time.time_ns() % 10**9}"
    with Session(kernel, tmp_path) as session:
        session.run(DAEMON.replace("{mark}", mark))
        assert len(_sleeping(mark)) == 1
    found = _sleeping(mark)
    for one in found:
        one.kill()
    assert len(found) == left


def _sleeping(mark: str) -> list[psutil.Process]:
    return [one for one in psutil.process_iter(["cmdline"]) if (one.info["cmdline"] or [])[-1:] == [mark]]


ORPHAN = """
import sys, time
from tcpedu.grading.nursery import nursery
import socket
listeners = []
for number in range(5):
    one = socket.socket(socket.AF_UNIX)
    one.bind("")
    one.listen()
    listeners.append(one)
print(nursery("A").box(listeners, key="key").pid, flush=True)
time.sleep(60)
"""


def test_a_killed_grader_leaves_nothing() -> None:
    grader = subprocess.Popen([sys.executable, "-c", ORPHAN], stdout=subprocess.PIPE, text=True, cwd=root())
    assert grader.stdout is not None
    first = psutil.Process(int(grader.stdout.readline()))
    family = [first, *first.children(recursive=True)]
    assert first.is_running()
    grader.kill()
    grader.wait()
    grader.stdout.close()
    _, alive = psutil.wait_procs(family, timeout=20)
    assert [one for one in alive if one.status() != psutil.STATUS_ZOMBIE] == []


def test_the_box_ends_when_its_life_is_over(listeners) -> None:
    from tcpedu.grading.nursery import nursery

    box = nursery("A").box(listeners(), life=1, key="key")
    deadline = time.monotonic() + 30
    while box.alive() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not box.alive()
    box.kill()


def test_the_grader_meets_a_server_in_the_box(tmp_path: Path) -> None:
    """배우는 사람의 코드보다 먼저 만든 소켓으로, 채점기가 상자 안의 서버와 이야기한다."""
    with Session(BOX, tmp_path) as session:
        serving = threading.Thread(target=session.run, args=(SERVER,))
        serving.start()
        box = session.kernel.box
        deadline = time.monotonic() + 30
        while 5000 not in box.listening() and time.monotonic() < deadline:
            time.sleep(0.02)
        peer = session.kernel.sockets[0]
        peer.settimeout(10)
        peer.connect(("127.0.0.1", 5000))
        peer.sendall(b"hello")
        assert peer.recv(100) == b"HELLO"
        serving.join(30)
        assert session.text == WORKED


SERVER = """
import socket
server = socket.create_server(("127.0.0.1", 5000))
peer, _ = server.accept()
peer.sendall(peer.recv(100).upper())
print("됐다")
"""


def test_the_grader_meets_a_client_from_the_box(tmp_path: Path) -> None:
    with Session(BOX, tmp_path) as session:
        listener = session.kernel.sockets[1]
        listener.bind(("127.0.0.1", 6000))
        listener.listen()
        listener.settimeout(10)
        client = "import socket\nsocket.create_connection(('127.0.0.1', 6000)).sendall(b'hi')\nprint('됐다')"
        assert session.run(client) == WORKED
        peer, _ = listener.accept()
        with peer:
            assert peer.recv(10) == b"hi"


def test_two_boxes_use_the_same_port(tmp_path: Path) -> None:
    code = "import socket\nserver = socket.create_server(('127.0.0.1', 5000))\nprint('됐다')"
    with Session(BOX, tmp_path) as one, Session(BOX, tmp_path) as other:
        assert one.run(code) == other.run(code) == WORKED


def test_a_box_is_interrupted(tmp_path: Path) -> None:
    with Session(BOX, tmp_path) as session:
        asked = session.kernel.execute_cell_input("while True: pass")
        with pytest.raises(Empty):
            session.kernel.await_reply(asked, 0.5)
        session.kernel.interrupt()
        session.kernel.await_reply(asked, 30)
        session.kernel.await_idle(asked, 5)
        assert "KeyboardInterrupt" in session.text


def test_the_grader_does_not_wait_for_a_stopped_box(tmp_path: Path) -> None:
    """스스로 멈춘(SIGSTOP) 상자도 곧바로 끝난다."""
    with Session(BOX, tmp_path) as session:
        box = session.kernel.box
        session.kernel.execute_cell_input("import os, signal\nos.kill(os.getpid(), signal.SIGSTOP)")
        time.sleep(0.3)
    assert not box.alive() and not psutil.pid_exists(box.pid)
