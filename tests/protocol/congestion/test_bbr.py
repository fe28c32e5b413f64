"""BBR의 모형을 병목 하나를 지나는 흐름에서 시험한다 (draft-cardwell-iccrg-bbr-congestion-control-00)."""

import heapq
import itertools
import math
from collections.abc import Callable
from statistics import mean

import pytest

from tcpedu.protocol.congestion import Bbr, BbrEvent, BbrPhase
from tcpedu.protocol.congestion.bbr import GAIN_CYCLE, HIGH_GAIN
from tcpedu.protocol.congestion.bbr_phases import PHASES
from tcpedu.protocol.congestion.path_model import PathModel

MSS = 1000


class Bottleneck:
    """속도 `rate`(바이트/초), 왕복 지연 `delay`인 병목을 지나는 흐름 하나. 큐는 넘치지 않는다."""

    def __init__(self, control: Bbr, rate: float = 1_250_000, delay: float = 0.04) -> None:
        self.control, self.rate, self.delay = control, rate, delay
        self.now = self.free_at = self.next_send = 0.0
        self.in_flight = 0
        self.queues: list[tuple[float, float]] = []  # (시각, 큐에서 기다린 시간)
        self.phases: list[tuple[float, BbrPhase]] = []
        self._acks: list[tuple[float, float]] = []

    def run(self, until: float) -> None:
        while True:
            ack_at = self._acks[0][0] if self._acks else math.inf
            send_at = max(self.next_send, self.now) if self.in_flight + MSS <= self.control.cwnd else math.inf
            if min(ack_at, send_at) > until:
                self.now = until
                return
            if send_at < ack_at:
                self._send(send_at)
            else:
                self._ack()

    def _send(self, now: float) -> None:
        self.now = now
        start = max(now, self.free_at)
        self.free_at = start + MSS / self.rate
        self.queues.append((now, start - now))
        heapq.heappush(self._acks, (self.free_at + self.delay, now))
        self.in_flight += MSS
        if self.control.pacing_rate:
            self.next_send = now + MSS / self.control.pacing_rate

    def _ack(self) -> None:
        self.now, sent = heapq.heappop(self._acks)
        self.control.on_ack(MSS, self.now - sent, self.in_flight, self.now)
        self.in_flight -= MSS
        if not self.phases or self.phases[-1][1] is not self.control.phase:
            self.phases.append((self.now, self.control.phase))

    def queue_between(self, begin: float, end: float) -> list[float]:
        return [wait for time, wait in self.queues if begin <= time < end]


def test_constants_of_the_draft() -> None:
    """2/ln 2 = 2.89 (§4.3.2.1), 여덟 단계의 평균은 1 (§4.3.4.1)."""
    assert pytest.approx(2.885, abs=1e-3) == HIGH_GAIN
    assert len(GAIN_CYCLE) == 8 and mean(GAIN_CYCLE) == 1


def test_it_finds_the_bottleneck_and_its_delay() -> None:
    """10 Mbit/s, 40 ms: BtlBw와 RTprop을 2% 안에서 맞힌다. BDP는 50 세그먼트다."""
    path = Bottleneck(Bbr(MSS))
    path.run(3.0)
    model = path.control.model
    assert model.btlbw == pytest.approx(1_250_000, rel=0.02)
    assert model.rtprop == pytest.approx(0.0408, rel=0.02)
    assert model.bdp() == pytest.approx(51_000, rel=0.03)


def test_startup_drain_probe_bw() -> None:
    """§4.3: STARTUP은 log₂(BDP/IW)와 세 왕복쯤에 끝나고, DRAIN이 큐를 비운 뒤 PROBE_BW에 머문다."""
    path = Bottleneck(Bbr(MSS))
    path.run(3.0)
    assert [phase for _, phase in path.phases] == [BbrPhase.STARTUP, BbrPhase.DRAIN, BbrPhase.PROBE_BW]
    _, drain, probe = (time for time, _ in path.phases)
    assert 0.2 < drain < 0.6 and drain < probe < drain + 0.25
    assert max(path.queue_between(0, probe)) > 0.03  # STARTUP은 큐를 쌓는다
    steady = path.queue_between(1.0, 3.0)
    assert max(steady) < 0.02 and mean(steady) < 0.008  # 묶어 보내는 몫 여섯 세그먼트가 4.8 ms다
    assert path.control.cwnd == pytest.approx(2 * 51_000 + 6 * MSS, rel=0.03)


