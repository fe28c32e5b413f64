"""격리의 단계: 이 컴퓨터에서 되는 것을 실제로 해 보아 정하고, 안 되면 까닭을 말하고, 안 되면 채점하지 않는다."""

import json
import os
import struct
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tcpedu.grading import seccomp, tiers
from tcpedu.grading.assignment import root
from tcpedu.grading.tiers import NotTrusted, Tier, explain, refused
from tcpedu.lab.system import try_kernel

pytest.importorskip("nbval")

# 관리자로 시험할 때에는 아무것도 아닌 사용자가 되어 본다. 관리자의 집에 있는 파이썬은 이 과정에서만 열어 둔다.
AS_NOBODY = """
import os, stat, sys, tempfile
from pathlib import Path
from tcpedu.grading import landlock, linux, seccomp

def open_python():
    base = Path(os.path.realpath(sys.base_prefix))
    closed = [place for place in reversed(base.parents) if not place.stat().st_mode & stat.S_IXOTH]
    if closed:
        hold = tempfile.mkdtemp()
        linux.mount(str(base), hold, flags=linux.MS_BIND | linux.MS_REC)
        linux.mount("tmpfs", str(closed[0]), "tmpfs", data="mode=755")
        os.makedirs(base)
        linux.mount(hold, str(base), flags=linux.MS_BIND | linux.MS_REC)
        linux.detach(hold)
        os.rmdir(hold)

if os.getuid() == 0:
    linux.unshare(linux.CLONE_NEWNS)
    linux.mount(None, "/", flags=linux.MS_REC | linux.MS_PRIVATE)
    open_python()
    os.setgroups([])
    os.setresgid(65534, 65534, 65534)
    os.setresuid(65534, 65534, 65534)
    os.environ["HOME"] = "/nonexistent"
forbidden, code = sys.argv[1:]
if forbidden:
    linux.prctl(linux.PR_SET_NO_NEW_PRIVS, 1)
    machine = os.uname().machine
    filters = {"unshare": seccomp.no_namespaces, "everything": seccomp.nothing_at_all}
    seccomp.install(filters[forbidden](machine))
os.execv(sys.executable, [sys.executable, "-c", code])
"""

linux_only = pytest.mark.skipif(bool(refused(sys.platform)), reason="리눅스에서만")


