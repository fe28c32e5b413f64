"""한 반의 제출물을 통째로 채점한다: 공정한 교사가 줄 점수와, 한국어로 말하는 까닭."""

import csv
import io
import json
import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest

from tcpedu.grading import GradeSummary, check_file, grade
from tcpedu.grading.result import ProblemResult, State, Status, SubmissionResult

FOLDER = Path(__file__).parents[1] / "submissions"
NAMES = ("parse_header", "flag_names", "internet_checksum", "tcp_checksum", "parse_options")
STATUSES = ("정답", "오답", "미시도", "시간 초과", "실행 오류", "답 없음", "빌려 온 답")
LETTERS = dict(zip("정오미시실답빌", STATUSES, strict=True))

# 제출물 → 문제마다의 결과(정답, 오답, 미시도, 시간 초과, 실행 오류, 답 없음, 빌려 온 답), 점수, 꼭 나와야 하는 말
EXPECTED: dict[str, tuple[str, int, tuple[str, ...]]] = {
    "20260001_모두맞음": ("정정정정정", 12, ("개를 모두 통과했습니다",)),
    "20260002_손대지않음": ("미미미미미", 0, ("아직 풀지 않았습니다", "`check(parse_header)`")),
    "20260003_두문제만": ("정정미미미", 4, ("아직 풀지 않았습니다",)),
    "20260004_흔한오해": (
        "오오정오정", 5, ("단위는 바이트가 아니라 32비트 워드", "CWR(0x80)과 ECE(0x40)가 빠졌다", "의사 헤더를"),
    ),
    "20260005_올림을버림": (
        "정정오정오", 7, ("올림을 버렸다", "그 자리에 풀이를 넣고 채점했습니다", "IndexError", "▶ 9 |"),
    ),
    "20260006_마지막단계": ("정오정오정", 8, ("print 대신 return", "이제 마지막 단계다")),
    "20260007_공개입력만외움": ("정오정정정", 11, ("공개 검사는 통과했지만 새 입력에서 틀렸습니다",)),
    "20260008_문법오류": ("정정실정정", 10, ("문법 오류", "1번째 줄 `def internet_checksum(data)`")),
    "20260009_끝나지않음": ("정정정정시", 9, ("시간 안에 끝나지 않았습니다", "while i < len(data)")),
    "20260010_셀에서끝나지않음": ("정시정정정", 11, ("번 셀을 실행하다가 시간이 다 되어",)),
    "20260011_셀을지움": ("답정정정정", 9, ("`parse_header`의 답 셀을 찾지 못했습니다",)),
    "20260012_뒤섞고복사함": ("정정정정정", 12, ("두 번 있습니다: 마지막 것을 채점했습니다",)),
    "20260013_이름을바꿈": (
        "정정답정정", 10, ("`check_sum`(이)라는 함수를 찾았습니다", "이름을 `internet_checksum`(으)로 되돌리세요"),
    ),
    "20260014_출력이많음": ("정정정정정", 12, ()),
    "20260015_코랩": ("정정정정정", 12, ()),
    "20260017_BOM": ("정정정정미", 9, ("BOM",)),
    "20260018_UTF16": ("정정정정정", 12, ("UTF-16",)),
    "20260019_파이썬을끝냄": ("정정정정실", 9, ("커널이 멈췄습니다", "SystemExit")),
    "20260020_태그를붙임": ("오오정정정", 8, ("32비트 워드",)),
    "20260021_정답이라고찍음": ("정오오정정", 9, ("Same 객체를 돌려주었습니다",)),
    "20260022_도움함수와매직": ("정정정정정", 12, ("매직(%)과 셸(!) 줄은 실행하지 않고",)),
    "20260024_파이썬파일": ("정정정정정", 12, ("파이썬 파일입니다",)),
    "20260025_빌려온답": (
        "정정빌정정", 10, ("`tcpedu.protocol.checksum.internet_checksum`", "스스로 만들어 다시 제출하세요"),
    ),
}  # fmt: skip
UNREADABLE = {"20260016_로그인화면": "HTML", "20260023_잘린파일": "잘렸습니다"}


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("결과")


@pytest.fixture(scope="module")
def summary(out: Path) -> Iterator[GradeSummary]:
    seen: list[str] = []
    finished = grade(FOLDER, out, jobs=2, timeout=3.0, progress=lambda step: seen.append(step.result.file))
    assert len(seen) == len(set(seen)) == len(finished.results)
    yield finished


@pytest.fixture(scope="module")
def results(summary: GradeSummary) -> dict[str, SubmissionResult]:
    return {result.student: result for result in summary.results}


def words(result: SubmissionResult) -> str:
    """배우는 사람이 읽는 모든 글."""
    problems = ("\n".join(map(str, vars(problem).values())) for problem in result.problems)
    return "\n".join([result.reason, *result.findings, *problems])


