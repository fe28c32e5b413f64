"""결과를 파일로 쓴다: 성적표(CSV), JSON, JUnit XML, 그리고 HTML(`pages.py`)."""

import csv
import io
import json
import os
import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from tcpedu import __version__
from tcpedu.grading.finish import Finished
from tcpedu.grading.pages import class_page, learner_page, page_names
from tcpedu.grading.result import ProblemResult, State, Status, SubmissionResult

PAGES = "pages"


def write_reports(finished: Finished, out: Path, *, ignored: Sequence[str] = ()) -> None:
    """모든 보고서를 `out`에 쓴다. 파일마다 다 쓴 뒤에 제자리에 놓는다."""
    results = finished.results
    (out / PAGES).mkdir(parents=True, exist_ok=True)
    names = page_names(results)
    # 엑셀은 BOM이 없는 UTF-8을 CP949로 읽는다.
    write_text(out / "grades.csv", "\ufeff" + grades_csv(results))
    write_parts(out / "results.json", results_json(results))
    write_parts(out / "junit.xml", junit_parts(results))
    for result in results:
        page = out / PAGES / names[result.file]
        write_text(page, learner_page(result))
        write_text(page.with_suffix(".json"), result_json(result))
    links = {file: f"{PAGES}/{name}" for file, name in names.items()}
    write_text(out / "index.html", class_page(finished, links, ignored))


def write_text(path: Path, text: str) -> None:
    """줄 끝을 바꾸지 않고 UTF-8로 쓴다. 쓰다가 멈춰도 옛 파일이 온전하다."""
    write_parts(path, [text])


def write_parts(path: Path, parts: Iterable[str]) -> None:
    """큰 반의 파일은 한꺼번에 만들지 않고 조각조각 쓴다."""
    draft = path.with_name(path.name + ".part")
    with open(draft, "wb") as file:
        for part in parts:
            file.write(part.encode("utf-8", "replace"))
    os.replace(draft, path)


# CSV


def grades_csv(results: Sequence[SubmissionResult]) -> str:
    """성적표. 채점하지 못한 제출물의 점수는 0이 아니라 빈칸이다."""
    columns = list(dict.fromkeys((one.lesson, problem.name) for one in results for problem in one.problems))
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\r\n")
    heads = [f"{lesson[:2]} {name}" for lesson, name in columns]
    writer.writerow(["파일", "학생", "학번", "과제", "상태", "점수", "만점", "백분율", *heads, "지각", "알림"])
    for result in results:
        earned = {(result.lesson, problem.name): problem.points for problem in result.problems}
        scores = [earned.get(column, "") for column in columns]
        writer.writerow([
            safe_cell(result.file), safe_cell(result.student), safe_cell(result.person.number), result.lesson,
            result.state.value,
            *(_number(value) for value in (result.points, result.possible, result.percent)), *scores,
            result.late, safe_cell(" / ".join(filter(None, [result.reason, *result.findings]))),
        ])  # fmt: skip
    return file.getvalue()


def _number(value: float | None) -> float | str:
    return "" if value is None else value


def safe_cell(text: str) -> str:
    """글 칸이 표 계산 프로그램에서 식으로 읽히지 않게 한다."""
    return "'" + text if text.startswith(("=", "+", "-", "@", "\t", "\r", "\n")) else text


# JSON


def results_json(results: Iterable[SubmissionResult]) -> Iterator[str]:
    """모든 것을 담은 JSON. 한 줄이 제출물 하나다."""
    yield f'{{"tcpedu": {json.dumps(__version__)}, "submissions": ['
    for number, result in enumerate(results):
        yield (",\n" if number else "\n") + json.dumps(_public(result), ensure_ascii=False)
    yield "\n]}\n"


def result_json(result: SubmissionResult) -> str:
    """한 사람의 JSON."""
    return json.dumps({"tcpedu": __version__, **_public(result)}, ensure_ascii=False, indent=1) + "\n"


def _public(result: SubmissionResult) -> dict[str, Any]:
    """답의 지문은 견줄 때만 쓰므로 보고서에는 담지 않는다."""
    return {name: value for name, value in result.to_dict().items() if name != "prints"}


# JUnit XML

_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def junit_xml(results: Sequence[SubmissionResult]) -> str:
    """제출물이 testsuite, 문제가 testcase."""
    return "".join(junit_parts(results))


def junit_parts(results: Sequence[SubmissionResult]) -> Iterator[str]:
    """JUnit XML을 제출물마다 한 조각씩."""
    totals = {name: str(sum(_counts(result)[name] for result in results)) for name in ("tests", "failures", "errors")}
    root = ElementTree.tostring(ElementTree.Element("testsuites", {"name": "tcpedu", **totals}), encoding="unicode")
    yield '<?xml version="1.0" encoding="utf-8"?>\n' + root.removesuffix(" />") + ">\n"
    for result in results:
        suite = _suite(result)
        ElementTree.indent(suite, " ")
        yield ElementTree.tostring(suite, encoding="unicode") + "\n"
    yield "</testsuites>\n"


def _counts(result: SubmissionResult) -> dict[str, int]:
    if result.state is not State.GRADED:
        return {"tests": 1, "failures": 0, "errors": 1}
    wrong = [problem.status for problem in result.problems if problem.status is not Status.CORRECT]
    errors = sum(status in _ERRORS for status in wrong)
    return {"tests": len(result.problems), "failures": len(wrong) - errors, "errors": errors}


_ERRORS = (Status.TIMEOUT, Status.ERROR)


def _suite(result: SubmissionResult) -> ElementTree.Element:
    counts = {name: str(count) for name, count in _counts(result).items()}
    suite = ElementTree.Element("testsuite", {"name": _xml(result.file), "time": f"{result.seconds:.2f}", **counts})
    if result.state is State.GRADED:
        suite.extend(_case(result, problem) for problem in result.problems)
    else:
        case = ElementTree.SubElement(suite, "testcase", classname=_xml(result.file), name=result.state.value)
        ElementTree.SubElement(case, "error", type=result.state.value, message=_xml(result.reason))
    return suite


def _case(result: SubmissionResult, problem: ProblemResult) -> ElementTree.Element:
    case = ElementTree.Element("testcase", classname=_xml(result.file), name=problem.name)
    if problem.status is not Status.CORRECT:
        kind = "error" if problem.status in _ERRORS else "failure"
        message = _xml(" ".join(filter(None, [problem.headline, problem.diagnosis])))
        node = ElementTree.SubElement(case, kind, type=problem.status.value, message=message)
        node.text = _xml("\n".join(_details(problem)))
    return case


def _details(problem: ProblemResult) -> Iterable[str]:
    pairs = {"입력": problem.given, "기대": problem.expected, "실제": problem.actual, "오류": problem.error}
    return (f"{label}: {text}" for label, text in pairs.items() if text)


def _xml(text: str) -> str:
    """XML 1.0이 받지 않는 글자를 뺀다."""
    return _NOT_XML.sub("", text)
