"""컴퓨터와 채점기를 해치려는 공격: 죽이기, 멈추기, 채우기, 쏟아 내기, 남기기. 문제 하나만 잃고 채점은 끝난다.

가두지 않은 커널에서도 도는 것이므로 모두 크기를 정해 두었다: 과정 50개, 메모리 1.5GB, 파일은 임시 폴더에만.
"""

import json
from pathlib import Path

import pytest

from tcpedu.grading.result import State, Status

ENDLESS = "def flag_names(flags):\n    while True: pass"
ENDLESS_AT_TOP = "def flag_names(flags): return []\nwhile True: pass"
ENDLESS_AND_DEAF = """
import signal
def flag_names(flags):
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    while True:
        try:
            while True: pass
        except BaseException: pass
"""
SLOW_DRIP = """
import threading, time
from IPython import get_ipython
kernel = get_ipython().kernel
real = kernel.session.send
def drip():
    while True:
        time.sleep(0.5)
        real(kernel.iopub_socket, "stream", {"name": "stdout", "text": "."}, parent=kernel.get_parent())
def flag_names(flags): return []
def silent(stream, kind, content=None, *rest, **more):
    if kind == "status" and content == {"execution_state": "idle"}: return None
    return real(stream, kind, content, *rest, **more)
kernel.session.send = silent
threading.Thread(target=drip, daemon=True).start()
"""
STRAY_DRIP = SLOW_DRIP.replace("parent=kernel.get_parent()", 'parent={"header": {"msg_id": "남의 것"}}')
STDOUT_200MB = """
import sys
def flag_names(flags):
    for _ in range(200): sys.__stdout__.write("y" * 1_000_000)
    return []
from IPython.display import display
for _ in range(200): display("y" * 1_000_000)
"""
GIGABYTE_MESSAGE = """
from IPython.display import display
def flag_names(flags): return []
for _ in range(5): display("q" * 200_000_000)
"""
SIXTY_MB_VALUE = "def flag_names(flags):\n    return ['x' * 1000 for _ in range(60_000)]\nprint(flag_names(0))"
NESTED_VALUE = """
def flag_names(flags):
    deep = []
    for _ in range(100_000): deep = [deep]
    return deep
import sys
sys.setrecursionlimit(10**6)
repr(flag_names(0))
"""
BROKEN_MESSAGES = """
from IPython import get_ipython
kernel = get_ipython().kernel
def flag_names(flags): return []
for parts in ([b"x"], [b"<IDS|MSG>"], [b"stream", b"<IDS|MSG>", b"x", b"{", b"{", b"{", b"["]):
    kernel.iopub_thread.send_multipart(parts)
kernel.session.key = b"forged"
kernel.session.send = lambda *rest, **more: None
"""
WRONG_SHAPES = """
from IPython import get_ipython
kernel = get_ipython().kernel
def send(kind, content):
    kernel.session.send(kernel.iopub_socket, kind, content, parent=kernel.get_parent())
def flag_names(flags):
    for content in ({}, {"name": 1, "text": None}, {"data": 3}, {"execution_state": []}, {"ename": 1, "traceback": 2}):
        for kind in ("stream", "display_data", "status", "error", "execute_result", "comm_open", "clear_output", "x"):
            send(kind, content)
    return []
real = kernel.session.send
kernel.session.send = lambda stream, kind, *rest, **more: real(stream, "status", {"no": 1}, parent=kernel.get_parent())
"""
EXIT_AT_IMPORT = "import os\ndef flag_names(flags): return []\nos._exit(0)"
SEGFAULT = "import ctypes\ndef flag_names(flags):\n    return ctypes.string_at(0)"
CLOSE_ALL = "import os\ndef flag_names(flags):\n    os.closerange(0, 256)\n    return []"
STOP_SELF = "import os, signal\ndef flag_names(flags):\n    os.kill(os.getpid(), signal.SIGSTOP)"
BREAK_JSON = """
import json
def broken(*rest, **more): raise ValueError("못 한다")
def flag_names(flags):
    json.dumps = json.loads = broken
    return []
"""
STOP_LOOP = """
import asyncio, gc
def flag_names(flags):
    for loop in [one for one in gc.get_objects() if isinstance(one, asyncio.BaseEventLoop)]:
        loop.stop(); loop._closed = True
    return []
"""
REPLACE_PROCESS = "import os\ndef flag_names(flags):\n    os.execv('/bin/sleep', ['sleep', '60'])"
KILL_PARENT = """
import os, signal, time
def flag_names(flags):
    parent = os.getppid()
    for number in (signal.SIGTERM, signal.SIGKILL):
        try: os.kill(parent, number)
        except OSError: pass
    time.sleep(0.3)
    return "됐" + "다" if os.getppid() != parent else []
"""
KILL_OUTSIDER = """
import os
def flag_names(flags):
    try: os.kill(int("«sleeper»"), 0)  # 보이기만 해도 죽일 수 있다
    except OSError: return []
    return "됐" + "다"
"""
FORKS = """
import os, time
def flag_names(flags):
    made = []
    for _ in range(50):
        try: child = os.fork()
        except OSError: break
        if child == 0:
            time.sleep(20)
            os._exit(0)
        made.append(child)
    return "됐" + "다" if len(made) == 50 else []
"""
DAEMON = """
import os, signal, time
def flag_names(flags):
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT): signal.signal(number, signal.SIG_IGN)
            time.sleep(60)
        os._exit(0)
    return []
"""
MEMORY = "def flag_names(flags):\n    return '됐' + '다' if bytearray(1_500_000_000) else []"
MEMORY_TOGETHER = """
import os, time
def flag_names(flags):
    reading, writing = os.pipe()
    for _ in range(3):
        if os.fork() == 0:
            big = b"x" * 400_000_000
            os.write(writing, b"x")
            time.sleep(3)
            os._exit(0)
    done = b""
    while len(done) < 3: done += os.read(reading, 3)
    time.sleep(0.5)
    return "됐" + "다"
"""
FILL_DISK = """
def flag_names(flags):
    for number in range(3):
        with open(f"big{number}", "wb") as file: file.write(bytes(45_000_000))
    return "됐" + "다"
"""
MANY_FILES = """
def flag_names(flags):
    for number in range(5_100): open(f"n{number}", "w").close()
    return "됐" + "다"
"""
PLANT_IN_FOLDER = "def flag_names(flags):\n    open('«folder»/planted', 'w').write('x')\n    return []"
PLANT_STARTUP = """
import os
def flag_names(flags):
    place = os.path.join("«folder»", ".ipython", "profile_default", "startup")
    os.makedirs(place, exist_ok=True)
    open(os.path.join(place, "00-evil.py"), "w").write("")
    open("«folder»/planted", "w").close()
    return []
"""
REWRITE_LIBRARY = """
import os, tcpedu
def flag_names(flags):
    with open(tcpedu.__file__, "a"): pass
    return "됐" + "다"
"""
ATEXIT = """
import atexit
def flag_names(flags): return []
atexit.register(lambda: open("«folder»/planted", "w").close())
import signal, os, threading
threading.Timer(0.2, lambda: (atexit._run_exitfuncs(), os._exit(0))).start()
"""
PICKLE = """
import os
class Payload:
    def __reduce__(self): return os.mkdir, ("«folder»/planted",)
def flag_names(flags): return Payload()
"""
EXPENSIVE_METHODS = """
import os
class Trap(dict):
    def __getattribute__(self, name): os._exit(1)
    def items(self): os._exit(1)
def flag_names(flags): return Trap({1: 2})
"""