def test_every_submission_is_in_the_table(results) -> None:
    assert set(results) == set(EXPECTED) | set(UNREADABLE)


@pytest.mark.parametrize("name", EXPECTED)
def test_marks_and_reasons(results, name: str) -> None:
    letters, points, phrases = EXPECTED[name]
    result = results[name]
    assert result.state is State.GRADED, result.reason
    assert [problem.name for problem in result.problems] == list(NAMES)
    assert [problem.status.value for problem in result.problems] == [LETTERS[letter] for letter in letters]
    assert (result.points, result.possible) == (points, 12)
    for phrase in phrases:
        assert phrase in words(result)


@pytest.mark.parametrize("name", UNREADABLE)
def test_unreadable_has_a_reason_and_no_mark(results, name: str) -> None:
    result = results[name]
    assert result.state is State.UNREADABLE and result.points is None
    assert UNREADABLE[name] in result.reason


def test_every_wrong_answer_says_what_to_do_next(results) -> None:
    for result in results.values():
        for problem in result.problems:
            if problem.status is not Status.CORRECT:
                assert problem.points == 0 and problem.headline and problem.next_step and problem.rfc


def test_public_cases_are_shown_and_fresh_ones_are_not(results) -> None:
    wrong = _problem(results["20260004_흔한오해"], "flag_names")
    assert (wrong.given, wrong.expected, wrong.actual) == ("flag_names(194)", "['CWR', 'ECE', 'SYN']", "['SYN']")
    hidden = _problem(results["20260007_공개입력만외움"], "flag_names")
    assert (hidden.given, hidden.expected, hidden.actual, hidden.differs) == ("", "", "", "")
    assert hidden.note


def _problem(result: SubmissionResult, name: str) -> ProblemResult:
    return next(problem for problem in result.problems if problem.name == name)


def test_exit_code_says_that_not_everything_was_graded(summary) -> None:
    assert summary.exit_code == 1
    assert summary.failed == ()
    assert summary.ignored == ("make.py",)


def test_grading_leaves_no_process_behind(summary) -> None:
    import psutil

    left = [one.info["cmdline"] for one in psutil.process_iter(["cmdline", "ppid"]) if one.info["ppid"] == os.getpid()]
    assert not any("tcpedu.grading.worker" in " ".join(line or []) for line in left)


def test_csv(summary, out) -> None:
    data = (out / "grades.csv").read_bytes()
    assert data.startswith(b"\xef\xbb\xbf") and data.count(b"\n") == data.count(b"\r\n")
    rows = list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"))))
    table = {row["학생"]: row for row in rows}
    assert table["20260004_흔한오해"]["점수"] == "5"
    assert table["20260004_흔한오해"]["백분율"] == "41.7"
    assert table["20260004_흔한오해"]["02 internet_checksum"] == "2"
    assert table["20260016_로그인화면"]["점수"] == ""


def test_json_and_junit(summary, out) -> None:
    content = json.loads((out / "results.json").read_text(encoding="utf-8"))
    assert tuple(SubmissionResult.from_dict(one) for one in content["submissions"]) == tuple(
        replace(one, prints={}) for one in summary.results
    )
    suites = ElementTree.parse(out / "junit.xml").getroot()
    assert len(suites) == len(summary.results)
    wrong = sum(problem.status is not Status.CORRECT for one in summary.results for problem in one.problems)
    assert int(suites.get("failures")) + int(suites.get("errors")) == wrong + len(summary.unreadable)


def test_one_self_contained_page_per_learner(summary, out) -> None:
    pages = sorted(path.stem for path in (out / "pages").glob("*.html"))
    assert pages == sorted(path.stem for path in (out / "pages").glob("*.json"))
    assert pages == sorted(result.student for result in summary.results)
    for path in [out / "index.html", *(out / "pages").glob("*.html")]:
        text = path.read_text(encoding="utf-8")
        assert "<script" not in text and "src=" not in text and 'href="http' not in text and 'lang="ko"' in text
    page = (out / "pages" / "20260005_올림을버림.html").read_text(encoding="utf-8")
    for phrase in ("7 / 12점", "58.3%", "올림을 버렸다", "RFC 1071 §1", "다음에 할 일", "기대", "실제", "입력"):
        assert phrase in page
    index = (out / "index.html").read_text(encoding="utf-8")
    assert "20260016_로그인화면" in index and "make.py" in index


def test_second_run_grades_nothing_twice(summary, out) -> None:
    again = grade(FOLDER, out, jobs=2, timeout=3.0)
    assert again.reused == len(again.results)
    assert again.results == summary.results


def test_check_file_agrees_with_the_class(results) -> None:
    name = "20260004_흔한오해"
    alone = check_file(FOLDER / f"{name}.ipynb", timeout=3.0)
    assert alone.problems == results[name].problems
