"""채점하는 명령: 한 반을 LMS의 압축 파일에서 LMS의 성적표까지, 그리고 다시 채점하기까지."""

import base64
import json
import zipfile
from pathlib import Path
from xml.etree import ElementTree

import pytest

from tcpedu.cli import main
from tcpedu.grading.assignment import root

Capture = pytest.CaptureFixture[str]
WORKSHEET = (
    "Identifier,Full name,ID number,Email address,Status,Grade,Maximum grade,Grade can be changed,"
    "Last modified (submission),Last modified (grade),Feedback comments\r\n"
    "Participant 77,김철수,0012,kim@example.ac.kr,Submitted for grading,,100.00,Yes,-,-,\r\n"
    "Participant 78,이영희,0034,lee@example.ac.kr,Submitted for grading,,100.00,Yes,-,-,\r\n"
    "Participant 79,박민수,0056,park@example.ac.kr,No submission,,100.00,Yes,-,-,\r\n"
)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Moodle에서 내려받은 그대로: 제출물.zip과 채점표.csv."""
    place = tmp_path_factory.mktemp("수업")
    right = (root() / "solutions" / "00_start.ipynb").read_bytes()
    half = right.replace(b"(seq + length) % 2**32", b"seq")
    late = zipfile.ZipInfo("이영희_78_assignsubmission_file_/00_start.ipynb", (2026, 3, 11, 0, 20, 0))
    with zipfile.ZipFile(place / "제출물.zip", "w") as file:
        info = zipfile.ZipInfo("김철수_77_assignsubmission_file_/00_start.ipynb", (2026, 3, 10, 12, 0, 0))
        file.writestr(info, right)
        file.writestr(late, half)
    (place / "채점표.csv").write_text(WORKSHEET, encoding="utf-8", newline="")
    return place


@pytest.fixture(scope="module")
def graded(place: Path) -> Path:
    assert main(arguments(place)) == 0
    return place / "결과"


def arguments(place: Path) -> list[str]:
    return [
        "grade", str(place / "제출물.zip"), "-o", str(place / "결과"), "--fill", str(place / "채점표.csv"),
        "--deadline", "2026-03-10 23:59",
    ]  # fmt: skip


@pytest.mark.slow
def test_from_the_lms_and_back(graded: Path, place: Path) -> None:
    rows = (graded / "lms" / "채점표.csv").read_bytes().decode().split("\r\n")
    before = WORKSHEET.split("\r\n")
    assert rows[0] == before[0] and rows[3] == before[3], "내지 않은 사람의 줄은 그대로다"
    assert rows[1].startswith("Participant 77,김철수,0012,kim@example.ac.kr,Submitted for grading,100,100.00,Yes,-,-,")
    assert 0 < float(rows[2].split(",")[5]) < 100
    assert (place / "채점표.csv").read_bytes().decode() == WORKSHEET
    index = (graded / "index.html").read_text(encoding="utf-8")
    assert "0056 박민수" in index and "제출하지 않은 사람" in index
    late = json.loads(next((graded / "pages").glob("*이영희*.json")).read_text(encoding="utf-8"))
    assert late["late"].startswith("지각: 마감 2026-03-10 23:59") and late["cut"] == 0
    assert late["person"]["number"] == "0034"


@pytest.mark.slow
def test_an_override_survives_regrading(graded: Path, place: Path, capsys: Capture) -> None:
    with open(graded / "overrides.csv", "a", encoding="utf-8", newline="") as file:
        file.write("0034,00,ack_number,1,말로 설명함\r\n")
    assert main(arguments(place)) == 0
    said = capsys.readouterr().out
    assert "전에 채점한 2개 포함" in said
    rows = (graded / "lms" / "채점표.csv").read_text(encoding="utf-8").splitlines()
    assert rows[2].split(",")[5] == "100"
    assert "말로 설명함" in next((graded / "pages").glob("*이영희*.html")).read_text(encoding="utf-8")


@pytest.mark.slow
def test_plan_uses_the_last_run(graded: Path, capsys: Capture) -> None:
    assert main(["grade", "--plan", "100000", "-o", str(graded)]) == 0
    said = capsys.readouterr().out
    assert "지난번에 2개를 채점하며 잰 값" in said and "제출물 100,000개" in said and "메모리" in said


@pytest.mark.slow
def test_one_submission_for_gradescope_github_and_junit(tmp_path: Path) -> None:
    file = root() / "solutions" / "00_start.ipynb"
    gradescope, junit, github = tmp_path / "results.json", tmp_path / "junit.xml", tmp_path / "output"
    github.write_text("other=1\n", encoding="utf-8")
    options = ["--gradescope", str(gradescope), "--junit", str(junit), "--github", str(github)]
    assert main(["check", str(file), *options]) == 0
    score = json.loads(gradescope.read_text(encoding="utf-8"))["score"]
    assert score > 0 and ElementTree.parse(junit).getroot().get("failures") == "0"
    first, second = github.read_text(encoding="utf-8").splitlines()
    content = json.loads(base64.b64decode(second.removeprefix("result=")))
    assert first == "other=1" and (content["status"], content["max_score"]) == ("pass", score)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--roster", "없는.csv"], "'없는.csv'을(를) 찾을 수 없습니다"),
        (["--deadline", "내일"], "2026-03-10 23:59처럼"),
        (["--fill", "없는.csv"], "'없는.csv'을(를) 찾을 수 없습니다"),
        (["--scheduler", "없는 곳"], ""),
    ],
)
def test_wrong_options_are_one_sentence(
    options: list[str], words: str, capsys: Capture, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setitem(__import__("sys").modules, "distributed", None)
    (tmp_path / "제출물").mkdir()
    (tmp_path / "제출물" / "a.ipynb").write_text("{}", encoding="utf-8")
    assert main(["grade", "제출물", "-o", "결과", *options]) == 1
    said = capsys.readouterr().err
    assert words in said and said.count("\n") == 1 and "뜻밖" not in said


def test_plan_needs_no_folder_and_grading_needs_both(capsys: Capture) -> None:
    assert main(["grade"]) == 2
    assert "(폴더)이 빠졌습니다" in capsys.readouterr().err