ATTACKS = {
    "함수에서 끝나지 않는다": ("hangs", ENDLESS),
    "셀에서 끝나지 않는다": ("hangs", ENDLESS_AT_TOP),
    "멈추라는 말을 듣지 않는다": ("hangs", ENDLESS_AND_DEAF),
    "끝났다고 하지 않고 조금씩 흘린다": ("hangs", SLOW_DRIP),
    "남의 메시지를 조금씩 흘린다": ("hangs", STRAY_DRIP),
    "표준 출력으로 200MB": ("floods", STDOUT_200MB),
    "1GB를 내보낸다": ("floods", GIGABYTE_MESSAGE),
    "60MB를 돌려준다": ("floods", SIXTY_MB_VALUE),
    "깊이 든 값": ("kills", NESTED_VALUE),
    "읽을 수 없는 메시지": ("kills", BROKEN_MESSAGES),
    "모양이 어긋난 메시지": ("kills", WRONG_SHAPES),
    "셀에서 파이썬을 끝낸다": ("kills", EXIT_AT_IMPORT),
    "잘못된 주소를 읽는다": ("kills", SEGFAULT),
    "통로를 모두 닫는다": ("kills", CLOSE_ALL),
    "스스로 멈춘다": ("kills", STOP_SELF),
    "json을 망가뜨린다": ("kills", BREAK_JSON),
    "이벤트 고리를 멈춘다": ("kills", STOP_LOOP),
    "다른 프로그램이 된다": ("kills", REPLACE_PROCESS),
    "값을 들여다보면 끝난다": ("kills", EXPENSIVE_METHODS + "\nflag_names(0)\n"),
    "부모를 죽인다": ("says", KILL_PARENT),
    "바깥의 과정을 죽인다": ("says", KILL_OUTSIDER),
    "과정을 50개 만든다": ("says", FORKS),
    "숨은 과정을 남긴다": ("leaves", DAEMON),
    "메모리를 1.5GB 쓴다": ("says", MEMORY),
    "여럿이 메모리를 나누어 쓴다": ("says", MEMORY_TOGETHER),
    "디스크를 채운다": ("says", FILL_DISK),
    "파일을 5100개 만든다": ("says", MANY_FILES),
    "바깥에 파일을 남긴다": ("plants", PLANT_IN_FOLDER),
    "다음 커널이 읽을 파일을 심는다": ("plants", PLANT_STARTUP),
    "강의 라이브러리를 고친다": ("says", REWRITE_LIBRARY),
    "끝날 때 파일을 남긴다": ("plants", ATEXIT),
    "pickle에 명령을 숨긴다": ("pickles", PICKLE),
}


