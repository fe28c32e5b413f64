"""스트림의 모형: 손으로 셈한 경우와, 무엇을 잃어도 지켜지는 것."""

from __future__ import annotations

import pytest

from tcpedu.network.streams import StreamSettings, finished, handed_over, run_streams

# 도착한 때, 주인, 한 줄일 때 건네는 때, 스트림마다일 때 건네는 때
BY_HAND = [
    ([1, 2, 3], [1, 2, 1], [1, 2, 3], [1, 2, 3]),  # 차례로 오면 규칙이 갈리지 않는다
    ([1, 9, 2, 3], [1, 2, 1, 2], [1, 9, 9, 9], [1, 9, 2, 9]),  # 2번의 첫 조각이 늦었다
    ([5, 1, 1, 1], [1, 2, 3, 3], [5, 5, 5, 5], [5, 1, 1, 1]),  # 맨 앞을 잃으면 모두가 기다린다
    ([1, 1, 1, 5], [1, 2, 3, 3], [1, 1, 1, 5], [1, 1, 1, 5]),  # 맨 뒤를 잃으면 제 주인만 기다린다
]


@pytest.mark.parametrize(("arrivals", "owners", "together", "apart"), BY_HAND)
def test_handed_over_by_hand(arrivals: list[float], owners: list[int], together: list[int], apart: list[int]) -> None:
    assert handed_over(arrivals, owners, together=True) == together
    assert handed_over(arrivals, owners, together=False) == apart


def test_finished_is_the_last_piece_of_each() -> None:
    assert finished([1, 9, 9, 9], [2, 1, 2, 1]) == {1: 9, 2: 9}


def test_owners_in_turn_or_one_after_another() -> None:
    assert StreamSettings(streams=3, pieces=2).owners == [1, 2, 3, 1, 2, 3]
    assert StreamSettings(streams=3, pieces=2, interleaved=False).owners == [1, 1, 2, 2, 3, 3]


def test_one_loss_holds_everyone_only_in_one_line() -> None:
    run = run_streams(StreamSettings(streams=4, pieces=6, lost=14))
    together, apart = (list(run.finished(together=one).values()) for one in (True, False))
    # 왕복 0.1초: 14번째(2번 스트림)는 둘째 왕복에 떠나 셋째 왕복에 다시 온다.
    assert together == pytest.approx([0.25] * 4, abs=0.005)
    assert apart == pytest.approx([0.15, 0.25, 0.15, 0.15], abs=0.005)
    assert [owner for owner, wait in zip(run.settings.owners, run.waits, strict=True) if wait > 0.01].count(2) < 3


@pytest.mark.parametrize("seed", range(6))
def test_apart_is_never_later_and_the_last_is_the_same(seed: int) -> None:
    run = run_streams(StreamSettings(streams=5, pieces=10, lost=0, loss=0.05, seed=seed))
    together, apart = run.finished(together=True), run.finished(together=False)
    assert all(apart[name] <= together[name] for name in apart)
    assert max(apart.values()) == max(together.values()) and min(run.waits) >= 0


def test_without_loss_the_rule_does_not_matter() -> None:
    run = run_streams(StreamSettings(lost=0))
    assert run.finished(together=True) == run.finished(together=False) and max(run.waits) == 0


@pytest.mark.parametrize("size", [{"streams": 0}, {"pieces": 0}, {"streams": 100, "pieces": 7}])
def test_sizes_are_bounded(size: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="1개에서 600개까지"):
        StreamSettings(**size)
