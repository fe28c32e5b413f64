"""명령줄의 명령들. 저마다 일을 맡은 모듈을 부르기만 한다."""

import os
import re
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

import tcpedu
from tcpedu.cli import korean
from tcpedu.cli.errors import Trouble, explain_os_error, explain_usage_error
from tcpedu.cli.root import course_root

app = typer.Typer(
    name="tcpedu",
    cls=korean.Group,
    options_metavar="[선택 사항]",
    help="직접 만들고, 보고, 고치며 배우는 한국어 TCP 강의",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["--help", "-h"]},
)
INTERRUPTED = 130
PASS_THROUGH = {"allow_extra_args": True, "ignore_unknown_options": True}


KOREAN: dict[str, Any] = {"cls": korean.Command, "options_metavar": "[선택 사항]"}


def show_version(wanted: bool) -> None:
    if wanted:
        print(f"tcpedu {tcpedu.__version__}")
        raise typer.Exit


@app.callback()
def options(
    version: Annotated[
        bool, typer.Option("--version", help="판 번호를 보인다", is_eager=True, callback=show_version)
    ] = False,
) -> None:
    """명령보다 앞에 적는 선택 사항."""


@app.command(context_settings=PASS_THROUGH, **KOREAN)
def lab(context: typer.Context) -> None:
    """강의실(한국어 주피터랩)을 연다.

    --no-browser, --port 번호, --ip 주소를 비롯한 주피터랩의 인자를 그대로 쓸 수 있다.
    """
    from tcpedu.cli.lab import open_lab

    open_lab(course_root(), context.args)


AssignmentOption = Annotated[
    str | None, typer.Option("--assignment", "-a", metavar="번호", help='과제를 알아보지 못할 때 알려 준다. 예: "02"')
]


@app.command(**KOREAN)
def check(
    file: Annotated[Path, typer.Argument(metavar="노트북", help="내가 푼 연습문제 노트북(.ipynb)")],
    assignment: AssignmentOption = None,
) -> None:
    """내가 푼 연습문제 한 편을 채점해 본다.

    선생님이 쓰는 것과 같은 채점기다. 제출하기 전에 집에서 돌려 본다.
    """
    from tcpedu.cli.show import show_submission
    from tcpedu.grading import check_file

    if not file.is_file():
        raise Trouble(f"'{file}' 노트북을 찾을 수 없습니다: 경로를 확인하세요.")
    with korean_errors():
        result = check_file(file, assignment=assignment)
    show_submission(result, Console())
    raise typer.Exit(0 if result.points is not None else 1)


@app.command(**KOREAN)
def grade(
    folder: Annotated[Path, typer.Argument(metavar="폴더", help="제출물(.ipynb)이 든 폴더")],
    out: Annotated[Path, typer.Option("--out", "-o", metavar="폴더", help="성적표와 피드백을 둘 폴더")],
    jobs: Annotated[
        int | None, typer.Option("--jobs", "-j", metavar="수", min=1, help="한꺼번에 채점할 수 (기본은 CPU 수)")
    ] = None,
    assignment: AssignmentOption = None,
    trust: Annotated[bool, typer.Option("--trust", help="가둘 수 없는 컴퓨터에서도 제출물을 믿고 돌린다")] = False,
) -> None:
    """제출물 폴더를 채점해 성적표와 한 사람 한 사람의 피드백을 만든다.

    멈췄다가 다시 돌리면 이미 채점한 것은 건너뛴다.
    """
    from tcpedu.cli.show import progress_bar, show_summary
    from tcpedu.grading import grade as grade_folder
    from tcpedu.grading import line

    if not folder.is_dir():
        raise Trouble(f"'{folder}' 폴더를 찾을 수 없습니다: 제출물이 든 폴더의 경로를 확인하세요.")
    console = Console()
    with korean_errors():
        print(isolation(trust))
    with korean_errors(), progress_bar(console) as bar:
        task = bar.add_task("채점", total=None)

        def step(progress: Any) -> None:
            bar.update(task, completed=progress.done, total=progress.total)
            console.print(line(progress.result), markup=False, highlight=False)

        summary = grade_folder(folder, out, jobs=jobs, progress=step, assignment=assignment)
    show_summary(summary, console)
    raise typer.Exit(summary.exit_code)


