"""명령줄의 명령들. 저마다 일을 맡은 모듈을 부르기만 한다."""

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

import tcpedu
from tcpedu.cli import grading, korean
from tcpedu.cli.errors import Trouble, explain_os_error, explain_usage_error, korean_errors
from tcpedu.cli.root import course_root
from tcpedu.grading.slow_grammar import skip_slow_grammar

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


app.command(**KOREAN)(grading.check)
app.command(**KOREAN)(grading.grade)


@app.command(**KOREAN)
def build(
    check: Annotated[bool, typer.Option("--check", help="다시 만들지 않고 어긋난 것만 찾는다")] = False,
    execute: Annotated[
        bool, typer.Option("--execute", help="강의와 풀이를 먼저 실행해 출력도 새로 담는다")
    ] = False,
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


@app.command(**KOREAN)
def doctor() -> None:
    """설치된 것과 이 컴퓨터가 할 수 있는 일을 살핀다. 아무것도 바꾸지 않는다."""
    report = tcpedu.doctor()
    print(report)
    if not report.ready:
        raise typer.Exit(1)


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
