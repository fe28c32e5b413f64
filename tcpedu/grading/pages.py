"""HTML 보고서: 배우는 사람마다 한 쪽, 반 전체의 표 한 쪽. 인터넷 없이 열리고 인쇄된다."""

import re
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from tcpedu.course.feedback import clean
from tcpedu.grading.finish import Finished
from tcpedu.grading.overview import overview
from tcpedu.grading.result import State, Status, SubmissionResult
from tcpedu.grading.tiers import Tier

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


def class_page(finished: Finished, links: Mapping[str, str], ignored: Sequence[str] = ()) -> str:
    """반 전체: 다시 가르칠 것, 분포, 어려웠던 문제, 교사가 볼 것, 점수의 표."""
    results = finished.results
    graded = [result for result in results if result.state is State.GRADED]
    rest = [result for result in results if result.state is not State.GRADED]
    taken = sorted({result.lesson for result in graded})
    lessons = [overview(lesson, [one for one in graded if one.lesson == lesson]) for lesson in taken]
    template = _environment().get_template("index.html")
    return template.render(
        finished=finished, results=results, graded=graded, rest=rest, lessons=lessons, links=links, ignored=ignored,
        students={result.file: result.student for result in results},
        tiers=[tier_summary(name) for name in sorted({one.tier for one in graded if one.tier})],
        borrowed=[one for one in graded if any(problem.status is Status.BORROWED for problem in one.problems)],
    )  # fmt: skip


def tier_summary(name: str) -> str:
    """결과에 적힌 격리의 단계를 한 문장으로."""
    return Tier(name).summary


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