def as_nobody(code: str, forbidden: str = "", **environment: str) -> Any:
    """`forbidden`을 막은 보통 사용자의 과정에서 돌리고, 마지막 줄의 JSON을 돌려준다."""
    done = subprocess.run(
        [sys.executable, "-c", AS_NOBODY, forbidden, code], capture_output=True, text=True, cwd=root(), timeout=120,
        env={**os.environ, "PYTHONPATH": str(root()), **environment},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


@linux_only
def test_a_computer_with_namespaces_reaches_the_highest_tier() -> None:
    """상자의 시험은 상자가 안 되면 건너뛴다. 이름공간이 되는데 상자가 안 되면 여기서 알아챈다."""
    step, _ = try_kernel()
    if step not in ("open", "attach", "done"):
        pytest.skip("이름공간을 만들 수 없는 컴퓨터")
    assert tiers.best() == Tier("A")


BEST = """
import json
from tcpedu.grading import tiers
print(json.dumps([tiers.best().name, tiers.best().summary]))
"""


@linux_only
def test_tier_by_what_is_forbidden() -> None:
    """흔한 컨테이너처럼 unshare를 막으면 B, Landlock까지 막으면 C. 까닭을 함께 말한다."""
    here = tiers.best()
    if here.name != "A":
        pytest.skip(here.summary)
    assert as_nobody(BEST)[0] == "A"
    name, summary = as_nobody(BEST, "unshare")
    assert name == "B"
    assert "네트워크는 막히지 않습니다" in summary and "이름공간을 만들 권한이 없습니다" in summary
    name, summary = as_nobody(BEST, "everything")
    assert name == "C" and "Landlock" in summary


RUN = """
import json, os, subprocess, sys, tempfile
from contextlib import suppress
from pathlib import Path
from tcpedu.grading import tiers
from tcpedu.grading.kernel import DisposableKernel, KernelDied

folder = Path(tempfile.mkdtemp())
(folder / "notebook").mkdir()
secret = folder / "secret"
secret.write_text("x")
sleeper = subprocess.Popen(["sleep", "60"])
said = {}
for name, code in json.loads(os.environ["CODES"]).items():
    for key, value in {"folder": folder, "secret": secret, "grader": os.getpid(), "sleeper": sleeper.pid}.items():
        code = code.replace("{" + key + "}", str(value))
    kernel = DisposableKernel(tiers.SANDBOX, str(folder / "notebook"))
    kept, keep = [], kernel._keep
    kernel._keep = lambda message: (kept.append(message["content"]), keep(message))
    try:
        asked = kernel.execute_cell_input(code)
        kernel.await_reply(asked, 60)
        kernel.await_idle(asked, 5)
        said[name] = "".join(str(one.get("text") or one.get("ename") or "") for one in kept).strip()
    except KernelDied:
        said[name] = "커널이 멈췄다"
    finally:
        kernel.stop()
left = []
for process in Path("/proc").glob("[0-9]*"):
    # 목록을 보는 사이에 끝난 과정은 남은 것이 아니다.
    with suppress(FileNotFoundError, ProcessLookupError):
        if (process / "cmdline").read_bytes().split(b"\\0")[1:2] == [b"987.65"]:
            left.append(process.name)
sleeper.kill()
print(json.dumps({"said": said, "left": left, "planted": (folder / "planted").exists()}))
"""

ATTACKS = {
    "풀이": f"print('됐다' if open(r'{root()}/solutions/02_segment_header.ipynb').read() else '')",
    "기준 답": "from tcpedu.course.problem import problems\nprint('됐다' if problems('02') else '')",
    "교사의 파일": "print('됐다' if open(r'{secret}').read() else '')",
    "채점기의 환경": "print('됐다' if open('/proc/{grader}/environ').read() else '')",
    "바깥에 쓰기": "open(r'{folder}/planted', 'w').close()\nprint('됐다')",
    "과정 죽이기": "import os\nos.kill({sleeper}, 15)\nprint('됐다')",
    "이름공간": (
        "import ctypes\nprint('됐다' if ctypes.CDLL(None).mount(b'x', b'/proc', b'tmpfs', 0, 0) == 0 else '막혔다')"
    ),
    "메모리": "big = bytearray(1_500_000_000)\nprint('됐다')",
    "끝없이 만드는 과정": """
import os, time
for count in range(70):
    try:
        child = os.fork()
    except OSError:
        break
    if child == 0:
        time.sleep(10)
        os._exit(0)
print("됐다" if count > 50 else "50개까지")
""",
    "나누어 쓰는 메모리": """
import os, time
for _ in range(3):
    if os.fork() == 0:
        big = b"x" * 300_000_000
        time.sleep(10)
        os._exit(0)
time.sleep(8)
print("됐다")
""",
}
DAEMON = """
import os, time
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        os.execv("/bin/sleep", ["sleep", "987.65"])
    os._exit(0)
time.sleep(0.5)
print("남긴다")
"""
ORDINARY = """
import socket, subprocess, sys, tempfile, threading
tempfile.NamedTemporaryFile().write(b"x")
open("mine", "w").close()
server = socket.create_server(("127.0.0.1", 0))
threading.Thread(target=lambda: server.accept()[0].sendall(b"hi")).start()
assert socket.create_connection(server.getsockname()).recv(10) == b"hi"
print(subprocess.run([sys.executable, "-c", "print('평범한 일')"], capture_output=True, text=True).stdout)
"""


@linux_only
def test_what_the_weaker_box_still_stops() -> None:
    """이름공간이 없어도 파일, 바깥의 과정, 자원을 지키고 아무 과정도 남기지 않는다."""
    if as_nobody(BEST, "unshare")[0] != "B":
        pytest.skip("이 커널에는 Landlock이 없다")
    codes = {**ATTACKS, "데몬": DAEMON, "평범한 일": ORDINARY}
    result = as_nobody(RUN, "unshare", CODES=json.dumps(codes))
    said = result["said"]
    assert said.pop("평범한 일") == "평범한 일"
    assert said.pop("데몬") == "남긴다"
    assert {name: text for name, text in said.items() if "됐다" in text or not text} == {}
    assert result["left"] == [] and not result["planted"]


ORPHAN = """
import json, os, subprocess, sys, time
grader = '''
import socket, time
from tcpedu.grading.nursery import nursery
listeners = []
for number in range(5):
    one = socket.socket(socket.AF_UNIX)
    one.bind("")
    one.listen()
    listeners.append(one)
print(nursery("B").box(listeners, key="key").pid, flush=True)
time.sleep(60)
'''
process = subprocess.Popen([sys.executable, "-c", grader], stdout=subprocess.PIPE, text=True)
first = process.stdout.readline().strip()
before = [first, *open(f"/proc/{first}/task/{first}/children").read().split()]
process.kill()
process.wait()

def alive(pid):
    try:
        return open(f"/proc/{pid}/stat").read().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False

deadline = time.monotonic() + 30
while any(map(alive, before)) and time.monotonic() < deadline:
    time.sleep(0.1)
print(json.dumps([len(before), [pid for pid in before if alive(pid)]]))
"""


@linux_only
def test_a_killed_grader_leaves_nothing_in_the_weaker_box() -> None:
    if as_nobody(BEST, "unshare")[0] != "B":
        pytest.skip("이 커널에는 Landlock이 없다")
    assert as_nobody(ORPHAN, "unshare") == [2, []]


GRADE = """
import json, os
os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
from tcpedu.grading.submission import Job, grade_submission
file = "tests/submissions/20260001_모두맞음.ipynb"
result = grade_submission(Job(file, "모두맞음.ipynb", "모두맞음", "02_segment_header"))
print()
print(json.dumps(result.to_dict()))
"""


@linux_only
def test_without_isolation_nothing_is_graded_unless_trusted() -> None:
    """가둘 수 없으면 점수가 아니라 채점기의 실패이고, 까닭과 할 일을 말한다."""
    result = as_nobody(GRADE, "everything")
    assert result["state"] == "채점기 실패" and result["points"] is None
    assert "WSL2" in result["reason"] and "--trust" in result["reason"]


@linux_only
@pytest.mark.parametrize(("forbidden", "trust", "tier"), [("unshare", "", "B"), ("everything", "1", "C")])
def test_the_tier_is_stored_with_the_result(forbidden: str, trust: str, tier: str) -> None:
    result = as_nobody(GRADE, forbidden, **{tiers.TRUST: trust})
    assert (result["points"], result["tier"]) == (12, tier), result["reason"]


@pytest.mark.parametrize("system", ["darwin", "win32", "freebsd14"])
def test_other_systems_are_refused_with_advice(system: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", system)
    monkeypatch.delenv(tiers.TRUST, raising=False)
    with pytest.raises(NotTrusted, match="WSL2"):
        tiers.require(tiers.best.__wrapped__())
    monkeypatch.setenv(tiers.TRUST, "1")
    assert tiers.require(tiers.best.__wrapped__()).name == "C"


@pytest.mark.parametrize(
    ("error", "words"),
    [
        ("OSError: [Errno 28] unshare: No space left on device", "user.max_user_namespaces"),
        ("PermissionError: [Errno 1] unshare: Operation not permitted", "컨테이너"),
        ("PermissionError: [Errno 13] Permission denied: '/proc/self/uid_map'", "apparmor_restrict"),
        ("OSError: [Errno 38] mount_setattr(/new/usr): Function not implemented", "5.12"),
        ("OSError: [Errno 95] landlock: Operation not supported", "Landlock"),
    ],
)
def test_the_reason_is_told_in_korean(error: str, words: str) -> None:
    assert words in explain(error)
    assert words in Tier("B", explain(error)).summary


def test_filters_fit_every_known_machine() -> None:
    """거르개는 명령 8바이트씩이고, 뛰는 곳이 모두 프로그램 안이다."""
    for machine in ("x86_64", "aarch64"):
        code = seccomp.program(machine)
        size = len(code) // 8
        assert len(code) % 8 == 0 and size < 4096
        for place in range(size):
            kind, yes, no, _ = struct.unpack_from("HBBI", code, 8 * place)
            if kind in (0x15, 0x35, 0x45):
                assert place + 1 + max(yes, no) < size


def test_the_command_line_tells_the_tier(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """채점을 시작하기 전에 단계를 말하고, 가둘 수 없으면 시작하지 않는다."""
    from tcpedu.cli import main

    monkeypatch.setenv(tiers.TRUST, "")
    monkeypatch.setattr(tiers, "best", lambda: Tier("C", "까닭입니다."))
    arguments = ["grade", str(tmp_path), "-o", str(tmp_path / "out")]
    assert main(arguments) == 1
    said = capsys.readouterr()
    assert "까닭입니다" in said.err and "--trust" in said.err and not (tmp_path / "out").exists()
    assert main([*arguments, "--trust"]) == 0
    assert "격리 C단계" in capsys.readouterr().out


def test_a_learner_may_run_his_own_work_anywhere(monkeypatch: pytest.MonkeyPatch) -> None:
    assert tiers.own_kernel() in (tiers.SANDBOX, "python3")
    monkeypatch.setattr(tiers, "best", lambda: Tier("C"))
    assert tiers.own_kernel() == "python3"
