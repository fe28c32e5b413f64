"""기록의 도표: 돌려주는 표가 기록의 수이고, 그린 선이 그 표다."""

from __future__ import annotations

import io
import warnings
from math import inf, isnan

import matplotlib
import matplotlib.pyplot as plt
import pytest

from tcpedu.network import scenarios
from tcpedu.network.contest import Contest, Runner, compete
from tcpedu.protocol.congestion import Cubic
from tcpedu.view import plot_cwnd, plot_queue, plot_rtt, plot_throughput, plot_time_sequence

matplotlib.use("agg")
SENDERS = ["보내는 쪽 1", "보내는 쪽 2"]


@pytest.fixture(scope="module")
def trace():
    return compete(Contest((Runner(), Runner(Cubic, start=1.0)), duration=5.0)).trace


@pytest.fixture(autouse=True)
def close():
    yield
    plt.close("all")


def line(figure, label):
    return next(one for one in figure.axes[0].lines if one.get_label() == label)


def test_cwnd_is_the_trace(trace):
    figure, data = plot_cwnd(trace, SENDERS)
    for name in SENDERS:
        told = [(one.time, one.cwnd / 1460, one.phase) for one in trace.windows if one.host == name]
        mine = data[data["보내는 쪽"] == name]
        assert list(zip(mine["시각"], mine["cwnd"], mine["단계"], strict=True)) == told
        assert list(line(figure, f"cwnd ({name})").get_ydata()) == [value for _, value, _ in told]
    never = [one.ssthresh == inf for one in trace.windows if one.host == SENDERS[0]]
    assert [isnan(value) for value in data[data["보내는 쪽"] == SENDERS[0]]["ssthresh"]] == never


def test_lines_differ_in_more_than_colour(trace):
    figure, _ = plot_cwnd(trace, SENDERS)
    first, second = (line(figure, f"cwnd ({name})") for name in SENDERS)
    assert first.get_linestyle() != second.get_linestyle()
    assert first.get_marker() != second.get_marker()
    assert first.get_color() != second.get_color()


def test_time_sequence_has_every_segment_once():
    run = scenarios.one_loss(segments=30, lost=12)
    _, data = plot_time_sequence(run)
    counts = data["종류"].value_counts()
    assert (counts["처음 보냄"], counts["재전송"], counts["잃음"]) == (30, 1, 1)
    lost = data[data["종류"] == "잃음"].iloc[0]
    assert (lost["처음"], lost["끝"]) == (11_001, 12_001)
    assert data[data["종류"] == "확인받은 곳"]["끝"].max() == 30_002  # 데이터 30000, SYN과 FIN
    assert list(data["시각"]) == sorted(data["시각"])


def test_time_sequence_of_a_part(trace):
    _, data = plot_time_sequence(trace, SENDERS[0], start=1.0, end=2.0)
    assert data["시각"].between(1.0, 2.0).all()
    assert {"처음 보냄", "확인받은 곳", "SACK"} <= set(data["종류"])


def test_throughput_adds_up():
    run = scenarios.burst_loss(segments=40)
    _, data = plot_throughput(run, interval=0.1)
    assert data["유효 처리율"].sum() * 0.1 * 1e6 / 8 == pytest.approx(40_000)
    assert (data["처리율"] >= data["유효 처리율"] - 1e-12).all()


def test_a_run_that_was_stopped_has_no_half_bin(trace):
    _, data = plot_throughput(trace, SENDERS, interval=0.5)
    assert data["시각"].max() == pytest.approx(4.75)


def test_queue_is_the_trace(trace):
    figure, data = plot_queue(trace)
    told = trace.queues["왼쪽 라우터", "오른쪽 라우터"]
    assert list(zip(data["시각"], data["패킷"], strict=True)) == told
    assert "왼쪽 라우터 → 오른쪽 라우터" in figure.axes[0].get_title()


def test_rtt_is_the_path_plus_the_queue(trace):
    _, data = plot_rtt(trace, SENDERS[0])
    samples = data[data["종류"] == "표본"]["값"]
    packet = 12.0  # 1500바이트를 1 Mbit/s로, ms
    assert samples.min() >= 100.0
    assert samples.max() <= 100.0 + 22 * packet
    smoothed = [one.srtt * 1000 for one in trace.windows if one.host == SENDERS[0] and one.srtt is not None]
    assert list(data[data["종류"] == "SRTT"]["값"]) == smoothed


@pytest.mark.parametrize(
    ("draw", "words"),
    [
        (lambda trace: plot_cwnd(trace, "나"), "기록에 없는 호스트입니다: 나"),
        (lambda trace: plot_cwnd(trace, "받는 쪽 1"), "받는 쪽 1에서 보낸 데이터가 없습니다"),
        (lambda trace: plot_cwnd(trace, []), "흐름은 하나부터 4개까지 그립니다: 0"),
        (lambda trace: plot_queue(trace, ("a", "b")), "기록에 그런 큐가 없습니다"),
        (lambda trace: plot_queue(scenarios.handshake()), "있는 것: 없습니다"),
        (lambda trace: plot_throughput(trace, interval=0), "구간은 0보다 커야"),
        (lambda trace: plot_rtt(scenarios.handshake()), "데이터를 실은 세그먼트가 없습니다"),
    ],
)
def test_refusals(trace, draw, words):
    with pytest.raises(ValueError, match=words):
        draw(trace)


@pytest.mark.parametrize("draw", [plot_cwnd, plot_time_sequence, plot_throughput, plot_queue, plot_rtt])
def test_no_letter_is_a_box(trace, draw):
    figure, _ = draw(trace)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        figure.savefig(io.BytesIO(), format="png")
    assert figure.axes[0].get_xlabel() == "시각 (초)"
    assert figure.axes[0].get_ylabel()
