"""보지 말아야 할 것을 보려는 공격: 풀이, 기준 답, 기대하는 값, 교사의 파일, 다른 커널, 바깥의 네트워크.

답이 `됐다`를 돌려주면 통한 것이다. 상자에서는 어느 결과에도 그 말과 비밀이 나오지 않아야 한다.
"""

import json

import pytest

from tcpedu.grading.assignment import solutions
from tcpedu.grading.result import State, Status

TRY = """
def attempt():
{body}
def flag_names(flags):
    try:
        return "됐" + "다" if attempt() else "막혔다"
    except BaseException as error:
        return f"막혔다: {{error}}"
"""


def attempt(body: str) -> tuple[str, str]:
    """`attempt()`가 참을 돌려주면 통한 것이다."""
    return "says", TRY.format(body="\n".join("    " + line for line in body.strip().splitlines()))


ATTACKS = {
    "풀이 노트북을 읽는다": attempt("return 'answer-' in open('«root»/solutions/02_segment_header.ipynb').read()"),
    "기준 답을 불러온다": attempt("""
import importlib
found = importlib.import_module(".".join(("tcpedu", "course", "problem"))).problems("02")
return callable(found[0].reference)
"""),
    "기준 답의 파일을 읽는다": attempt("""
import glob
return glob.glob("«root»/tcpedu/course/problems/p*.py") + glob.glob("«root»/tcpedu/course/*mistakes*.py")
"""),
    "퀴즈의 답을 불러온다": attempt("""
import importlib
return importlib.import_module("tcpedu.course.quizzes." + "q02")
"""),
    "채점기의 모듈을 불러온다": attempt("""
import importlib
return [importlib.import_module("tcpedu.grading." + name) for name in ("compose", "judge", "store")]
"""),
    "짜 놓은 채점 노트북을 찾는다": attempt("""
import glob, json, os
places = ["«folder»", os.getcwd(), os.path.dirname(os.getcwd()), "/tmp/tcpedu-*", "/tmp/tcpedu-*/*"]
files = [file for place in places for file in glob.glob(place + "/*.ipynb")]
return any("probe-flag_names" in open(file).read() for file in files)
"""),
    "컴퓨터의 노트북을 뒤진다": attempt("""
import os
return [file for place in ("«root»", "/tmp", "/home") for _, _, files in os.walk(place)
        for file in files if file.endswith(".ipynb")]
"""),
    "교사의 파일을 읽는다": attempt("return open('«folder»/secret').read()"),
    "작업 폴더의 링크로 읽는다": attempt("""
import os
os.symlink("«folder»/secret", "link")
return open("link").read()
"""),
    "환경 변수에서 비밀을 읽는다": attempt("import os\nreturn os.environ.get('TEACHER_TOKEN')"),
    "남의 환경 변수를 읽는다": attempt("return b'TEACHER_TOKEN' in open('/proc/«sleeper»/environ', 'rb').read()"),
    "채점기의 기억을 연다": attempt("return open('/proc/«grader»/mem', 'rb')"),
    "첫 과정의 기억과 환경을 연다": attempt("""
import os
for name in ("mem", "environ", "maps"):
    open(f"/proc/{os.getppid()}/{name}", "rb").close()
return os.listdir(f"/proc/{os.getppid()}/fd") and os.readlink(f"/proc/{os.getppid()}/exe")
"""),
    "첫 과정의 뿌리를 지나간다": attempt("""
import os
return any(os.path.exists(f"/proc/{pid}/root«folder»/secret") for pid in filter(str.isdigit, os.listdir("/proc")))
"""),
    "부모를 ptrace로 붙잡는다": attempt("""
import ctypes, os
libc = ctypes.CDLL(None, use_errno=True)
caught = libc.ptrace(0x4206, int("«sleeper»"), 0, 0) == 0
libc.ptrace(17, int("«sleeper»"), 0, 0)
return caught
"""),
    "남의 기억을 process_vm_readv로 읽는다": attempt("""
import ctypes, os
class Iov(ctypes.Structure):
    _fields_ = [("base", ctypes.c_void_p), ("size", ctypes.c_size_t)]
start = int(open("/proc/«sleeper»/maps").readline().split("-")[0], 16)
buffer = ctypes.create_string_buffer(16)
here, there = Iov(ctypes.addressof(buffer), 16), Iov(start, 16)
return ctypes.CDLL(None).process_vm_readv(int("«sleeper»"), ctypes.byref(here), 1, ctypes.byref(there), 1, 0) == 16
"""),
    "바깥의 서버에 닿는다": attempt("import socket\nreturn socket.create_connection(('127.0.0.1', «port»), 3)"),
    "바깥의 유닉스 소켓에 닿는다": attempt("""
import socket
socket.socket(socket.AF_UNIX).connect("«folder»/kernel-1")
return True
"""),
    "이름 없는 유닉스 소켓에 닿는다": attempt("""
import socket
socket.socket(socket.AF_UNIX).connect("\\0«folder»")
return True
"""),
    "열린 채로 물려받은 것을 뒤진다": attempt("""
import os
def target(number):
    try: return os.readlink(f"/proc/self/fd/{number}")
    except OSError: return ""
return [one for one in map(target, os.listdir("/proc/self/fd")) if one.startswith(("/tmp", "«root»", "/root", "/home"))]
""".replace("return [one", "open_before = open('«folder»/secret')\nreturn [one")),
    "상자를 한 겹 더 만들어 나간다": attempt("""
import ctypes, os
child = os.fork()
if child == 0:
    os._exit(0 if ctypes.CDLL(None).unshare(0x10000000 | 0x20000) == 0 else 1)
return os.waitpid(child, 0)[1] == 0
"""),
    "뿌리 폴더를 바꾸어 나간다": attempt("""
import ctypes, os
os.mkdir("jail")
child = os.fork()
if child == 0:
    try:
        if os.geteuid(): ctypes.CDLL(None).unshare(0x10000000)  # 관리자가 아니면 제 이름공간에서 권한을 얻는다
        os.chroot("jail")
        for _ in range(50): os.chdir("..")
        os.chroot(".")
        os._exit(0 if os.path.exists("«folder»/secret") else 1)
    except OSError:
        os._exit(1)
return os.waitpid(child, 0)[1] == 0
"""),
    "관리자가 되는 프로그램을 부른다": attempt("""
import subprocess
script = "su -c 'cat «folder»/secret' || sudo -n cat «folder»/secret || cat «folder»/secret"
done = subprocess.run(["/bin/sh", "-c", script], capture_output=True, timeout=5, stdin=subprocess.DEVNULL)
return "비밀".encode() in done.stdout
"""),
    "LD_PRELOAD로 다른 프로그램을 부린다": attempt("""
import os, subprocess, sys
os.environ["LD_PRELOAD"] = "«folder»/secret"
done = subprocess.run([sys.executable, "-c", "import sys; print(open('«folder»/secret').read())"], capture_output=True)
return "비밀".encode() in done.stdout
"""),
}  # fmt: skip