def test_probe_bw_walks_the_gain_cycle() -> None:
    """1.25, 0.75, 그 뒤 1이 여섯 번. 1인 단계는 RTprop씩이다 (§4.3.4)."""
    path = Bottleneck(Bbr(MSS, cycle_start=0))
    path.run(1.0)
    seen: list[tuple[float, int]] = []
    for step in range(1000):
        path.run(1.0 + step / 1000)
        if not seen or seen[-1][1] != path.control.cycle_index:
            seen.append((path.now, path.control.cycle_index))
            assert path.control.pacing_gain == GAIN_CYCLE[path.control.cycle_index]
    indices = [index for _, index in seen]
    assert indices == [(indices[0] + step) % 8 for step in range(len(indices))] and len(indices) > 16
    cruise = [after - before for (before, index), (after, _) in itertools.pairwise(seen[1:]) if index >= 2]
    assert all(time == pytest.approx(0.041, abs=0.004) for time in cruise)


def test_throughput_is_the_bottleneck_rate() -> None:
    path = Bottleneck(Bbr(MSS))
    path.run(1.0)
    before = path.control.model.delivered
    path.run(9.0)
    assert (path.control.model.delivered - before) / 8 == pytest.approx(1_250_000, rel=0.02)


def test_a_slower_bottleneck_is_noticed_after_ten_rounds() -> None:
    """최댓값은 열 왕복 동안 남는다 (§4.1.1.2). 그사이에는 큐가 쌓이고, 그 뒤에는 새 속도를 따른다."""
    path = Bottleneck(Bbr(MSS))
    path.run(2.0)
    path.rate = 625_000
    path.run(2.2)
    assert path.control.model.btlbw == pytest.approx(1_250_000, rel=0.02)
    path.run(4.0)
    assert path.control.model.btlbw == pytest.approx(625_000, rel=0.05)


def test_a_faster_bottleneck_is_found_by_probing() -> None:
    """1.25배로 살피므로 두 배가 된 대역폭을 서너 바퀴에 찾는다: ln 2/ln 1.25 = 3.1."""
    path = Bottleneck(Bbr(MSS))
    path.run(2.0)
    path.rate = 2_500_000
    path.run(2.0 + 5 * 8 * 0.045)
    assert path.control.model.btlbw == pytest.approx(2_500_000, rel=0.03)


def test_a_longer_path_is_learned_only_through_probe_rtt() -> None:
    """RTprop은 10초 동안 남고, 만료되면 PROBE_RTT가 cwnd를 4로 줄여 200 ms 동안 다시 잰다 (§4.3.5)."""
    path = Bottleneck(Bbr(MSS))
    path.run(1.0)
    path.delay = 0.08
    path.run(10.0)
    assert path.control.model.rtprop == pytest.approx(0.0408, rel=0.02)
    path.run(13.0)
    (began, ended), phases = [time for time, _ in path.phases[-2:]], [phase for _, phase in path.phases]
    assert phases[2:] == [BbrPhase.PROBE_BW, BbrPhase.PROBE_RTT, BbrPhase.PROBE_BW]
    assert 10.0 < began < 10.3 and 0.2 < ended - began < 0.6
    assert path.control.model.rtprop == pytest.approx(0.0808, rel=0.02)
    assert path.control.model.btlbw == pytest.approx(1_250_000, rel=0.05)  # 적게 보낸 동안의 표본은 버린다
    assert path.control.cwnd > 100 * MSS


def test_cwnd_is_four_segments_in_probe_rtt() -> None:
    path = Bottleneck(Bbr(MSS))
    path.run(1.0)
    path.delay = 0.08
    while path.control.phase is not BbrPhase.PROBE_RTT:
        path.run(path.now + 0.01)
    path.run(path.now + 0.1)
    assert (path.control.cwnd, path.control.pacing_gain) == (4 * MSS, 1.0)


# 모형 ------------------------------------------------------------------------


