"""커널 값: `sysctl` 명령과 같게 읽고, 아무것도 바꾸지 않으며, 입력할 줄은 글일 뿐이다."""

from __future__ import annotations

import doctest
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tcpedu.lab import sysctls as module
from tcpedu.lab.sysctl_notes import NOTES, RECORDED, TOPICS
from tcpedu.lab.sysctls import parse_sysctl, read_values, sysctl_line, system_values

linux = pytest.mark.skipif(sys.platform != "linux", reason="리눅스의 /proc/sys")


def test_examples() -> None:
    result = doctest.testmod(module)
    assert result.attempted and not result.failed


@pytest.mark.parametrize(
    ("text", "value"),
    [("a = 1", 1), ("a=1\t2 3", [1, 2, 3]), ("a = cubic", "cubic"), ("a = reno cubic", "reno cubic"), ("a =", ""),
     ("a = -1", -1), ("a = 0000-0000", "0000-0000"), ("a = b=c", "b=c"), ("a=1\na=2", 2)],
)  # fmt: skip
def test_values_become_what_they_are(text: str, value: object) -> None:
    assert parse_sysctl(text) == {"a": value}


def test_what_is_not_a_setting_is_skipped() -> None:
    assert parse_sysctl("\n# a = 1\n  ; b = 2\nsysctl: denied\n") == {}


@linux
def test_the_command_says_the_same() -> None:
    command = shutil.which("sysctl", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin")
    if command is None:
        pytest.skip("sysctl이 없다")
    names = [note.name for note in NOTES if read_values([note.name])]
    done = subprocess.run([command, *names], capture_output=True, text=True, check=True, encoding="utf-8")
    assert parse_sysctl(done.stdout) == read_values(names)


def test_a_line_is_written_back_as_it_was_read() -> None:
    for name, value in parse_sysctl(RECORDED).items():
        line = sysctl_line(name, value).removeprefix("sudo sysctl -w ").replace('"', "")
        assert parse_sysctl(line) == {name: value}


def tree(root: Path, **values: str) -> Path:
    for name, value in values.items():
        path = root.joinpath("net", "ipv4", name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(value + "\n", encoding="ascii")
    return root


def test_this_computer_is_compared_with_the_default(tmp_path: Path) -> None:
    root = tree(tmp_path, tcp_keepalive_time="60", tcp_keepalive_intvl="75")
    table = system_values("keepalive", "linux", root)
    assert table.live and table["tcp_keepalive_time"] == 60 and table["net.ipv4.tcp_keepalive_intvl"] == 75
    verdicts = {row.note.name.removeprefix("net.ipv4."): row.differs for row in table.rows}
    assert verdicts == {
        "tcp_keepalive_time": True, "tcp_keepalive_intvl": False, "tcp_keepalive_probes": False, "tcp_retries2": False,
    }  # fmt: skip
    for text in (repr(table), table._repr_markdown_()):
        assert "60" in text and "다름" in text and "이 커널에 없음" in text
    with pytest.raises(KeyError, match="표에 없는 이름입니다: tcp_rmem"):
        table["tcp_rmem"]


def test_nothing_is_ever_written(tmp_path: Path) -> None:
    root = tree(tmp_path, tcp_sack="0", tcp_timestamps="1")
    before = {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in root.rglob("*") if path.is_file()}
    repr(system_values(None, "linux", root)), system_values(None, "linux", root).lines
    assert before == {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in root.rglob("*") if path.is_file()}


@pytest.mark.parametrize("system", ["darwin", "win32"])
def test_elsewhere_recorded_values_are_shown_and_said_to_be(system: str) -> None:
    table = system_values("buffers", system)
    assert not table.live and "이 운영체제에 없습니다" in repr(table) and "6.18" in table.source
    assert table["tcp_rmem"] == [4096, 131072, 33554432]


def test_every_value_is_explained_and_recorded() -> None:
    assert {note.topic for note in NOTES} == set(TOPICS)
    assert {note.name for note in NOTES} == set(parse_sysctl(RECORDED))
    assert all(note.meaning and note.unit for note in NOTES)
    table = system_values(system="darwin")
    assert len(table.lines.splitlines()) == sum(1 for note in NOTES if note.default)
    assert all(line.startswith("sudo sysctl -w net.") for line in table.lines.splitlines())


def test_unknown_topic() -> None:
    with pytest.raises(ValueError, match="모르는 갈래입니다: speed"):
        system_values("speed")