@pytest.mark.parametrize("name", ATTACKS)
def test_succeeds_outside_the_box(works_outside, name: str) -> None:
    assert works_outside(*ATTACKS[name])


@pytest.mark.parametrize("name", ATTACKS)
def test_fails_in_the_box(graded, facts, name: str) -> None:
    result = graded.results[name]
    assert result.state is State.GRADED, result.reason
    statuses = {problem.name: problem.status for problem in result.problems}
    assert statuses.pop("flag_names") in (Status.WRONG, Status.ERROR, Status.BORROWED)
    assert set(statuses.values()) == {Status.CORRECT}
    said = json.dumps(result.to_dict(), ensure_ascii=False)
    assert "됐다" not in said and facts["secret"] not in said


def test_nothing_secret_is_in_the_reports(graded, facts) -> None:
    assert graded.exit_code == 0 and graded.left == []
    lines = [line.strip() for line in solutions("02_segment_header")["flag_names"].splitlines() if "return [" in line]
    for file in filter(lambda path: path.is_file(), graded.out.rglob("*")):
        data = file.read_bytes()
        assert facts["secret"].encode() not in data, file
        assert all(line.encode() not in data for line in lines), file
    assert lines


def test_a_harmless_answer_does_not_say_so(works_outside) -> None:
    assert not works_outside(*attempt("return False"))
