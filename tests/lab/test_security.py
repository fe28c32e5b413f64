"""보안 실습: 진짜 커널이 라이브러리의 셈과 같게 답하고, 실습의 주소 밖으로는 한 걸음도 나가지 않는다."""

import doctest
import json
import socket
import threading
from dataclasses import replace
from importlib.resources import files

import psutil
import pytest

from tcpedu.lab import flood as flooding
from tcpedu.lab import forge, inside, security, slowloris
from tcpedu.lab.flood import PLANS, FloodPlan, flood
from tcpedu.lab.forge import Forger
from tcpedu.lab.inside import set_sysctl, sysctl
from tcpedu.lab.kernel_lab import KernelLab, KernelLabError
from tcpedu.lab.security import EXPERIMENTS, observe
from tcpedu.lab.slowloris import Patience, honest_wait, read_request
from tcpedu.lab.system import kernel_obstacle
from tcpedu.network.forgeries import FORGERIES, inject
from tcpedu.protocol.segment import Flags, Segment
from tcpedu.protocol.syn_backlog import SynBacklog
from tcpedu.protocol.tw_reuse import tw_reuse_allowed

OBSTACLE = kernel_obstacle()
needs_kernel = pytest.mark.skipif(OBSTACLE is not None, reason=str(OBSTACLE))
SYN = Segment(5000, 80, seq=1, flags=Flags.SYN)


@pytest.mark.parametrize("module", [forge, inside, security])
def test_examples(module) -> None:
    result = doctest.testmod(module)
    assert result.attempted and not result.failed


# 커널과 견주기 ─────────────────────────────────────────────────────────────


@needs_kernel
@pytest.mark.parametrize("plan", PLANS, ids=str)
def test_the_kernel_remembers_as_many_as_the_model(plan: FloodPlan) -> None:
    model = SynBacklog(
        min(plan.backlog, plan.somaxconn), cookies=plan.cookies, max_syn_backlog=plan.max_syn_backlog
    )  # type: ignore[arg-type]  # fmt: skip
    kinds = [model.on_syn(number, now=0.0).name for number in range(plan.syns)]
    with KernelLab() as lab:
        seen = flood(plan, lab)
    assert seen.half_open == len(model) == kinds.count("ACCEPT")
    assert seen.answered == plan.syns - kinds.count("DROP")
    assert seen.got_in is bool(plan.cookies)
    assert (seen.counted["SyncookiesRecv"] == 1) is bool(plan.cookies)


@needs_kernel
def test_without_a_flood_everybody_gets_in() -> None:
    with KernelLab() as lab:
        assert flood(replace(PLANS[0], syns=0), lab).got_in


@needs_kernel
def test_the_kernel_answers_forgeries_as_the_library_does() -> None:
    """하나만 다르다: 리눅스 6.18은 윈도우 바로 다음 번호까지 윈도우로 친다."""
    rows = {row["name"]: row for row in observe("injection", prefer="live").rows}
    for forgery in FORGERIES:
        ours, kernel = inject(forgery), rows[forgery.name]
        if forgery.name != "RST, 윈도우 바로 다음 번호":
            assert (ours.answers, ours.alive, ours.delivered) == (
                kernel["answers"], kernel["alive"], kernel["delivered"]
            ), forgery.name  # fmt: skip


@needs_kernel
def test_the_kernel_reuses_time_wait_by_the_rule() -> None:
    rows = [row for row in observe("tw_reuse", prefer="live").rows if row["waited"] and not row["bound"]]
    assert len(rows) == 12
    for row in rows:
        assert row["allowed"] is tw_reuse_allowed("outgoing", row["timestamps"], row["setting"], row["loopback"]), row


@needs_kernel
@pytest.mark.parametrize("name", ["cookie_options", "assassination", "queues"])
def test_what_is_recorded_is_what_this_kernel_does(name: str) -> None:
    live, kept = observe(name, prefer="live"), observe(name, prefer="recorded")
    assert live.live and not kept.live
    assert live.rows == kept.rows


@needs_kernel
def test_only_an_orphan_is_forgotten_early() -> None:
    assert [row["after"] for row in observe("fin_timeout", prefer="live").rows] == [0, 1, 1]


