"""재전송 타이머의 상황들: 커널에서 잰 시각, 포기하는 때, 쓸데없는 재전송."""

from dataclasses import replace
from itertools import pairwise

import pytest

from tcpedu.network.retransmitting import SURE, cut_path, lost_flight, paced, stalled_path
from tcpedu.network.trace import Trace
from tcpedu.protocol.profiles import LINUX
from tcpedu.protocol.state import Event, State

KERNEL = (0.635, 1.275, 2.523, 5.020)  # Linux 6.18, RTT 100ms: 셋째 왕복을 통째로 잃고 재전송도 잃었다


def again(trace: Trace) -> list[float]:
    return [sent.sent for sent in trace.segments if "재전송" in sent.note and sent.src == "클라이언트"]


def test_the_linux_profile_backs_off_like_the_kernel() -> None:
    """커널의 타이머는 12.5 %까지 늦게 끝난다. 이르지는 않다."""
    ours = again(lost_flight())[:4]
    assert ours == pytest.approx([0.6, 1.2, 2.4, 4.8])
    for mine, kernel in zip(ours, KERNEL, strict=True):
        assert mine < kernel < mine * 1.125
    for (mine, mine_next), (kernel, kernel_next) in zip(pairwise(ours), pairwise(KERNEL), strict=True):
        assert mine_next - mine < kernel_next - kernel < (mine_next - mine) * 1.125


def test_only_the_named_flight_is_lost() -> None:
    lost = [sent.sent for sent in lost_flight(again=0).segments if sent.dropped]
    assert len(lost) == 40 and set(lost) == {0.3}


def test_the_timer_is_restarted_by_the_ack_not_by_the_send() -> None:
    """101은 0.2초에 확인되었다. 그때 건 타이머가 1.2초에 끝나므로 0.14초에 보낸 201은 1초보다 오래 기다린다."""
    trace = paced(pieces=3, every=0.04, drops=[5])
    assert again(trace)[:1] == pytest.approx([1.2])


def test_giving_up() -> None:
    """교과서: 1, 2, …, 32초와 60초씩 아홉 번에 열다섯 번 보내고, 60초를 더 기다려 포기한다."""
    trace = cut_path()
    assert [round(at - 1, 6) for at in again(trace)] == [1, 3, 7, 15, 31, 63, *range(123, 604, 60)]
    end = trace.states[-1]
    assert (end.event, end.new, round(end.time - 1, 6)) == (Event.USER_TIMEOUT, State.CLOSED, 663)


@pytest.mark.parametrize(
    ("settings", "needless"),
    [({}, 40), ({"timestamps": True}, 40), ({"timestamps": True, "undo": True}, 1), ({"frto": True}, 1)],
)
def test_a_stall_loses_nothing_but_costs_a_window(settings: dict[str, bool], needless: int) -> None:
    trace = stalled_path(config=replace(SURE, **settings))
    assert not any(sent.dropped for sent in trace.segments)
    assert len(again(trace)) == needless


def test_a_stall_shorter_than_the_timeout_costs_nothing() -> None:
    assert again(stalled_path(length=0.5)) == []
    assert again(stalled_path(length=0.5, config=LINUX)) != []  # 리눅스의 RTO는 0.3초다
