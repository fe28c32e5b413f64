"""캡스톤: 내 조각 모으기, 뼈대의 약속, 그리고 어떤 길에서도 바이트는 한 번씩 순서대로."""

from __future__ import annotations

import inspect
import json
import random
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tcpedu.course.capstone.by_hand import by_hand
from tcpedu.course.capstone.meeting import meet_kernel
from tcpedu.course.capstone.pieces import LIBRARY, MINE, NAMES, my_pieces, my_tcp
from tcpedu.course.capstone.talk import talk
from tcpedu.course.lessons import lesson
from tcpedu.course.problem import problem, problems
from tcpedu.course.problems import mytcp
from tcpedu.course.values import encode, same
from tcpedu.network.endpoint import Socket
from tcpedu.network.impairments import bernoulli, jitter
from tcpedu.network.simulation import Simulation
from tcpedu.protocol.config import Config
from tcpedu.protocol.connection import Connection

from .capstone import ROOT, answers, solved

STAGES = ["Opening", "Transfer", "Recovery", "Reordering", "Probing", "MyTcp"]
MyTcp = solved()["MyTcp"]


def test_the_stages_are_graded_one_by_one_and_in_order() -> None:
    assert [item.name for item in problems("16")] == STAGES
    assert all(item.reference is Connection and len(item.mistakes) >= 3 for item in problems("16"))


def test_the_model_is_the_solution_without_its_marks() -> None:
    """오답과 강의가 쓰는 본보기가 풀이와 어긋나지 않는다."""
    assert {name: inspect.getsource(getattr(mytcp, name)).strip() for name in STAGES} == answers()


def test_the_endpoint_offers_what_the_connection_offers_to_hosts() -> None:
    names = {
        "abort", "called", "changes", "close", "config", "cwnd", "eof", "in_flight", "listen", "negotiated",
        "next_timer", "only_data", "open", "phase", "poll", "rcv_nxt", "rcv_wnd", "read", "readable", "receive",
        "reopens", "rto", "rtx_at", "sending_limits", "snd_nxt", "snd_una", "snd_wnd", "srtt", "ssthresh", "state",
        "write",
    }  # fmt: skip
    mine, theirs = MyTcp(Config(50000, 80), iss=100), Connection(Config(50000, 80), iss=100)
    assert names <= set(dir(theirs)) and names <= set(dir(mine))


# 무슨 일이 있어도 바이트는 온전하다 ------------------------------------------

PAIRS = [(MyTcp, Connection), (Connection, MyTcp), (MyTcp, MyTcp)]


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize(("client", "server"), PAIRS, ids=["mine-library", "library-mine", "mine-mine"])
def test_bytes_arrive_once_and_in_order_whatever_the_network_does(client: Any, server: Any, seed: int) -> None:
    rng = random.Random(seed)
    simulation = Simulation(seed)
    a, b = simulation.host("a"), simulation.host("b")
    a.endpoint, b.endpoint = client, server
    simulation.link(
        a, b, delay=0.02, rate=10e6, loss=bernoulli(rng.choice((0, 0.05, 0.15)), seed),
        reorder=jitter(rng.choice((0, 0.01, 0.05)), seed), duplicate=bernoulli(rng.choice((0, 0.1)), seed),
    )  # fmt: skip
    up, down = rng.randbytes(rng.randrange(1, 50_000)), rng.randbytes(rng.randrange(1, 50_000))
    accepted: list[Socket] = []

    def accept(socket: Socket) -> None:
        accepted.append(socket)
        socket.send(down)
        socket.on_eof = Socket.close

    def start(socket: Socket) -> None:
        socket.send(up)
        socket.close()

    config = Config(mss=rng.choice((300, 1000, 1460)), receive_buffer=rng.choice((3000, 65535)), msl=1.0)
    b.listen(80, config=config, iss=2**32 - rng.randrange(1, 60_000), on_accept=accept)
    mine = a.connect(b, 80, config=config, iss=2**32 - rng.randrange(1, 60_000))
    mine.on_established = start
    simulation.run(until=3600)
    assert accepted[0].received == up and mine.received == down
    assert mine.state.name == accepted[0].state.name == "CLOSED"


# 내 조각 --------------------------------------------------------------------


@pytest.fixture
def course(tmp_path: Path) -> Path:
    """배우는 사람의 강의 폴더. 연습문제는 아직 손대지 않았다."""
    (tmp_path / "lessons").mkdir()
    shutil.copytree(ROOT / "exercises", tmp_path / "exercises")
    return tmp_path


def solve(course: Path, number: str, change: tuple[str, str] = ("", ""), extra: str = "") -> None:
    """연습문제 하나를 풀이로 바꾼다. `change`는 한 곳을 고치고, `extra`는 셀을 하나 더한다."""
    item = lesson(number)
    notebook = json.loads(item.path(ROOT, "solutions").read_text(encoding="utf-8"))
    text = json.dumps(notebook, ensure_ascii=False)
    assert change[0] in text
    notebook = json.loads(text.replace(*change, 1) if change[0] else text)
    if extra:
        cell = {"cell_type": "code", "id": "extra", "metadata": {}, "source": extra, "outputs": []}
        notebook["cells"].insert(2, {**cell, "execution_count": None})
    item.path(course, "exercises").write_text(json.dumps(notebook, ensure_ascii=False), encoding="utf-8")


