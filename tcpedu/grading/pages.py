"""HTML 보고서: 배우는 사람마다 한 쪽, 반 전체의 표 한 쪽. 인터넷 없이 열리고 인쇄된다."""

import re
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from tcpedu.course.feedback import clean
from tcpedu.grading.result import ProblemResult, State, Status, SubmissionResult

_RESERVED = re.compile(r"(?i)^(con|prn|aux|nul|com\d|lpt\d)(\.|$)")


@cache
def _environment() -> Environment:
    folder = Path(__file__).parent / "templates"
    # 제출물에서 온 글은 무엇이든 글자로만 보인다: autoescape를 끄지 않는다.
    environment = Environment(
        loader=FileSystemLoader(folder, encoding="utf-8"), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    environment.filters.update(prose=prose, clean=clean)
    environment.globals.update(State=State, Status=Status, title=lesson_title)
    return environment


def learner_page(result: SubmissionResult) -> str:
    """한 사람의 설명."""
    return _environment().get_template("learner.html").render(result=result)


def class_page(results: Sequence[SubmissionResult], links: Mapping[str, str], ignored: Sequence[str] = ()) -> str:
    """반 전체의 표."""
    graded = [result for result in results if result.state is State.GRADED]
    rest = [result for result in results if result.state is not State.GRADED]
    taken = sorted({result.lesson for result in graded})
    lessons = {lesson: [one for one in graded if one.lesson == lesson] for lesson in taken}
    template = _environment().get_template("index.html")
    return template.render(
        results=results, graded=graded, rest=rest, lessons=lessons, links=links, ignored=ignored, tally=tally
    )


def tally(results: Sequence[SubmissionResult]) -> list[tuple[ProblemResult, int]]:
    """문제마다 맞힌 사람의 수."""
    first = {problem.name: problem for result in results for problem in reversed(result.problems)}
    order = results[0].problems if results else ()
    solved = [problem.name for one in results for problem in one.problems if problem.status is Status.CORRECT]
    return [(first[problem.name], solved.count(problem.name)) for problem in order]


def prose(text: str) -> Markup:
    """역따옴표로 감싼 곳만 코드로 보인다."""
    parts = re.split(r"`([^`]*)`", clean(text))
    pieces = [Markup("<code>{}</code>").format(part) if odd % 2 else escape(part) for odd, part in enumerate(parts)]
    return Markup("").join(pieces)


def lesson_title(lesson: str) -> str:
    """ "02 세그먼트와 헤더". 강의 목록에 없으면 적힌 그대로."""
    from tcpedu.course.lessons import LESSONS

    return next((f"{one.number} {one.title}" for one in LESSONS if lesson.startswith(one.number)), lesson)


def page_names(results: Sequence[SubmissionResult]) -> dict[str, str]:
    """제출물마다 서로 다른, 어느 운영체제에서나 쓸 수 있는 파일 이름."""
    names: dict[str, str] = {}
    taken: set[str] = set()
    for result in results:
        stem = re.sub(r"\.ipynb$", "", result.file, flags=re.IGNORECASE)
        base = re.sub(r"[^\w.-]+", "_", stem).strip("._")[:60] or "제출물"
        base = "_" + base if _RESERVED.match(base) else base
        name, count = base, 1
        while name.casefold() in taken:
            count += 1
            name = f"{base}-{count}"
        taken.add(name.casefold())
        names[result.file] = f"{name}.html"
    return names
