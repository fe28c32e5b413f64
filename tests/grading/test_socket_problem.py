"""소켓 문제도 다른 문제와 똑같이, 검사가 세운 새 상대로 채점된다."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from nbformat import write
from nbformat.v4 import new_code_cell, new_notebook

from tcpedu.course.problem import problem
from tcpedu.grading import tiers
from tcpedu.grading.assignment import Assignment
from tcpedu.grading.compose import OUTPUT_LIMIT, compose
from tcpedu.grading.judge import judge
from tcpedu.grading.result import ProblemResult, Status
from tcpedu.grading.run import run
from tcpedu.grading.session import GraderFailure
from tcpedu.grading.submission import INSIDE, Job, grade_submission

LESSON = "12_socket_programming"
EXACTLY = """
def recv_exactly(sock, n):
    data = b""
    while len(data) < n:
        piece = sock.recv(n - len(data))
        if not piece:
            raise EOFError
        data += piece
    return data
"""
SERVER = """
import socket, threading

def serve_echo(listener, stop):
    listener.settimeout(0.05)
    guests = []
    while not stop.is_set():
        try:
            guest, _ = listener.accept()
        except TimeoutError:
            continue
        guest.settimeout(None)
        thread = threading.Thread(target=echo, args=(guest,))
        thread.start()
        guests.append((guest, thread))
    for guest, thread in guests:
        try:
            guest.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        thread.join()

def echo(guest):
    with guest:
        try:
            while data := guest.recv(4096):
                guest.sendall(data)
        except ConnectionError:
            pass
"""


FORGED = """
import sys

def recv_exactly(sock, n):
    frame = sys._getframe()
    while not hasattr(frame.f_locals.get("case"), "args"):
        frame = frame.f_back
    case = frame.f_locals["case"]
    data = b"".join(move[2] for move in case.args[0] if move[0] == "send")
    start, case.start = getattr(case, "start", 0), getattr(case, "start", 0) + n
    if len(data) < start + n:
        raise EOFError
    return data[start : start + n]
"""


@pytest.fixture
def graded(submit, monkeypatch) -> Callable[..., list[ProblemResult]]:
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")

    def grade(kernel_name: str = tiers.SANDBOX, **answers: str) -> list[ProblemResult]:
        assignment = Assignment(LESSON, tuple(problem(name) for name in answers), ())
        composed = compose(submit(**answers), assignment)
        for cell in composed.notebook.cells:
            assert all(len(output.text) < OUTPUT_LIMIT for output in cell.outputs)
        ran = run(composed.notebook, composed.plan, timeout=20.0, kernel_name=kernel_name)
        grade.outside = {name for name, cell in ran.cells.items() if cell.outside}  # type: ignore[attr-defined]
        return list(judge(assignment.problems, composed, ran))

    return grade


def test_right_answers_pass_the_public_and_the_fresh_peers(graded) -> None:
    results = graded(recv_exactly=EXACTLY, serve_echo=SERVER)
    assert [(one.status, one.points) for one in results] == [(Status.CORRECT, 2), (Status.CORRECT, 4)], results
    probes = {f"probe-{name}-{kind}" for name in ("recv_exactly", "serve_echo") for kind in ("public", "fresh")}
    assert graded.outside == (probes if tiers.best().name == "A" else set())


def test_without_a_box_the_peers_are_in_the_kernel(graded) -> None:
    """상자가 없으면 상대도 커널 안에서 돈다: 채점은 되지만, 대본을 읽는 답을 막지 못한다."""
    first, second = graded("python3", recv_exactly=FORGED, serve_echo=SERVER)
    assert graded.outside == set()
    assert first.status is second.status is Status.CORRECT


@pytest.mark.skipif(tiers.best().name != "A", reason="상자를 만들 수 없다")
def test_a_failing_host_is_not_the_answers_fault(graded, monkeypatch) -> None:
    monkeypatch.setattr("tcpedu.grading.reception.Reception._guest", lambda *_: 1 / 0)
    with pytest.raises(GraderFailure):
        graded(serve_echo=SERVER)


@pytest.mark.skipif(tiers.best().name != "A", reason="상자를 만들 수 없다")
def test_a_forged_answer_costs_only_itself(graded) -> None:
    first, second = graded(recv_exactly=FORGED, serve_echo=SERVER)
    assert (first.points, second.status) == (0, Status.CORRECT)


def test_a_mistake_gets_its_diagnosis(graded) -> None:
    [result] = graded(recv_exactly="def recv_exactly(sock, n):\n    return sock.recv(n)")
    assert (result.status, result.points) == (Status.WRONG, 0)
    assert result.diagnosis.startswith("`recv()`를 한 번만 불렀다.")
    assert "둘로 나뉘어 온다 (상대: b'he' 보냄 → b'llo' 보냄)" in result.note


def test_a_stuck_answer_does_not_take_the_others_down(graded) -> None:
    stuck = "def recv_exactly(sock, n):\n    while True:\n        sock.recv(1)"
    first, second = graded(recv_exactly=stuck, serve_echo=SERVER)
    assert first.points == 0 and "영영 기다립니다" in first.error
    assert second.status is Status.CORRECT


@pytest.mark.parametrize("kernel", [tiers.SANDBOX, "python3"])
def test_the_result_says_where_the_peers_were(submit, tmp_path, monkeypatch, kernel: str) -> None:
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    file = tmp_path / "12.ipynb"
    write(new_notebook(cells=[new_code_cell(EXACTLY, id="answer-recv_exactly")]), file)
    result = grade_submission(Job(str(file), file.name, "학생", lesson=LESSON, kernel=kernel))
    assert (INSIDE in result.findings) is (result.tier != "A")
    assert result.problems[0].status is Status.CORRECT