def whose(pieces: Any) -> dict[str, str]:
    return {one.name: one.whose + (f" ({one.why})" if one.why else "") for one in pieces.origins}


def test_untouched_exercises_give_the_library_pieces(course: Path) -> None:
    assert whose(my_pieces(root=course)) == dict.fromkeys(NAMES, f"{LIBRARY} (아직)")


def test_solved_pieces_are_mine_and_my_tcp_runs_on_them(course: Path) -> None:
    for number in sorted(set(NAMES.values())):
        solve(course, number)
    pieces = my_pieces(root=course)
    assert whose(pieces) == dict.fromkeys(NAMES, MINE)
    space = {**vars(mytcp), "pieces": pieces}
    exec("\n\n".join(answers().values()), space)
    for name in STAGES:
        item = problem(name)
        for case in item.cases:
            kind, *rest = case.args
            run = (lambda tcp: by_hand(tcp, *rest)) if kind == "by_hand" else (lambda tcp: talk(tcp, **rest[0]))  # noqa: B023
            assert same(encode(run(space[name])), encode(run(Connection))), (name, case.note)


def test_a_piece_that_fails_its_check_is_not_used(course: Path) -> None:
    solve(course, "09", ("self.dup_acks == 3", "self.dup_acks == 2"))
    assert whose(my_pieces(root=course))["Reno"] == f"{LIBRARY} (검사를 통과하지 못했다)"


def test_the_choice_can_be_forced_and_is_told(course: Path) -> None:
    solve(course, "09")
    assert whose(my_pieces(root=course))["Reno"] == MINE
    assert whose(my_pieces(library=["Reno"], root=course))["Reno"] == LIBRARY
    assert "| `Reno` | 09 | cwnd를 정한다 | 내 것 |" in my_pieces(root=course)._repr_markdown_()
    with pytest.raises(AttributeError, match="'Cubic'이라는 조각은 없습니다"):
        _ = my_pieces(root=course).Cubic


@pytest.mark.parametrize("extra", ["def broken(:", "x = 1 / 0", "raise SystemExit", "print('안녕')"])
def test_a_cell_that_fails_does_not_hide_the_others(course: Path, extra: str, capsys: Any) -> None:
    solve(course, "09", extra=extra)
    assert whose(my_pieces(root=course))["Reno"] == MINE
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("text", ["", "{", '{"cells": 3}', "[]"])
def test_an_unreadable_notebook_is_not_an_error(course: Path, text: str) -> None:
    lesson("09").path(course, "exercises").write_text(text, encoding="utf-8")
    assert whose(my_pieces(root=course))["Reno"] == f"{LIBRARY} (아직)"


def test_my_tcp_is_mine_when_it_passes(course: Path) -> None:
    assert my_tcp(course) == (mytcp.MyTcp, "본보기 (아직)")
    solve(course, "16")
    mine, told = my_tcp(course)
    assert told == MINE and mine is not mytcp.MyTcp


def test_without_a_course_the_problems_are_not_loaded(tmp_path: Path) -> None:
    """채점의 커널에서: 조각은 모두 라이브러리의 것이고, 기준 답은 불러오지 않는다."""
    code = """
        import sys
        from types import SimpleNamespace
        from tcpedu.course import my_pieces
        from tcpedu.course.adapters import endpoint
        from tcpedu.protocol.connection import Connection
        print({one.whose for one in my_pieces().origins})
        endpoint(Connection, SimpleNamespace(args=("talk", {"upload": 2000}), kwargs={}))
        endpoint(Connection, SimpleNamespace(args=("by_hand", {}, 100, 300, [("connect",)]), kwargs={}))
        print([name for name in sys.modules if "problem" in name])
    """
    done = subprocess.run(
        [sys.executable, "-c", inspect.cleandoc(code)], cwd=tmp_path, capture_output=True, encoding="utf-8", check=True,
        env={"PYTHONPATH": str(ROOT), "PYTHONUTF8": "1", "PATH": ""},
    )  # fmt: skip
    assert done.stdout.splitlines() == ["{'라이브러리 것'}", "[]"]


# 기록 앞에서 -----------------------------------------------------------------


@pytest.mark.parametrize("scene", ["fetch", "fetch_lossy", "serve"])
def test_my_tcp_follows_the_recordings(scene: str) -> None:
    met = meet_kernel(MyTcp, scene, prefer="recorded")
    assert (met.complete, met.live, met.instead) == (True, False, "")
    assert repr(met).startswith("건너편: 기록 (리눅스") and "기록을 골랐습니다" in repr(met)


def test_a_tcp_that_leaves_the_recording_is_replaced_and_it_is_said() -> None:
    class Chatty(MyTcp):  # type: ignore[misc, valid-type]
        def write(self, data: bytes) -> int:
            return super().write(b"!" + data) - 1  # 기록에 없는 요청

    met = meet_kernel(Chatty, "fetch", prefer="recorded")
    assert met.complete and met.instead.startswith("라이브러리의 Connection (")
    assert "내 TCP 대신" in repr(met)
