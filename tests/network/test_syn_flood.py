"""SYN 플러드를 흘려 본 결과를 리눅스 6.18에서 잰 것과 견준다 (RFC 4987)."""

from collections import Counter

import pytest

from tcpedu.network.syn_flood import Fate, FloodSettings, syn_flood
from tcpedu.protocol.syn_backlog import Decision, SynBacklog

# listen(64), tcp_max_syn_backlog 64에 SYN 500개를 쏟은 뒤 정직한 클라이언트 하나가 온다.
MEASURED = {
    "backlog": 64, "max_syn_backlog": 64, "flood": 500, "start": 0, "stop": 1,
    "honest": 1, "honest_from": 1.5, "end": 2,
}  # fmt: skip


@pytest.mark.parametrize(
    ("cookies", "half_open", "cookie", "dropped", "fate"),
    [
        (0, 49, 0, 452, Fate.TRYING),  # 잰 값: 반열림 49, ListenDrops +452, 정직한 것은 들어가지 못함
        (1, 65, 436, 0, Fate.BY_COOKIE),  # 잰 값: SyncookiesSent 436, SyncookiesRecv 1
        (2, 0, 501, 0, Fate.BY_COOKIE),  # 잰 값: 모두 쿠키(501)
    ],
)
def test_the_flood_measured_on_a_kernel(cookies, half_open, cookie, dropped, fate) -> None:
    run = syn_flood(FloodSettings(cookies=cookies, timeout=63.0, **MEASURED))
    made = run.decisions()
    assert (run.half_open_at(1.2), made[Decision.COOKIE], made[Decision.DROP]) == (half_open, cookie, dropped)
    assert [client.fate for client in run.clients] == [fate]


def test_cookie_remembers_only_the_mss() -> None:
    run = syn_flood(FloodSettings(cookies=2, flood=0))
    assert {client.mss for client in run.clients} == {1460}
    assert {client.fate for client in run.clients if client.settled is not None} == {Fate.BY_COOKIE}
    plain = syn_flood(FloodSettings(cookies=0, flood=0))
    assert {client.mss for client in plain.clients} == {None}


def test_without_a_flood_everyone_gets_in() -> None:
    for cookies in (0, 1, 2):
        run = syn_flood(FloodSettings(cookies=cookies, flood=0))
        assert run.fates()[Fate.GAVE_UP] == run.decisions()[Decision.DROP] == 0
        assert run.fates().total() == len(run.clients) == 30


def test_without_cookies_the_flood_shuts_the_door_until_the_half_open_expire() -> None:
    settings = FloodSettings(cookies=0, flood=50, honest=1, timeout=7.0)
    run = syn_flood(settings)
    assert run.fates()[Fate.GAVE_UP] > 0
    # 공격의 SYN은 언제나 수명만큼 자리를 차지하고, 그 뒤에는 하나도 남지 않는다.
    assert {round(slot.end - slot.start, 6) for slot in run.slots if slot.attacker} == {7.0}
    assert run.places_at(settings.stop + 7.0) == {} and run.half_open_at(settings.stop + 7.0) == 0
    late = [client for client in run.clients if client.arrived > settings.stop + 7.0]
    assert late and all(client.fate is not Fate.GAVE_UP for client in late)


def test_a_client_gives_up_after_three_tries() -> None:
    run = syn_flood(FloodSettings(cookies=0, backlog=0, flood=50, honest=1, timeout=63.0))
    gone = [client for client in run.clients if client.fate is Fate.GAVE_UP]
    assert gone
    for client in gone:
        assert [round(time - client.arrived, 6) for time, _ in client.tries] == [0.0, 1.0, 3.0]
        assert client.settled == pytest.approx(client.arrived + 7.0)


def test_places_and_sizes_tell_the_same_story() -> None:
    run = syn_flood(FloodSettings(cookies=1, flood=50, timeout=3.0, honest=4))
    for time, size in run.sizes:
        if run.half_open_at(time) == size:  # 같은 때에 여러 번 바뀌었으면 마지막 것
            assert len(run.places_at(time)) == size
    assert max(size for _, size in run.sizes) == run.settings.make_backlog().room


@pytest.mark.parametrize("cookies", [0, 1, 2])
@pytest.mark.parametrize("limit", [None, 1, 2, 7, 64, 300])
@pytest.mark.parametrize("size", [0, 1, 5, 64])
def test_room_is_what_a_flood_can_take(size, limit, cookies) -> None:
    backlog = SynBacklog(size, cookies=cookies, max_syn_backlog=limit)
    taken = Counter(backlog.on_syn(key, 0.0) for key in range(500))[Decision.ACCEPT]
    assert backlog.room == taken == len(backlog)


def test_every_syn_is_decided_once() -> None:
    run = syn_flood(FloodSettings(flood=20, honest=2))
    honest = sum(len(client.tries) for client in run.clients)
    assert run.decisions().total() == len(run.syns) == 20 * 12 + honest
    assert [time for time, _, _ in run.syns] == sorted(time for time, _, _ in run.syns)


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"cookies": 3}, "0, 1, 2 가운데"),
        ({"backlog": -1}, "0 이상 1024 이하"),
        ({"flood": -1}, "0 이상"),
        ({"flood": 1e6}, "SYN이 너무 많습니다"),
        ({"timeout": 0}, "0초보다 길고"),
        ({"start": 9, "stop": 3}, "시작한 뒤에"),
    ],
)
def test_wrong_settings_are_refused(wrong, words) -> None:
    with pytest.raises(ValueError, match=words):
        FloodSettings(**wrong)
