"""course.py: 아무것도 없는 컴퓨터에서 시작하기. 진짜 pip 대신, 부르는 대로 적어 두는 가짜 파이썬을 쓴다."""

import ast
import errno
import importlib.util
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

PYTHON = sys.executable
COURSE = Path(__file__).parents[1] / "course.py"
posix_only = pytest.mark.skipif(os.name == "nt", reason="가짜 파이썬이 셸 스크립트다")


def load() -> ModuleType:
    spec = importlib.util.spec_from_file_location("course_under_test", COURSE)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


course = load()


# 어떤 파이썬에서도 읽힌다


def test_old_pythons_can_read_the_file() -> None:
    ast.parse(COURSE.read_text(encoding="utf-8"), feature_version=(3, 6))


def test_only_the_standard_library() -> None:
    tree = ast.parse(COURSE.read_text(encoding="utf-8"))
    names = [alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names]
    names += [str(node.module) for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    assert {name.split(".")[0] for name in names} <= sys.stdlib_module_names


@pytest.mark.parametrize("version", [(2, 7), (3, 6), (3, 10)])
def test_old_python_is_told_what_to_do(version: tuple[int, int], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(course.shutil, "which", lambda name: "/usr/bin/x" if name == "python3.12" else None)
    with pytest.raises(course.Trouble, match=r"3\.11 이상.*`python3\.12 course\.py lab`"):
        course.require_python(version)
    monkeypatch.setattr(course.shutil, "which", lambda name: None)
    with pytest.raises(course.Trouble, match=r"python\.org"):
        course.require_python(version)


@pytest.mark.parametrize("version", [(3, 11), (3, 13), (4, 0)])
def test_new_python_is_fine(version: tuple[int, int]) -> None:
    course.require_python(version)


@pytest.mark.parametrize("name", ["python3.6", "python3.7", "python3.8", "python3.9", "python3.10"])
def test_a_real_old_python_says_one_sentence(name: str) -> None:
    if shutil.which(name) is None or subprocess.run([name, "-c", ""], capture_output=True).returncode:
        pytest.skip(f"{name}이(가) 없다")
    done = subprocess.run([name, str(COURSE), "lab"], capture_output=True, encoding="utf-8", errors="replace")
    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == 1


def test_missing_venv_module_names_the_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(course.importlib.util, "find_spec", lambda name: None if name == "ensurepip" else object())
    with pytest.raises(course.Trouble, match=r"sudo apt install python3\.\d+-venv"):
        course.require_venv_module()


def test_a_console_without_korean_does_not_crash() -> None:
    done = subprocess.run(
        [sys.executable, str(COURSE), "--help"], capture_output=True, env={**os.environ, "PYTHONIOENCODING": "ascii"}
    )
    assert done.returncode == 0
    assert b"course.py" in done.stdout and b"Traceback" not in done.stderr


def test_unknown_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert course.main(["labb"]) == 1
    assert capsys.readouterr().err.count("\n") == 1
    assert course.main([]) == 0
    assert "grade" in capsys.readouterr().out


# 오류를 한 문장으로


@pytest.mark.parametrize(
    ("output", "words"),
    [
        ("ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device", "디스크가 가득"),
        ("OSError: [WinError 112] There is not enough space on the disk", "디스크가 가득"),
        ("PermissionError: [Errno 13] Permission denied\n[Errno 28] No space left on device", "디스크가 가득"),
        ("OSError: [Errno 30] Read-only file system: '.venv/lib'", "쓸 수 없습니다"),
        ("ERROR: Could not install packages due to an OSError: [Errno 13] Permission denied: '/x'", "권한이 없습니다"),
        ("HINT: This error might have occurred since Windows Long Path support is off", "너무 깁니다"),
        ("PermissionError: [WinError 32] The process cannot access the file", "다른 프로그램이"),
        ("WARNING: Retrying after connection broken by 'NewConnectionError(Failed to establish a new connection: "
         "[Errno -3] Temporary failure in name resolution)'\nERROR: No matching distribution found for hatchling",
         "인터넷 연결"),
        ("ReadTimeoutError: HTTPSConnectionPool: Read timed out.", "인터넷 연결"),
        ("SSLError(SSLCertVerificationError(1, '[SSL: CERTIFICATE_VERIFY_FAILED]'))\nNewConnectionError", "인증서"),
        ("ERROR: No matching distribution found for pandas<4,>=2.2", "이 파이썬에 맞는"),
    ],
)  # fmt: skip
def test_pip_troubles_become_one_sentence(output: str, words: str) -> None:
    sentence = course.explain(output)
    assert words in sentence
    assert sentence.endswith("하세요.") and "\n" not in sentence


def test_an_unknown_trouble_is_not_guessed() -> None:
    assert course.explain("error: subprocess-exited-with-error") is None


@pytest.mark.parametrize(
    ("number", "words"),
    [(errno.ENOSPC, "디스크가 가득"), (errno.EROFS, "쓸 수 없습니다"), (errno.EACCES, "권한이 없습니다")],
)
def test_operating_system_troubles(number: int, words: str, monkeypatch: pytest.MonkeyPatch, capsys) -> None:  # type: ignore[no-untyped-def]
    def fail(*_: object) -> int:
        raise OSError(number, os.strerror(number), ".venv")

    monkeypatch.setattr(course, "start", fail)
    assert course.main(["lab"]) == 1
    assert words in capsys.readouterr().err


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("Collecting jupyterlab<5,>=4.6 (from tcpedu==0.1.0)\n", "찾는 중: jupyterlab"),
        ("Collecting rich==15.0.0\n", "찾는 중: rich 15.0.0"),
        ("  Downloading pandas-3.1.1-cp311-cp311-win_amd64.whl (12.3 MB)\n", "받는 중: pandas 3.1.1 (12.3 MB)"),
        ("  Using cached rich-15.0.0-py3-none-any.whl\n", "받는 중: rich 15.0.0"),
        ("Installing collected packages: a, b, c\n", "설치하는 중: 꾸러미 3개"),
        ("  Preparing editable metadata (pyproject.toml): started\n", "강의 꾸러미를 만드는 중"),
        ("Requirement already satisfied: pip in ./.venv\n", None),
        ("WARNING: something\n", None),
    ],
)
def test_pip_lines_become_progress(line: str, shown: str | None) -> None:
    assert course.read_pip(line) == shown