@pytest.mark.parametrize("name", ATTACKS)
def test_harms_outside_the_box(works_outside, name: str) -> None:
    assert works_outside(*ATTACKS[name])


@pytest.mark.parametrize("name", ATTACKS)
def test_costs_one_problem_in_the_box(graded, name: str) -> None:
    result = graded.results[name]
    assert result.state is State.GRADED, result.reason
    statuses = {problem.name: problem.status for problem in result.problems}
    assert statuses.pop("flag_names") not in (Status.CORRECT, Status.UNTRIED, Status.MISSING)
    assert set(statuses.values()) == {Status.CORRECT}, statuses
    assert "됐다" not in json.dumps(result.to_dict(), ensure_ascii=False)


def test_nothing_is_left_and_nobody_else_pays(graded, facts) -> None:
    assert graded.results["정직한 사람"].points == 12
    assert graded.exit_code == 0
    assert graded.left == []
    assert not list(Path(facts["folder"]).glob("planted*"))
    assert graded.peak < 700 * 2**20, f"일꾼이 {graded.peak / 2**20:.0f} MiB를 썼다"


def test_a_harmless_answer_harms_nothing(works_outside) -> None:
    harmless = "def flag_names(flags):\n    return []"
    assert not any(works_outside(way, harmless) for way in ("says", "hangs", "floods", "kills"))
