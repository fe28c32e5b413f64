"""doctor: 이 컴퓨터를 살피되 아무것도 바꾸지 않는다."""

import errno
import sys
import time
from importlib import metadata

import pytest

import tcpedu
from tcpedu.lab import system
from tcpedu.lab.system import KERNEL_ITEM, Report, Row, explain, other_system


def test_doctor_is_quick_and_calm() -> None:
    started = time.monotonic()
    report = tcpedu.doctor()
    assert time.monotonic() - started < 3  # 보통 0.2초. 함께 도는 시험에 밀릴 수 있다
    items = {row.item: row for row in report.rows}
    assert items["파이썬"].value.startswith(sys.version.split()[0].rstrip("+"))
    assert items["jupyterlab"].value == metadata.version("jupyterlab")
    assert items[KERNEL_ITEM].ok in (True, None)
    assert report.ready, repr(report)


def test_the_two_pictures_of_a_report_say_the_same() -> None:
    report = Report((Row("파이썬", True, "3.11"), Row("글꼴", False, "없음", "다시 | 받으세요")))
    text, markdown = repr(report), report._repr_markdown_()
    for part in ("✅", "❌", "3.11", "없음", report.summary):
        assert part in text and part in markdown
    assert "다시 | 받으세요" in text and "다시 \\| 받으세요" in markdown
    assert not report.ready


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ((Row("파이썬", False, "3.9"),), "빠진 것이 있습니다"),
        ((Row(KERNEL_ITEM, True, ""),), "이 컴퓨터에서"),
        ((Row(KERNEL_ITEM, None, ""),), "기록해 둔 실행"),
    ],
)
def test_summary(rows: tuple[Row, ...], words: str) -> None:
    assert words in Report(rows).summary


def test_a_missing_package_is_a_problem(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(system, "PACKAGES", ("tcpedu-no-such-package",))
    (row,) = system.package_rows()
    assert row.ok is False and "course.py lab" in row.advice


def test_missing_front_ends_are_a_problem(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(system, "FRONT_ENDS", ("anywidget", "@no/such"))
    row = system.widget_row()
    assert row.ok is False and row.value == "없음: @no/such"


@pytest.mark.parametrize(
    ("step", "number", "words"),
    [
        ("unshare", errno.ENOSPC, "max_user_namespaces"),
        ("unshare", errno.EPERM, "컨테이너"),
        ("unshare", errno.EINVAL, "지원하지 않습니다"),
        ("map", errno.EPERM, "apparmor"),
        ("attach", errno.EPERM, "apparmor"),
        ("open", errno.ENOENT, "/dev/net/tun이 없습니다"),
        ("open", errno.EACCES, "권한"),
        ("attach", errno.EBUSY, "EBUSY"),
        ("start", 0, "띄우지 못했습니다"),
    ],
)
def test_every_obstacle_has_a_sentence(step: str, number: int, words: str) -> None:
    sentence = explain(step, number)
    assert sentence is not None and words in sentence


def test_no_obstacle_no_sentence() -> None:
    assert explain("done", 0) is None


@pytest.mark.parametrize(("name", "words"), [("darwin", "macOS"), ("win32", "WSL2"), ("freebsd14", "freebsd14")])
def test_other_systems(name: str, words: str) -> None:
    assert words in str(other_system(name))


def test_linux_is_tried() -> None:
    assert other_system("linux") is None


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="리눅스에서만 해 본다")
def test_trying_leaves_the_network_as_it_was() -> None:
    with open("/proc/net/dev", encoding="ascii") as file:
        before = [line.split(":")[0] for line in file]
    step, _ = system.try_kernel()
    with open("/proc/net/dev", encoding="ascii") as file:
        assert [line.split(":")[0] for line in file] == before
    assert step in ("unshare", "map", "open", "attach", "done")


def test_the_child_may_fail_to_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(system.sys, "executable", "/no/such/python")
    assert system.try_kernel() == ("start", 0)
