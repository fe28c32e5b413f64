"""무엇이 막았는지는 커널이 안다: 느린 쪽을 바꾸면 까닭도 바뀐다."""

from __future__ import annotations

import sys

import pytest

from tcpedu.lab.limited import Limits, limited

linux = pytest.mark.skipif(sys.platform != "linux", reason="리눅스의 TCP_INFO")


@pytest.mark.parametrize(
    ("busy", "rwnd", "sndbuf", "verdict"),
    [(0.1, 0.0, 0.0, "보내는 프로그램이 느리다"), (0.9, 0.1, 0.1, "길이나 CPU가 막는다"),
     (0.9, 0.8, 0.0, "받는 쪽이 느리다"), (0.9, 0.0, 0.8, "송신 버퍼가 작다")],
)  # fmt: skip
def test_the_largest_share_is_named(busy: float, rwnd: float, sndbuf: float, verdict: str) -> None:
    assert Limits(1.0, busy, rwnd, sndbuf).verdict == verdict


@linux
def test_a_slow_reader_shows_as_rwnd_limited() -> None:
    found = limited("reader")
    assert found.rwnd > 0.5 * found.busy > 0 and found.verdict == "받는 쪽이 느리다"


@linux
def test_a_slow_writer_shows_as_idle() -> None:
    found = limited("writer")
    assert found.busy < found.seconds and found.rwnd < 0.5 * found.seconds


def test_other_systems_hear_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    with pytest.raises(RuntimeError, match="리눅스에서만"):
        limited("nobody")