def isolation(trust: bool) -> str:
    """제출물을 어디까지 가두는지 한 줄로. 가둘 수 없고 믿는다는 말도 없으면 채점하지 않는다."""
    from tcpedu.grading import tiers

    if trust:
        tiers.trust()
    try:
        return tiers.require().summary
    except tiers.NotTrusted as refusal:
        raise Trouble(str(refusal)) from None


@app.command(**KOREAN)
def build(
    check: Annotated[bool, typer.Option("--check", help="다시 만들지 않고 어긋난 것만 찾는다")] = False,
    execute: Annotated[bool, typer.Option("--execute", help="강의와 풀이를 먼저 실행해 출력도 새로 담는다")] = False,
) -> None:
    """풀이(solutions/)에서 연습문제(exercises/)를 다시 만든다."""
    from tcpedu.course import build as builder
    from tcpedu.course.lessons import notebooks

    if check and execute:
        raise Trouble("--check와 --execute는 함께 쓸 수 없습니다: 하나만 고르세요.")
    root = course_root()
    with korean_errors():
        for path in [*notebooks(root, "lessons"), *notebooks(root, "solutions")] if execute else ():
            print(f"실행합니다: {path.relative_to(root)}", flush=True)
            builder.execute(path)
        differences = builder.build(root, check=check)
    for difference in differences:
        print(difference)
    if check and differences:
        raise Trouble("풀이와 연습문제가 어긋납니다: `tcpedu build`로 다시 만든 뒤 함께 올리세요.")
    print("풀이와 연습문제가 맞습니다." if not differences else f"노트북 {len(differences)}개를 다시 만들었습니다.")


@app.command(**KOREAN)
def reset(
    file: Annotated[Path, typer.Argument(metavar="노트북", help="처음부터 다시 풀 연습문제 노트북(.ipynb)")],
) -> None:
    """연습문제 하나를 처음 모습으로 되돌린다. 적어 둔 답은 지우지 않고 옮겨 둔다."""
    from tcpedu.course import build as builder

    root = course_root()
    with korean_errors():
        kept = builder.reset(root, file)
    print(f"'{file.name}'을 처음 모습으로 되돌렸습니다.")
    if kept:
        print(f"적어 둔 답은 {kept.relative_to(root).as_posix()}에 있습니다.")


@contextmanager
def korean_errors() -> Iterator[None]:
    """라이브러리가 한국어로 까닭을 적어 던진 ValueError는 그 글만 보인다. 나머지는 우리 잘못이다."""
    try:
        yield
    except ValueError as error:
        if re.search("[가-힣]", str(error)):
            raise Trouble(str(error)) from error
        raise


@app.command(**KOREAN)
def doctor() -> None:
    """설치된 것과 이 컴퓨터가 할 수 있는 일을 살핀다. 아무것도 바꾸지 않는다."""
    report = tcpedu.doctor()
    print(report)
    if not report.ready:
        raise typer.Exit(1)


def skip_slow_grammar() -> None:
    """불러올 때 문법을 2초 넘게 푸는 꾸러미 하나를 건너뛴다.

    jsonschema가 국제화 주소(IRI) 형식을 검사할 때만 쓴다. 노트북과 주피터는 그 검사를 쓰지 않는다.
    """
    sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]


def run(arguments: Sequence[str] | None = None) -> int:
    """명령 하나를 돌린다. 오류는 한국어 한 문장으로 알리고 종료 코드로 돌려준다."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")  # 한글을 못 적는 콘솔에서도 죽지 않는다
    korean.apply()
    skip_slow_grammar()
    try:
        code = app(arguments, prog_name="tcpedu", standalone_mode=False)
        if code == INTERRUPTED:  # typer가 Ctrl+C를 종료 코드로 바꾸어 돌려준다
            raise KeyboardInterrupt
        return code if isinstance(code, int) else 0
    except Trouble as trouble:
        return fail(str(trouble), 1)
    except (KeyboardInterrupt, typer.Abort):
        return fail("멈췄습니다.", INTERRUPTED)
    except OSError as error:
        return fail(explain_os_error(error), 1)
    except Exception as error:
        if hasattr(error, "format_message"):  # typer의 사용법 오류
            return fail(explain_usage_error(error), 2)
        if os.environ.get("TCPEDU_DEBUG"):
            raise
        what = f"뜻밖의 오류입니다 ({type(error).__name__}: {error})"
        return fail(f"{what}: 환경 변수 TCPEDU_DEBUG=1을 주고 다시 실행해 나온 글을 알려 주세요.", 70)


def fail(sentence: str, code: int) -> int:
    print(sentence, file=sys.stderr)
    return code