def test_rounds_are_counted_by_packets() -> None:
    """§4.1.1.3: 왕복의 시작을 표시한 뒤에 보낸 것이 확인되면 한 왕복이다."""
    model = PathModel()
    starts = []
    for now in (0.1, 0.1, 0.1, 0.2, 0.2, 0.2, 0.2, 0.3):
        model.on_ack(MSS, 0.1, now)
        starts.append(model.round_start)
    assert starts == [True, False, False, True, False, False, False, True]
    assert model.round_count == 3


def test_acks_without_a_sample_only_count_bytes() -> None:
    model = PathModel()
    model.on_ack(5000, None, 0.1)
    assert (model.delivered, model.btlbw, model.rtprop, model.bdp()) == (5000, 0.0, math.inf, 0.0)
    model.on_ack(1000, 0.1, 0.1)  # 기록보다 먼저 보낸 것으로는 전달률을 재지 않는다
    assert (model.btlbw, model.rtprop) == (0.0, 0.1)


def test_retransmissions_count_rounds_but_not_bandwidth() -> None:
    """긴 회복에서 RTT를 재지 못해도 왕복은 간다: STARTUP이 거기서 멈추지 않는다."""
    control = Bbr(MSS)
    now = 0.0
    for rtt in [0.1] * 3 + [None] * 6:
        for half in (1, 2):
            control.on_ack(10 * MSS, rtt, 20 * MSS, now + half * 0.05)
        now += 0.1
    assert control.model.round_count == 9
    assert control.model.btlbw == pytest.approx(200_000)
    assert control.filled_pipe and control.phase is not BbrPhase.STARTUP


def test_application_limited_samples_do_not_lower_the_estimate() -> None:
    """§4.1.1.5: 응용에 묶인 표본은 BtlBw보다 클 때만 쓴다."""

    def slow_after_fast(limited: bool) -> float:
        model = PathModel()
        now = 0.0
        for _ in range(5):
            now += 0.1
            model.on_ack(10_000, 0.1, now)
        for _ in range(20):
            if limited:
                model.on_app_limited(1000)
            now += 0.1
            model.on_ack(1000, 0.1, now)
        return model.btlbw

    assert slow_after_fast(limited=True) == pytest.approx(100_000)
    assert slow_after_fast(limited=False) == pytest.approx(10_000)


# 손실과 쉬기 -----------------------------------------------------------------


def steady() -> Bottleneck:
    path = Bottleneck(Bbr(MSS))
    path.run(1.0)
    return path


def test_a_loss_does_not_change_the_model() -> None:
    """§4.2.3.4: 한 왕복 동안 나간 만큼만 보내고, 회복이 끝나면 cwnd를 되찾는다."""
    path = steady()
    control, before = path.control, path.control.cwnd
    control.on_loss(path.in_flight, path.now)
    assert control.cwnd == path.in_flight + MSS < before
    assert control.own_recovery and control.in_recovery and control.ssthresh == math.inf
    control.on_recovery_exit(path.now)
    assert (control.cwnd, control.model.btlbw) == (before, pytest.approx(1_250_000, rel=0.02))


def test_recovery_conserves_packets_for_one_round() -> None:
    path = steady()
    target = path.control.cwnd
    path.control.on_loss(path.in_flight, path.now)
    path.run(path.now + 0.02)
    assert path.control.cwnd < 0.7 * target
    path.run(path.now + 0.1)
    assert path.control.cwnd == pytest.approx(target, rel=0.05)


def test_a_timeout_starts_from_one_segment() -> None:
    control = steady().control
    before = control.cwnd
    control.on_timeout(50_000, 2.0)
    assert control.cwnd == MSS
    control.on_spurious(2.1)
    assert control.cwnd == before


def test_ecn_is_not_seen() -> None:
    control = steady().control
    before = control.cwnd, control.pacing_rate, control.phase
    control.on_ecn(50_000, 1.0)
    assert (control.cwnd, control.pacing_rate, control.phase) == before


