"""BBR의 이득과 상태가 초안의 차례대로 지나간다 (draft-cardwell-iccrg-bbr-congestion-control-00 §4.3)."""

from __future__ import annotations

from itertools import groupby

import pytest

from tcpedu.network.bbr_watch import watch_bbr
from tcpedu.network.contest import MSS


def test_the_phases_and_the_gain_cycle_of_the_draft():
    outcome, beliefs = watch_bbr(rate=2e6, rtt=0.04, queue=40, duration=12.0)
    entered = [next(group) for _, group in groupby(beliefs, key=lambda one: one.phase)]
    probing = "대역폭 살피기"
    assert [one.phase for one in entered] == ["대역폭 찾기", "큐 비우기", probing, "지연 살피기", probing]
    assert entered[3].time == pytest.approx(10.0, abs=0.2)  # §4.3.5: 10초 동안 더 짧은 RTT가 없으면
    cruising = [one.gain for one in beliefs if one.phase == probing and one.time < 10]
    cycle = cruising[1:]
    assert cycle[: len(cycle) // 3 * 3] == [1.25, 0.75, 1.0] * (len(cycle) // 3)
    steady = beliefs[-1]
    assert steady.btlbw == pytest.approx(2e6 * MSS / (MSS + 40), rel=0.01)
    assert 0.04 < steady.rtprop < 0.048
    assert outcome.flows[0].flow.count("drop") == 0