@needs_kernel
def test_challenges_are_limited_and_isns_run_by_a_clock() -> None:
    limited, free, _ = observe("challenge", prefer="live").rows
    assert limited["answers"] < free["answers"] == free["sent"]
    same = observe("isn", prefer="live").rows[0]
    # 1초에 1e9/64. 바쁜 컴퓨터에서는 SYN이 잰 때보다 늦게 나갈 수 있다.
    assert 0 < (same["second"] - same["first"]) % 2**32 < 1e9 / 64 * (same["seconds"] + 5)


# 기록 ──────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("name", EXPERIMENTS)
def test_there_is_a_recording_of_every_experiment(name: str) -> None:
    seen = observe(name, prefer="recorded")
    assert seen.rows and str(seen) == f"{seen.label}: 기록을 골랐습니다" and seen.label.startswith("기록 (리눅스 ")


def test_a_computer_that_cannot_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    def cannot() -> list[dict[str, object]]:
        raise KernelLabError("macOS에는 네트워크 네임스페이스가 없습니다")

    monkeypatch.setitem(EXPERIMENTS, "flood", cannot)
    monkeypatch.delenv("TCPEDU_WIRE", raising=False)
    seen = observe("flood")
    assert seen.reason == "macOS에는 네트워크 네임스페이스가 없습니다"
    assert seen.rows == observe("flood", "recorded").rows


def test_the_recording_is_small_and_names_no_machine() -> None:
    text = (files("tcpedu.lab") / "recordings" / "security.json").read_text(encoding="utf-8")
    assert len(text) < 20_000 and "-" not in json.loads(text)["kernel"]


# 울타리 ────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("address", ["127.0.0.1", "8.8.8.8", "10.9.1.2", "10.9.0.1", "192.168.0.1", "::1"])
def test_only_the_addresses_of_the_lab_are_used(address: str) -> None:
    with pytest.raises(ValueError, match="실습의 주소"):
        forge.check_source(address)


def test_a_flood_is_bounded() -> None:
    with pytest.raises(ValueError, match="SYN은 300개까지"):
        FloodPlan(syns=flooding.MAX_SYNS + 1)


@needs_kernel
def test_a_forger_stops(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forge, "MAX_SEGMENTS", 3)
    with KernelLab() as lab:
        forger = Forger(lab)
        for _ in range(3):
            (answer,) = forger.say(SYN)
            assert answer.has(Flags.RST)  # 아무도 듣지 않는 포트
        with pytest.raises(RuntimeError, match="3개"):
            forger.say(SYN)
        with pytest.raises(ValueError, match="실습의 주소"):
            Forger(lab).say(SYN, src="203.0.113.1")


@needs_kernel
def test_settings_stay_inside_the_namespace() -> None:
    before = set(psutil.Process().children())
    with KernelLab() as first:
        set_sysctl(first, tcp_syncookies=0, tcp_rfc1337=1)
        with KernelLab() as second:
            assert (sysctl(first, "tcp_syncookies"), sysctl(first, "tcp_rfc1337")) == (0, 1)
            assert (sysctl(second, "tcp_syncookies"), sysctl(second, "tcp_rfc1337")) == (1, 0)
        with pytest.raises(ValueError, match="실습에 쓰지 않는 설정"):
            set_sysctl(first, ip_forward=1)
        with pytest.raises(KernelLabError, match="바꾸지 못했습니다"):
            set_sysctl(first, tcp_rfc1337="abc")
    assert set(psutil.Process().children()) <= before


# 느린 손님 ─────────────────────────────────────────────────────────────────


def test_only_a_deadline_for_the_whole_request_frees_the_server() -> None:
    patient = honest_wait(Patience(), seconds=0.8)
    hurried = honest_wait(Patience(each=5.0, whole=0.1), seconds=0.8)
    assert patient >= 0.6
    assert hurried < patient


@pytest.mark.parametrize("patience", [Patience(each=0.1), Patience(whole=0.1), Patience(each=9.0, whole=0.1)])
def test_a_silent_client_is_given_up(patience: Patience) -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        guard = threading.Timer(5.0, theirs.shutdown, (socket.SHUT_RDWR,))  # 기다리기만 하면 EOFError가 된다
        guard.start()
        with pytest.raises(TimeoutError):
            read_request(ours, patience)
        guard.cancel()


def test_the_attack_cannot_be_made_longer() -> None:
    assert honest_wait(Patience(), seconds=1e9) < slowloris.ATTACK_SECONDS + 5