def test_restart_from_idle_paces_at_btlbw() -> None:
    """§4.3.4.4: cwnd는 그대로, 속도는 꼭 BtlBw. 오래 쉬어 RTprop이 만료되어도 PROBE_RTT에 들지 않는다."""
    path = steady()
    path.run(1.0)
    control, before = path.control, path.control.cwnd
    control.on_idle(20.0)
    assert (control.cwnd, control.pacing_rate) == (before, control.model.btlbw)
    control.on_ack(MSS, 0.05, MSS, 20.05)
    assert control.phase is BbrPhase.PROBE_BW


def test_loss_in_the_probing_phase_ends_it() -> None:
    """§4.3.4.3: 1.25배로 보내다 잃으면 RTprop 뒤에 바로 0.75배로."""
    ends = []
    for lost in (False, True):
        control = Bottleneck(Bbr(MSS, cycle_start=0))
        control.run(1.0)
        while control.control.cycle_index != 0:
            control.run(control.now + 0.001)
        now = control.now + 0.05
        control.control._lost = lost
        control.control.on_ack(MSS, 0.0408, 10 * MSS, now)
        ends.append(control.control.cycle_index)
    assert ends == [0, 1]


def test_the_first_gain_is_chosen_by_the_caller() -> None:
    assert Bbr(MSS, cycle_start=7).cycle_start == 7
    with pytest.raises(ValueError, match="이득 단계"):
        Bbr(MSS, cycle_start=1)  # 0.75에서 시작하지 않는다 (§4.3.4.2)


def test_send_quantum() -> None:
    """§4.2.2: 1.2 Mbit/s와 24 Mbit/s에서 바뀐다."""
    control = Bbr(MSS)
    sizes = []
    for mbit in (1.1, 1.3, 23, 25, 100, 1000):
        control.pacing_rate = mbit * 1e6 / 8
        sizes.append(control._send_quantum())
    assert sizes == [MSS, 2 * MSS, 2 * MSS, pytest.approx(3125), pytest.approx(12_500), 64 * 1024]


# 상태 그림 -------------------------------------------------------------------


def expired_in_startup() -> Bottleneck:
    path = Bottleneck(Bbr(MSS))
    path.run(0.1)
    path.control.model.rtprop_stamp = -20.0
    return path


def expired_in_drain() -> Bottleneck:
    path = Bottleneck(Bbr(MSS))
    while path.control.phase is not BbrPhase.DRAIN:
        path.run(path.now + 0.001)
    path.control.model.rtprop_stamp = -20.0
    path.control.model.rtprop = 0.01  # 새 표본은 이보다 길다
    return path


def later() -> Bottleneck:
    path = steady()
    path.delay = 0.08
    return path


SETUPS: dict[tuple[BbrPhase, BbrEvent], Callable[[], Bottleneck]] = {
    (BbrPhase.STARTUP, BbrEvent.PIPE_FULL): lambda: Bottleneck(Bbr(MSS)),
    (BbrPhase.DRAIN, BbrEvent.DRAINED): lambda: Bottleneck(Bbr(MSS)),
    (BbrPhase.PROBE_BW, BbrEvent.NEXT_GAIN): steady,
    (BbrPhase.STARTUP, BbrEvent.RTPROP_EXPIRED): expired_in_startup,
    (BbrPhase.DRAIN, BbrEvent.RTPROP_EXPIRED): expired_in_drain,
    (BbrPhase.PROBE_BW, BbrEvent.RTPROP_EXPIRED): later,
    (BbrPhase.PROBE_RTT, BbrEvent.PROBED): later,
    (BbrPhase.PROBE_RTT, BbrEvent.PROBED_EARLY): expired_in_startup,
}


@pytest.mark.parametrize("edge", PHASES, ids=lambda edge: f"{edge.source}-{edge.event.name}")
def test_every_edge_of_the_diagram_happens(edge) -> None:  # type: ignore[no-untyped-def]
    path = SETUPS[edge.source, edge.event]()
    seen = [path.control.phase]
    for _ in range(15_000):
        path.run(path.now + 0.001)
        if path.control.phase is not seen[-1]:
            seen.append(path.control.phase)
        if (edge.source, edge.target) in itertools.pairwise(seen) or edge.source is edge.target:
            break
    assert edge.source is edge.target or (edge.source, edge.target) in itertools.pairwise(seen)
    assert edge.event.korean and edge.source.korean and "§4.3" in edge.rfc
