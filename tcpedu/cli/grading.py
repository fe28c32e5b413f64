"""채점하는 명령: 내 노트북 하나(`check`)와 한 반(`grade`)."""

from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from tcpedu.cli.errors import MissingParameter, Trouble, korean_errors

AssignmentOption = Annotated[
    str | None, typer.Option("--assignment", "-a", metavar="번호", help='과제를 알아보지 못할 때 알려 준다. 예: "02"')
]
ReportOption = Path | None


def check(
    file: Annotated[Path, typer.Argument(metavar="노트북", help="내가 푼 연습문제 노트북(.ipynb)")],
    assignment: AssignmentOption = None,
    gradescope: Annotated[ReportOption, typer.Option(metavar="파일", help="Gradescope의 results.json도 쓴다")] = None,
    github: Annotated[
        ReportOption, typer.Option(metavar="파일", help="GitHub Classroom의 결과를 이 파일($GITHUB_OUTPUT)에 더한다")
    ] = None,
    junit: Annotated[ReportOption, typer.Option(metavar="파일", help="JUnit XML도 쓴다")] = None,
) -> None:
    """내가 푼 연습문제 한 편을 채점해 본다.

    선생님이 쓰는 것과 같은 채점기다. 제출하기 전에 집에서 돌려 본다.
    """
    from tcpedu.cli.show import show_submission
    from tcpedu.grading import check_file, formats, report

    if not file.is_file():
        raise Trouble(f"'{file}' 노트북을 찾을 수 없습니다: 경로를 확인하세요.")
    with korean_errors():
        result = check_file(file, assignment=assignment)
    show_submission(result, Console())
    if gradescope:
        report.write_text(gradescope, formats.gradescope_json(result))
    if junit:
        report.write_text(junit, report.junit_xml([result]))
    if github:
        with open(github, "a", encoding="utf-8") as output:
            output.write(f"result={formats.github_result(result)}\n")
    raise typer.Exit(0 if result.points is not None else 1)


def grade(
    context: typer.Context,
    folder: Annotated[
        Path | None, typer.Argument(metavar="폴더", help="제출물(.ipynb)이 든 폴더. LMS에서 받은 zip도 된다")
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", "-o", metavar="폴더", help="성적표와 피드백을 둘 폴더 [꼭 필요]")
    ] = None,
    jobs: Annotated[
        int | None, typer.Option("--jobs", "-j", metavar="수", min=1, help="한꺼번에 채점할 수 (기본은 CPU 수)")
    ] = None,
    assignment: AssignmentOption = None,
    roster: Annotated[
        Path | None, typer.Option(metavar="CSV", help="명단: 학번, 이름, 이메일이 적힌 CSV. LMS의 성적표도 된다")
    ] = None,
    deadline: Annotated[
        str | None,
        typer.Option(
            metavar="시각|CSV",
            help='마감: "2026-03-10 23:59" 또는 과제,마감,학번,감점이 적힌 CSV. 감점이 없으면 알리기만 한다',
        ),
    ] = None,
    fill: Annotated[
        list[str] | None,
        typer.Option(
            metavar="CSV[=열]", help="LMS(Moodle, Canvas)에서 받은 성적표에 점수를 채운다. 여러 번 쓸 수 있다"
        ),
    ] = None,
    scheduler: Annotated[
        str | None, typer.Option(metavar="주소", help="여러 컴퓨터로 채점한다: Dask 스케줄러의 주소 (tcp://…)")
    ] = None,
    trust: Annotated[
        bool, typer.Option("--trust", help="가둘 수 없는 컴퓨터에서도 제출물을 믿고 돌린다")
    ] = False,
    plan: Annotated[
        int | None, typer.Option(metavar="명", min=1, help="채점하지 않고, 이만한 반에 드는 시간과 메모리를 셈한다")
    ] = None,
) -> None:
    """제출물 폴더를 채점해 성적표와 한 사람 한 사람의 피드백을 만든다.

    멈췄다가 다시 돌리면 이미 채점한 것은 건너뛴다. 점수를 고치려면 결과 폴더의 overrides.csv를 고치고 다시 돌린다.

    보기: tcpedu grade 제출물 -o 결과

    보기: tcpedu grade 제출물.zip -o 결과 --roster 명단.csv --deadline "2026-03-10 23:59" --fill 성적표.csv

    모두 채점했으면 종료 코드가 0, 읽지 못했거나 채점기가 실패한 것이 있으면 1이다.
    """
    if plan is not None:
        return _plan(plan, folder, out, jobs)
    folder, out = _needed(context, "folder", folder), _needed(context, "out", out)
    if not folder.exists():
        raise Trouble(f"'{folder}' 폴더를 찾을 수 없습니다: 제출물이 든 폴더의 경로를 확인하세요.")
    with korean_errors():
        print(isolation(trust))
    _grade(
        folder, out, jobs=jobs, assignment=assignment, roster=roster, deadline=deadline, fill=fill or (),
        scheduler=scheduler,
    )  # fmt: skip


def _grade(folder: Path, out: Path, **options: Any) -> None:
    from tcpedu.cli.show import progress_bar, show_summary
    from tcpedu.grading import grade as grade_folder
    from tcpedu.grading import line

    console = Console()
    with korean_errors(), progress_bar(console) as bar:
        task = bar.add_task("채점", total=None)

        def step(progress: Any) -> None:
            bar.update(task, completed=progress.done, total=progress.total)
            console.print(line(progress.result), markup=False, highlight=False)

        summary = grade_folder(folder, out, progress=step, **options)
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


def _needed(context: typer.Context, name: str, value: Path | None) -> Path:
    """`--plan`이 아니면 꼭 있어야 하는 것."""
    if value is None:
        raise MissingParameter(context, name)
    return value


def _plan(count: int, folder: Path | None, out: Path | None, jobs: int | None) -> None:
    from tcpedu.cli.show import show_forecast
    from tcpedu.grading.forecast import forecast

    with korean_errors():
        show_forecast(forecast(count, folder=folder, out=out, jobs=jobs), Console())
