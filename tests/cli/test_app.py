"""명령줄: 한국어 도움말, 한 문장 오류, 뜻이 있는 종료 코드."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import tcpedu
from tcpedu.cli import main
from tcpedu.lab.system import Report, Row

COMMANDS = ("lab", "check", "reset", "grade", "build", "doctor")
Capture = pytest.CaptureFixture[str]


@pytest.mark.parametrize("command", ["", *COMMANDS])
def test_help_is_korean(command: str, capsys: Capture) -> None:
    assert main([*command.split(), "--help"]) == 0
    text = capsys.readouterr().out
    assert "사용법: tcpedu" in text and "이 도움말을 보인다" in text
    assert not re.search(r"Usage|Options|Commands|Arguments|Show this|default:|required|\[OPTIONS\]", text)


def test_help_lists_every_command(capsys: Capture) -> None:
    main(["--help"])
    text = capsys.readouterr().out
    assert all(re.search(rf"│ {command} ", text) for command in COMMANDS)


def test_version(capsys: Capture) -> None:
    assert main(["--version"]) == 0
    assert capsys.readouterr().out == f"tcpedu {tcpedu.__version__}\n"


def test_python_m_tcpedu_is_the_same() -> None:
    done = subprocess.run([sys.executable, "-m", "tcpedu", "--version"], capture_output=True, encoding="utf-8")
    assert (done.returncode, done.stdout) == (0, f"tcpedu {tcpedu.__version__}\n")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["nope"], "'nope' 명령은 없습니다"),
        (["check"], "(노트북)이 빠졌습니다"),
        (["grade", "x"], "빠졌습니다"),
        (["grade", "x", "-o"], "-o 뒤에 값이 빠졌습니다"),
        (["grade", "x", "-o", "y", "-j", "0"], "쓸 수 없습니다"),
        (["build", "--foo"], "--foo 같은 선택 사항은 없습니다"),
    ],
)
def test_wrong_usage_is_one_sentence(arguments: list[str], words: str, capsys: Capture) -> None:
    assert main(arguments) == 2
    said = capsys.readouterr().err
    assert words in said and "--help" in said and said.count("\n") == 1


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["check", "없는.ipynb"], "'없는.ipynb' 노트북을 찾을 수 없습니다"),
        (["reset", "99_none.ipynb"], "연습문제 노트북이 아닙니다"),
        (["grade", "없는 폴더", "-o", "결과"], "'없는 폴더' 폴더를 찾을 수 없습니다"),
        (["build", "--check", "--execute"], "함께 쓸 수 없습니다"),
    ],
)
def test_wrong_paths_are_one_sentence(
    arguments: list[str], words: str, capsys: Capture, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(arguments) == 1
    said = capsys.readouterr().err
    assert words in said and said.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


def test_a_library_error_in_korean_is_shown_as_it_is(capsys: Capture, tmp_path: Path) -> None:
    (tmp_path / "a.ipynb").write_text("{}", encoding="utf-8")
    assert main(["grade", str(tmp_path), "-o", str(tmp_path / "결과"), "-a", "99"]) == 1
    assert "'99'이라는 과제는 없습니다" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("error", "code", "words"),
    [
        (ValueError("코드의 잘못"), 70, "뜻밖의 오류입니다 (ValueError"),
        (FileNotFoundError(2, "No such file", "노트북.ipynb"), 1, "'노트북.ipynb'"),
        (OSError(28, "No space left on device"), 1, "디스크가 가득"),
        (KeyboardInterrupt(), 130, "멈췄습니다"),
    ],
)
def test_an_error_never_shows_a_traceback(
    error: BaseException, code: int, words: str, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail() -> None:
        raise error

    monkeypatch.delenv("TCPEDU_DEBUG", raising=False)
    monkeypatch.setattr(tcpedu, "doctor", fail, raising=False)
    assert main(["doctor"]) == code
    said = capsys.readouterr()
    assert words in said.err and "Traceback" not in said.err + said.out


def test_debug_shows_the_whole_error(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> None:
        raise RuntimeError("속")

    monkeypatch.setenv("TCPEDU_DEBUG", "1")
    monkeypatch.setattr(tcpedu, "doctor", fail, raising=False)
    with pytest.raises(RuntimeError, match="속"):
        main(["doctor"])


@pytest.mark.parametrize(("ok", "code"), [(True, 0), (None, 0), (False, 1)])
def test_doctor_exit_code(ok: bool | None, code: int, capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tcpedu, "doctor", lambda: Report((Row("항목", ok, "값"),)), raising=False)
    assert main(["doctor"]) == code
    assert "항목: 값" in capsys.readouterr().out


def test_a_console_without_korean_does_not_crash() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tcpedu", "doctor"], capture_output=True, env={**os.environ, "PYTHONIOENCODING": "ascii"}
    )
    assert b"Traceback" not in done.stderr and b"jupyterlab" in done.stdout