@pytest.mark.parametrize(("text", "columns", "fitted"), [("abc", 5, "abc"), ("가나다", 5, "가나"), ("a가b", 3, "a가")])
def test_a_progress_line_fits_the_terminal(text: str, columns: int, fitted: str) -> None:
    assert course.fit(text, columns) == fitted


# 준비

FAKE_PYTHON = """#!/bin/sh
here="$(dirname "$0")"
printf '%s\\n' "$*" >> "{calls}"
case "$*" in
  *"-m venv"*)
    for last; do :; done
    mkdir -p "$last/bin" && cp "$0" "$last/bin/python" && echo home > "$last/pyvenv.cfg" ;;
  *"-m pip"*) [ -f "{behaviour}" ] && . "{behaviour}" ;;
esac
exit ${{code:-0}}
"""


class Fake:
    """가짜 강의 폴더. `pip`에 셸 조각을 적으면 가짜 pip이 그대로 한다."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.root = folder / "강의 폴더"
        self.root.mkdir()
        (self.root / "requirements.lock").write_text("rich==15.0.0\n", encoding="utf-8")
        (self.root / "pyproject.toml").write_text("[project]\n", encoding="utf-8")
        self.log = folder / "calls"
        self.behaviour = folder / "behaviour"
        self.python = folder / "python3"
        self.python.write_text(FAKE_PYTHON.format(calls=self.log, behaviour=self.behaviour), encoding="utf-8")
        self.python.chmod(0o755)
        monkeypatch.setattr(course.sys, "executable", str(self.python))

    def prepare(self, *extras: str) -> list[str]:
        """준비하고, 그동안 무엇을 불렀는지 돌려준다(살펴본 것은 뺀다)."""
        before = len(self.calls())
        course.Setup(str(self.root)).prepare(extras)
        return self.calls()[before:]

    def calls(self) -> list[str]:
        lines = self.log.read_text(encoding="utf-8").splitlines() if self.log.exists() else []
        return [line for line in lines if "sys.version_info" not in line]

    def pip(self, shell: str) -> None:
        self.behaviour.write_text(shell, encoding="utf-8")

    @property
    def venv(self) -> Path:
        return self.root / ".venv"

    @property
    def stamp(self) -> Path:
        return self.venv / course.STAMP


@pytest.fixture
def fake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Fake]:
    yield Fake(tmp_path, monkeypatch)


def made_venv(calls: list[str]) -> bool:
    return any("-m venv" in call for call in calls)


@posix_only
def test_first_start_installs_and_second_does_nothing(fake: Fake) -> None:
    calls = fake.prepare()
    assert made_venv(calls)
    installs = [call for call in calls if "-m pip install" in call]
    assert len(installs) == 2
    assert all("-c requirements.lock" in call for call in installs)
    assert installs[0].endswith("hatchling editables")
    assert installs[1].endswith("--no-build-isolation -e .")
    started = time.monotonic()
    assert fake.prepare() == []
    assert time.monotonic() - started < 2


@posix_only
def test_pip_follows_the_users_own_configuration(fake: Fake) -> None:
    assert not re.search(r"index|://|find-links|--isolated|proxy", " ".join(fake.prepare("dev")))


@posix_only
def test_the_stamp_comes_last(fake: Fake) -> None:
    fake.pip(f'[ -e "{fake.stamp}" ] && echo "표가 먼저 있다" && code=1')
    fake.prepare()
    assert json.loads(fake.stamp.read_text(encoding="utf-8"))["extras"] == []
    fake.prepare("dev")  # 더 깔 때도 표부터 걷는다
    assert json.loads(fake.stamp.read_text(encoding="utf-8"))["extras"] == ["dev"]


@posix_only
def test_test_adds_the_dev_extra_and_lab_keeps_it(fake: Fake) -> None:
    fake.prepare()
    calls = fake.prepare("dev")
    assert not made_venv(calls)
    assert calls[-2].endswith("-e .[dev]")
    assert fake.prepare() == []
    (fake.root / "requirements.lock").write_text("rich==15.0.1\n", encoding="utf-8")
    assert fake.prepare()[-2].endswith("-e .[dev]")


@posix_only
@pytest.mark.parametrize("name", ["requirements.lock", "pyproject.toml"])
def test_changed_requirements_are_installed_into_the_same_venv(fake: Fake, name: str) -> None:
    fake.prepare()
    (fake.root / name).write_text("# 달라졌다\n", encoding="utf-8")
    calls = fake.prepare()
    assert calls and not made_venv(calls)


@posix_only
def test_a_moved_folder_is_set_up_again(fake: Fake) -> None:
    fake.prepare()
    fake.root = fake.root.rename(fake.root.with_name("옮긴 곳"))
    assert made_venv(fake.prepare())


@posix_only
def test_another_python_version_is_set_up_again(fake: Fake, monkeypatch: pytest.MonkeyPatch) -> None:
    fake.prepare()
    monkeypatch.setattr(course.sys, "version_info", (3, 19, 0, "final", 0))
    assert made_venv(fake.prepare())


@posix_only
def test_a_broken_python_is_set_up_again(fake: Fake) -> None:
    fake.prepare()
    (fake.venv / "bin" / "python").unlink()
    (fake.venv / "bin" / "python").symlink_to("/nonexistent/python3.11")
    assert made_venv(fake.prepare())
    assert not list(fake.root.glob(".venv.old-*"))


@posix_only
@pytest.mark.parametrize("rest", ["없음", "빈 폴더", "만든이 표만", "반쯤 만든 것", "깨진 표"])
def test_a_half_finished_set_up_recovers(fake: Fake, rest: str) -> None:
    if rest != "없음":
        fake.venv.mkdir()
    if rest in ("만든이 표만", "반쯤 만든 것", "깨진 표"):
        (fake.venv / course.OWNER).write_text("", encoding="utf-8")
    if rest in ("반쯤 만든 것", "깨진 표"):
        shutil.copytree(fake.venv, fake.venv / "lib" / "rich")
        (fake.venv / "bin").mkdir()
        shutil.copy(fake.python, fake.venv / "bin" / "python")
    if rest == "깨진 표":
        fake.stamp.write_text('{"base": ', encoding="utf-8")
    assert made_venv(fake.prepare())
    assert fake.prepare() == []
    assert not (fake.venv / "lib").exists()


@posix_only
@pytest.mark.parametrize(
    ("says", "words"),
    [
        ("ERROR: [Errno 28] No space left on device", "디스크가 가득"),
        ("WARNING: NewConnectionError\\nERROR: No matching distribution found for hatchling", "인터넷 연결"),
        ("뜻밖의 일", ".venv 폴더를 지우고"),
    ],
)
def test_a_failed_install_says_why_and_the_next_run_recovers(fake: Fake, says: str, words: str) -> None:
    fake.pip(f"printf '{says}\\n'; code=1")
    with pytest.raises(course.Trouble, match=words) as trouble:
        fake.prepare()
    assert ".venv/setup.log" in str(trouble.value).replace(os.sep, "/")
    assert says.split("\\n")[0] in (fake.venv / "setup.log").read_text(encoding="utf-8")
    assert not fake.stamp.exists()
    fake.pip("")
    assert made_venv(fake.prepare())
    assert fake.stamp.exists()


@posix_only
def test_a_full_disk_is_measured_after_the_leftovers_are_gone(fake: Fake, monkeypatch: pytest.MonkeyPatch) -> None:
    (fake.venv / "lib").mkdir(parents=True)
    sizes = shutil.disk_usage(fake.root)
    monkeypatch.setattr(
        course.shutil, "disk_usage",
        lambda folder: sizes if not (fake.venv / "lib").exists() else sizes._replace(free=0),
    )  # fmt: skip
    fake.prepare()
    monkeypatch.setattr(course.shutil, "disk_usage", lambda folder: sizes._replace(free=10 * 2**20))
    (fake.venv / "bin" / "python").unlink()
    with pytest.raises(course.Trouble, match="10MB밖에"):
        fake.prepare()


@posix_only
def test_a_venv_made_by_hand_is_used(fake: Fake) -> None:
    (fake.venv / "bin").mkdir(parents=True)
    shutil.copy(fake.python, fake.venv / "bin" / "python")
    (fake.venv / "내 것").write_text("", encoding="utf-8")
    assert not made_venv(fake.prepare())
    assert (fake.venv / "내 것").exists()


@posix_only
def test_something_else_called_venv_is_left_alone(fake: Fake) -> None:
    fake.venv.mkdir()
    (fake.venv / "일기.txt").write_text("", encoding="utf-8")
    with pytest.raises(course.Trouble, match="가상 환경이 아닙니다"):
        fake.prepare()
    assert (fake.venv / "일기.txt").exists()


def test_a_course_without_its_lock_file(tmp_path: Path) -> None:
    with pytest.raises(course.Trouble, match=r"requirements\.lock 파일이 없습니다"):
        course.Setup(str(tmp_path)).key()


@posix_only
def test_two_starts_at_once_install_once(fake: Fake, capsys: pytest.CaptureFixture[str]) -> None:
    fake.pip("sleep 0.4")
    threads = [threading.Thread(target=fake.prepare) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert sum("-m venv" in call for call in fake.calls()) == 1
    assert "다른 창에서 설치하고 있습니다" in capsys.readouterr().out


@posix_only
def test_a_lock_left_by_a_dead_program_does_not_block(fake: Fake) -> None:
    (fake.root / ".venv.lock").write_text("12345", encoding="utf-8")
    started = time.monotonic()
    fake.prepare()
    assert time.monotonic() - started < 10


@posix_only
@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_stopping_during_the_install(fake: Fake, number: int, code: int) -> None:
    shutil.copy(COURSE, fake.root)
    fake.pip("echo $$ > " + f'"{fake.log}.pid"' + "; exec sleep 60")
    program = (  # 뒤에서 돌린 시험에서는 SIGINT를 무시하는 것까지 물려받는다: 터미널에서처럼 되돌린다
        "import signal, sys; signal.signal(signal.SIGINT, signal.default_int_handler); sys.path.insert(0, '.');"
        f"import course; course.sys.executable = {str(fake.python)!r}; sys.exit(course.main(['doctor']))"
    )
    child = subprocess.Popen(
        [PYTHON, "-c", program], cwd=fake.root, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    noted = Path(f"{fake.log}.pid")
    deadline = time.monotonic() + 20
    while not noted.exists() or not noted.read_text(encoding="utf-8").strip():
        assert time.monotonic() < deadline and child.poll() is None
        time.sleep(0.05)
    child.send_signal(number)
    _, said = child.communicate(timeout=20)
    assert child.returncode == code
    assert b"Traceback" not in said
    with pytest.raises(ProcessLookupError):  # 설치하던 자식도 남지 않는다
        os.kill(int(noted.read_text(encoding="utf-8")), 0)
    assert not fake.stamp.exists()
    fake.pip("")
    assert made_venv(fake.prepare())


# 넘겨받는 명령


@posix_only
@pytest.mark.parametrize(
    ("arguments", "command", "at_root"),
    [
        (["lab", "--port", "8899"], ["-P", "-m", "tcpedu", "lab", "--port", "8899"], True),
        (["test", "-x", "-k", "seq"], ["-m", "pytest", "-x", "-k", "seq"], True),
        (["check", "내 답.ipynb"], ["-P", "-m", "tcpedu", "check", "내 답.ipynb"], False),
        (["grade", "제출물", "-o", "결과"], ["-P", "-m", "tcpedu", "grade", "제출물", "-o", "결과"], False),
    ],
)
def test_arguments_are_passed_on_as_they_are(
    fake: Fake, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, arguments: list[str], command: list[str], at_root: bool
) -> None:
    """강의실과 시험은 강의 폴더에서, 파일을 받는 명령은 부른 자리에서 돈다."""
    started: list[tuple[list[str], str]] = []
    monkeypatch.setattr(course.os, "execv", lambda path, argv: started.append((argv, os.getcwd())) or sys.exit(0))
    monkeypatch.setattr(course, "ROOT", str(fake.root))
    monkeypatch.setattr(course.Setup, "__init__", _init_at(str(fake.root)))
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit):
        course.main(arguments)
    python = str(fake.venv / "bin" / "python")
    assert started == [([python, *command], str(fake.root if at_root else tmp_path))]


def _init_at(root: str):  # type: ignore[no-untyped-def]
    original = course.Setup.__init__
    return lambda self: original(self, root)


def run_all(fake: Fake, monkeypatch: pytest.MonkeyPatch, codes: list[int]) -> tuple[int, list[list[str]]]:
    """인자 없는 `test`: 차례로 띄운 명령과 끝난 번호."""
    ran: list[list[str]] = []
    monkeypatch.setattr(course, "wait_for", lambda command: ran.append(command) or codes[len(ran) - 1])
    monkeypatch.setattr(course, "ROOT", str(fake.root))
    monkeypatch.setattr(course.Setup, "__init__", _init_at(str(fake.root)))
    monkeypatch.chdir(fake.root)
    return course.main(["test"]), ran


def test_the_whole_suite_is_shared_between_cores_and_benchmarks_run_alone(
    fake: Fake, monkeypatch: pytest.MonkeyPatch
) -> None:
    code, (shared, alone) = run_all(fake, monkeypatch, [0, 0])
    assert code == 0
    assert shared[1:4] == ["-m", "pytest", "-n"] and shared[-2:] == ["--ignore", "tests/benchmarks"]
    assert alone[1:] == ["-m", "pytest", "tests/benchmarks"]


@pytest.mark.parametrize(("codes", "code", "commands"), [([1, 0], 1, 1), ([0, 3], 3, 2), ([2, 0], 2, 1)])
def test_a_failing_half_fails_the_whole(
    fake: Fake, monkeypatch: pytest.MonkeyPatch, codes: list[int], code: int, commands: int
) -> None:
    found, ran = run_all(fake, monkeypatch, codes)
    assert (found, len(ran)) == (code, commands)
