"""공격의 시험: 공격 하나가 제출물 하나다.

모듈마다 `ATTACKS = {이름: (방식, 답 셀의 글)}`을 둔다. 모두 진짜 채점기(`grade`)로 한꺼번에 채점하고, 가두지 않은
커널에서도 하나씩 돌려서 공격이 진짜인지 본다. `방식`은 가두지 않은 커널에서 통했다는 증거의 이름이다(`EVIDENCE`).
공격하는 답은 언제나 `flag_names`의 자리에 있고, 나머지 네 문제는 풀이와 같다.
"""

import copy
import json
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from queue import Empty
from types import ModuleType
from typing import Any

import psutil
import pytest

from tcpedu.grading import linux, tiers
from tcpedu.grading.assignment import root, solutions
from tcpedu.grading.result import SubmissionResult

pytest.importorskip("nbval")
from tcpedu.grading.kernel import DisposableKernel, KernelDied, OutputFlood
from tcpedu.grading.nursery import Box

LESSON = "02_segment_header"
VICTIM = "flag_names"
WORKED, PASSED, SECRET = "됐다", "통과", "비밀-7d1f4e"
TIMEOUT = 3.0
GUARD = 60.0  # 느린 컴퓨터에서도 시험이 끝나게 하는 울타리

collect_ignore = ["bare.py"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = [item for item in items if Path(__file__).parent in item.path.parents]
    if here and tiers.best().name != "A":
        reason = f"이 컴퓨터에서는 상자를 만들 수 없다: {tiers.best().reason}"
        for item in here:
            item.add_marker(pytest.mark.skip(reason=reason))


# 공격이 겨누는 것 --------------------------------------------------------------

HIDDEN_TESTS = """
import random


def reference(flags):
    names = ["CWR", "ECE", "URG", "ACK", "PSH", "RST", "SYN", "FIN"]
    return [name for bit, name in enumerate(names) if flags & 0x80 >> bit]


def check(answer):
    for _ in range(4):
        flags = random.Random().randrange(1, 256)
        expected = reference(flags)
        got = answer(flags)
        assert got == expected
    return "통과"
"""
TEST_CELL = "from hidden_tests import check as _check\nprint(_check(flag_names))"


@pytest.fixture(scope="session")
def facts() -> Iterator[dict[str, str]]:
    """상자 밖에 있는 것들: 파일, 과정, 서버. 공격하는 사람이 자리를 모두 안다고 본다."""
    anywhere = ("127.0.0.1", 0)
    with tempfile.TemporaryDirectory(prefix="tcpedu-attacks-") as name, socket.create_server(anywhere) as server:
        folder = Path(name)
        (folder / "secret").write_text(SECRET, encoding="utf-8")
        (folder / "hidden_tests.py").write_text(HIDDEN_TESTS, encoding="utf-8")
        expected = {"cells": [{"id": "probe-flag_names-fresh", "outputs": [{"text": SECRET}]}]}
        (folder / "grading.ipynb").write_text(json.dumps(expected, ensure_ascii=False), encoding="utf-8")
        sleeper = subprocess.Popen(["sleep", "600"], env={"TEACHER_TOKEN": SECRET})
        with socket.socket(socket.AF_UNIX) as unix, socket.socket(socket.AF_UNIX) as abstract:
            unix.bind(f"{name}/kernel-1")
            unix.listen()
            abstract.bind(f"\0{name}")
            abstract.listen()
            yield {
                "root": str(root()), "folder": name, "sleeper": str(sleeper.pid), "grader": str(os.getpid()),
                "port": str(server.getsockname()[1]), "secret": SECRET,
            }  # fmt: skip
            assert sleeper.poll() is None, "바깥의 과정이 죽었다"
        sleeper.kill()
        sleeper.wait()


Aim = Callable[[str], str]


@pytest.fixture(scope="session")
def aim(facts: dict[str, str]) -> Aim:
    """`«이름»`을 진짜 자리로 바꾼다."""

    def fill(source: str) -> str:
        return re.sub("«(.+?)»", lambda match: facts[match[1]], source).strip() + "\n"

    return fill


# 상자 안에서: 진짜 채점 ---------------------------------------------------------


def notebook(answers: dict[str, str]) -> dict[str, Any]:
    """연습문제의 답 셀을 채운 노트북."""
    filled = copy.deepcopy(json.loads((root() / "exercises" / f"{LESSON}.ipynb").read_text(encoding="utf-8")))
    for cell in filled["cells"]:
        if (name := cell["id"].removeprefix("answer-")) in answers:
            cell["source"] = answers[name]
    return filled


@pytest.fixture(scope="session")
def submit() -> Callable[..., dict[str, Any]]:
    """`submit(flag_names=글)`: 다른 문제는 풀이와 같은 제출물."""
    marker = re.compile(r"^ *### (BEGIN|END) SOLUTION\n?|  ### BLANK .*$", re.MULTILINE)
    right = {name: marker.sub("", text) for name, text in solutions(LESSON).items()}
    return lambda **changes: notebook({**right, **changes})


class Graded:
    """한꺼번에 채점한 결과: `result[이름]`, 결과 폴더, 남은 과정."""

    def __init__(self, results: dict[str, SubmissionResult], out: Path, exit_code: int) -> None:
        self.results, self.out, self.exit_code = results, out, exit_code
        self.left: list[str] = []
        self.peak = 0  # 일꾼 하나가 가장 많이 쓴 메모리


class Watch(threading.Thread):
    """일꾼들의 메모리를 지켜본다."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.peak, self.over = 0, threading.Event()

    def run(self) -> None:
        while not self.over.wait(0.1):
            for one in psutil.Process().children():
                with suppress(psutil.Error):
                    if "tcpedu.grading.worker" in one.cmdline():
                        self.peak = max(self.peak, one.memory_info().rss)


@pytest.fixture(scope="session")
def grade_folder() -> Callable[[Path], Graded]:
    def go(folder: Path) -> Graded:
        from tcpedu.grading import grade

        out = folder.with_name("결과")
        linux.prctl(linux.PR_SET_CHILD_SUBREAPER, 1)  # 부모를 잃은 과정이 이 과정의 자식이 되어 보인다
        before = {one.pid for one in psutil.Process().children(recursive=True)}
        watch = Watch()
        watch.start()
        summary = grade(folder, out, jobs=2, timeout=TIMEOUT)
        watch.over.set()
        family = [one for one in psutil.Process().children(recursive=True) if one.pid not in before]
        _, alive = psutil.wait_procs(family, timeout=10)
        graded = Graded({one.student: one for one in summary.results}, out, summary.exit_code)
        graded.left = [str(one) for one in alive if _is_running(one)]
        graded.peak = watch.peak
        return graded

    return go


@pytest.fixture(scope="module")
def class_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """한 반의 제출물을 둘 빈 폴더. 결과는 그 옆에 쌓이고, 둘레에는 다른 시험의 것이 없다."""
    folder = tmp_path_factory.mktemp("과목") / "1반" / "제출물"
    folder.mkdir(parents=True)
    return folder


@pytest.fixture(scope="module")
def graded(request: pytest.FixtureRequest, class_folder: Path, aim: Aim, submit, grade_folder) -> Graded:
    """모듈의 모든 공격을 한 반의 제출물로 채점한다."""
    module: ModuleType = request.module
    for name, (_, source) in module.ATTACKS.items():
        made = submit(**{VICTIM: aim(source)})
        (class_folder / f"{name}.ipynb").write_text(json.dumps(made), encoding="utf-8")
    (class_folder / "정직한 사람.ipynb").write_text(json.dumps(submit()), encoding="utf-8")
    return grade_folder(class_folder)


# 상자 밖에서: 공격이 진짜인가 -----------------------------------------------------


class BareBox(Box):
    """가두지 않은 커널. 자손까지 찾아서 끝낸다."""

    def kill(self, patience: float = 5.0) -> None:
        if self.pidfd >= 0:
            with suppress(ProcessLookupError):
                signal.pidfd_send_signal(self.pidfd, signal.SIGKILL)
            os.close(self.pidfd)
            self.pidfd = -1


class Bare:
    """가두지 않은 커널의 씨앗. `nursery()`를 대신한다."""

    def __init__(self, folder: str) -> None:
        self.folder = folder
        self.control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.control.settimeout(GUARD)
        path = os.pathsep.join([str(root()), folder])  # 숨긴 시험을 불러올 수 있는 보통의 채점기처럼
        environment = {**os.environ, "PYTHONPATH": path, "TEACHER_TOKEN": SECRET, "HOME": folder}
        script = Path(__file__).with_name("bare.py")
        with theirs:
            self.process = subprocess.Popen(
                [sys.executable, str(script), str(theirs.fileno())], pass_fds=[theirs.fileno()], env=environment,
                stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
            )  # fmt: skip
        assert self.control.recv(16) == b"ready"

    def box(self, listeners: list[socket.socket], key: str, **_: object) -> Box:
        home = tempfile.mkdtemp(dir=self.folder, prefix="k")
        message = json.dumps({"key": key, "home": home}).encode()
        socket.send_fds(self.control, [message], [one.fileno() for one in listeners])
        return BareBox(os.pidfd_open(int(self.control.recv(32))), "C")

    def family(self) -> list[psutil.Process]:
        children = psutil.Process(self.process.pid).children(recursive=True) if self.process.poll() is None else []
        return [one for one in children if _is_running(one)]

    def sweep(self) -> None:
        for one in self.family():
            with suppress(psutil.NoSuchProcess):
                one.kill()

    def close(self) -> None:
        self.sweep()
        self.process.kill()
        self.process.wait()
        self.control.close()


def _is_running(process: psutil.Process) -> bool:
    try:
        return process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


class Session:
    """커널 하나와 이야기한다. 셀이 찍은 글과 그 값, 오류를 한 글로 돌려준다."""

    def __init__(self, folder: Path, bare: Bare) -> None:
        (folder / "notebook").mkdir(exist_ok=True)
        self.kernel = DisposableKernel(tiers.SANDBOX, str(folder / "notebook"))
        self.bare = bare

    def run(self, code: str, patience: float = GUARD) -> str:
        asked = self.kernel.execute_cell_input(code)
        try:
            self.kernel.await_reply(asked, patience)
        except KernelDied:
            return "커널이 멈췄다"
        except OutputFlood:
            return "쏟아졌다"
        except Empty:
            return "끝나지 않았다"
        except (ValueError, TypeError, LookupError):
            return "메시지를 읽을 수 없다"
        return self._texts(asked)

    def _texts(self, asked: str) -> str:
        """nbval처럼 iopub을 읽는다: 알림이 올 때까지, 한 메시지에 2초까지."""
        texts: list[str] = []
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline:
            try:
                message = self.kernel.get_message("iopub", timeout=2)
            except KernelDied:
                return "".join(texts)
            except Empty:
                return "끝나지 않았다"
            except OutputFlood:
                return "쏟아졌다"
            kind, content = message["msg_type"], message["content"]
            if message["parent_header"].get("msg_id") != asked:
                continue
            if kind == "status" and content["execution_state"] == "idle":
                return "".join(texts)
            data = content.get("data") or {}
            texts.append(str(content.get("text") or data.get("text/plain") or content.get("evalue") or ""))
        return "끝나지 않는다"


@pytest.fixture(scope="session")
def _bare(facts: dict[str, str]) -> Iterator[list[Bare]]:
    kept: list[Bare] = []
    yield kept
    for one in kept:
        one.close()


@pytest.fixture
def bare_session(_bare: list[Bare], facts, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Session]:
    """가두지 않은 커널 하나."""
    if not _bare or _bare[-1].process.poll() is not None:
        _bare.append(Bare(facts["folder"]))
    bare = _bare[-1]
    monkeypatch.setattr("tcpedu.grading.provisioner.nursery", lambda _: bare)
    session = Session(tmp_path, bare)
    try:
        yield session
    finally:
        session.kernel.stop()
        bare.sweep()
        for planted in Path(facts["folder"]).glob("planted*"):
            planted.rmdir() if planted.is_dir() else planted.unlink()


def _soon(true: Callable[[], bool], patience: float = 10.0) -> bool:
    deadline = time.monotonic() + patience
    while not true() and time.monotonic() < deadline:
        time.sleep(0.02)
    return true()


def _says(session: Session, source: str, facts: dict[str, str]) -> bool:
    """답이 스스로 됐다고 말한다."""
    session.run(source)
    return WORKED in session.run("print(flag_names(2))")


def _marks(session: Session, source: str, facts: dict[str, str]) -> bool:
    """같은 과정에서 판정하는 시험 셀을 속인다."""
    session.run(source)
    return PASSED in session.run(TEST_CELL)


def _plants(session: Session, source: str, facts: dict[str, str]) -> bool:
    """바깥에 파일을 남긴다."""
    session.run(source)
    session.run("flag_names(2)", 5)
    return _soon(Path(facts["folder"], "planted").exists)


def _kills(session: Session, source: str, facts: dict[str, str]) -> bool:
    """커널이 죽거나 대답하지 않아서 남은 셀을 잃는다."""
    session.run(source, 2)
    session.run("flag_names(2)", 2)
    return "살아 있다" not in session.run("print('살아 있다')", 2)


def _hangs(session: Session, source: str, facts: dict[str, str]) -> bool:
    """끝나지 않는다."""
    said = session.run(source, 2)
    return "끝나지 않" in said or "끝나지 않" in session.run("flag_names(2)", 2)


def _floods(session: Session, source: str, facts: dict[str, str]) -> bool:
    """채점기로 한도를 넘게 쏟아 낸다."""
    words = "쏟아졌다", "끝나지 않"
    return any(word in session.run(code, 5) for code in (source, "flag_names(2)") for word in words)


def _leaves(session: Session, source: str, facts: dict[str, str]) -> bool:
    """커널을 죽여도 과정이 남는다."""
    session.run(source)
    session.run("flag_names(2)")
    session.kernel.kill()
    time.sleep(0.2)
    return bool(session.bare.family())


def _pickles(session: Session, source: str, facts: dict[str, str]) -> bool:
    """돌려준 값을 pickle로 나르는 채점기에서 명령이 돈다."""
    session.run(source)
    session.run("import pickle\npickle.loads(pickle.dumps(flag_names(2)))")
    return _soon(Path(facts["folder"], "planted").exists)


EVIDENCE = {
    "says": _says, "marks": _marks, "plants": _plants, "kills": _kills, "hangs": _hangs, "floods": _floods,
    "leaves": _leaves, "pickles": _pickles,
}  # fmt: skip


@pytest.fixture
def works_outside(bare_session: Session, facts, aim: Aim) -> Callable[[str, str], bool]:
    """가두지 않은 커널에서 공격이 통하는가."""
    return lambda way, source: EVIDENCE[way](bare_session, aim(source), facts)
