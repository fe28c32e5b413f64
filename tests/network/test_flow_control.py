"""흐름 제어의 순간들: 윈도우와 버퍼의 수가 기록의 세그먼트와 맞고, RFC 9293 §3.8.6의 규칙대로 움직인다."""

from __future__ import annotations

from itertools import pairwise

import pytest

from tcpedu.network.analysis import Mark
from tcpedu.network.flow_control import CLIENT, LONGEST, SERVER, FlowSettings, run_flow


@pytest.fixture(scope="module")
def run():
    return run_flow()


def test_everything_is_read_once(run):
    last = run.moments[-1]
    assert last.receiver.consumed == last.sender.acked == run.settings.size
    assert sum(moment.read for moment in run.moments) == run.settings.size


def test_places_count_from_the_first_byte(run):
    """ISS는 100이고 SYN이 번호 하나를 쓴다: 데이터의 첫 바이트는 101번이다."""
    for moment in run.moments:
        assert moment.sender.snd_una == 101 + moment.sender.acked
        assert moment.sender.snd_nxt == 101 + moment.sender.sent
        assert moment.receiver.rcv_nxt == 101 + moment.receiver.received
        assert moment.sender.send_edge == moment.sender.acked + moment.sender.snd_wnd


def test_the_buffer_never_holds_more_than_it_can(run):
    for moment in run.moments:
        receiver = moment.receiver
        assert receiver.readable + sum(right - left for left, right in receiver.waiting) <= run.settings.buffer
        assert receiver.receive_edge - receiver.consumed <= run.settings.buffer


def test_nothing_is_sent_beyond_the_window(run):
    """보내는 쪽은 알린 오른쪽 끝을 넘지 않는다. 제로 윈도우 탐침의 1바이트만 예외다 (§3.8.6.1)."""
    edges = {}
    for packet in run.trace.segments:
        if packet.src == SERVER and packet.arrived is not None:
            edges[packet.arrived] = packet.segment.ack + packet.segment.window
    for packet in run.trace.segments:
        if packet.src == CLIENT and packet.segment.payload:
            known = max(edge for at, edge in edges.items() if at <= packet.sent)
            probe = len(packet.segment.payload) == 1
            assert packet.segment.seq + len(packet.segment.payload) <= known + probe


def test_advertised_right_edge_never_moves_back(run):
    edges = [moment.receiver.receive_edge for moment in run.moments]
    assert edges == sorted(edges)


def test_window_is_what_the_header_said(run):
    for moment in run.moments:
        value, shift = moment.window_field
        assert value << shift == moment.sender.snd_wnd


def test_scaled_window_is_what_the_header_said():
    run = run_flow(FlowSettings(size=300_000, buffer=100_000, send_buffer=200_000, window_scale=4, read_rate=90_000.0))
    shifts = set()
    for moment in run.moments:
        value, shift = moment.window_field
        shifts.add(shift)
        assert value << shift == moment.sender.snd_wnd
        assert value <= 0xFFFF
    assert shifts == {0, 4}  # SYN,ACK의 값에는 스케일을 적용하지 않는다
    assert max(moment.sender.snd_wnd for moment in run.moments) > 0xFFFF


def test_probes_back_off_until_the_window_opens():
    """첫 탐침은 RTO(1초) 뒤, 그다음은 간격이 두 배다 (§3.8.6.1)."""
    run = run_flow(FlowSettings(read_rate=0))
    closed = next(moment.time for moment in run.moments if moment.sender.snd_wnd == 0)
    probes = [moment.time for moment in run.moments if Mark.ZERO_WINDOW_PROBE in moment.marks]
    gaps = [after - before for before, after in pairwise([closed, *probes])]
    assert gaps == pytest.approx([1, 2, 4, 8, 16, 32])
    assert run.moments[-1].receiver.consumed == 0
    assert run.moments[-1].time <= LONGEST


def test_persist_timer_is_told_while_it_runs(run):
    for moment in run.moments:
        waiting = moment.sender.snd_wnd == 0 and moment.sender.acked == moment.sender.sent < moment.sender.written
        assert (moment.sender.persist_at is not None) == waiting


def test_fast_reader_never_closes_the_window():
    run = run_flow(FlowSettings(read_rate=1e6, start=0.0, chunk=1000))
    assert all(moment.sender.snd_wnd for moment in run.moments)


def test_small_reads_do_not_open_the_window_little_by_little(run):
    """SWS 회피: 윈도우는 min(버퍼/2, MSS)만큼 늘기 전에는 열리지 않는다 (§3.8.6.2.2)."""
    edges = sorted({moment.receiver.receive_edge for moment in run.moments})
    assert min(b - a for a, b in pairwise(edges)) >= run.settings.mss


def test_empty_probe_carries_nothing():
    run = run_flow(FlowSettings(probe="empty"))
    probes = [moment for moment in run.moments if Mark.ZERO_WINDOW_PROBE in moment.marks]
    assert len(probes) == 2
    for moment in probes:
        (probe,) = moment.sent
        assert not probe.segment.payload
        assert probe.segment.seq == moment.sender.snd_una - 1  # 리눅스가 보내는 꼴


def test_connection_that_never_opens_says_so():
    with pytest.raises(ValueError, match="120초 안에 연결이 수립되지 않았습니다"):
        run_flow(FlowSettings(delay=100.0))


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"size": 0}, "보낼 크기는 1 이상의 정수"),
        ({"buffer": 1.5}, "수신 버퍼는 1 이상의 정수"),
        ({"chunk": -1}, "한 번에 읽는 크기는 1 이상"),
        ({"read_rate": -1}, "읽는 빠르기는 0 이상"),
        ({"start": float("nan")}, "읽기 시작하는 시각은 0 이상"),
        ({"delay": "빨리"}, "지연은 0 이상의 수"),
        ({"rate": 0}, "링크의 빠르기는 0보다 커야"),
        ({"size": 5_000_000}, "세그먼트가 1000개를 넘습니다"),
        ({"chunk": 1}, "너무 잘게 읽습니다: 1바이트씩으로는 24000바이트를"),
        ({"read_rate": 1e9}, "한 번에 읽는 크기를 늘리세요"),
        ({"window_scale": 15}, "윈도우 스케일은 0 이상 14 이하"),
        ({"buffer": 100, "window_scale": 10}, "알릴 수 없습니다"),
    ],
)
def test_bad_settings_say_why(settings, words):
    with pytest.raises(ValueError, match=words):
        FlowSettings(**settings)
