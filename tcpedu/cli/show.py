"""채점 결과를 터미널에 보인다."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

if TYPE_CHECKING:
    from tcpedu.grading import GradeSummary, ProblemResult, SubmissionResult
    from tcpedu.grading.forecast import Forecast


def show_submission(result: "SubmissionResult", console: Console) -> None:
    """배우는 사람 한 명에게: 문제마다 결과와, 틀렸으면 까닭과 다음에 할 일."""
    for finding in result.findings:
        console.print(f"[yellow]알림[/] {escape(finding)}")
    if result.points is None:
        console.print(f"[red]{escape(result.state.value)}[/] {escape(result.reason)}")
        return
    for problem in result.problems:
        head = f"{problem.status.icon} [bold]{escape(problem.title)}[/] ({escape(problem.name)})"
        console.print(f"{head}  {problem.points:g}/{problem.possible:g}점")
        for label, text in _details(problem):
            lines = text.splitlines() or [""]
            console.print(f"   [dim]{label}[/] {escape(lines[0])}", highlight=False)
            for line in lines[1:]:
                console.print(f"        {escape(line)}", highlight=False)
    console.print(f"\n[bold]{result.points:g}/{result.possible:g}점[/] ({result.percent:g}%)", highlight=False)


def _details(problem: "ProblemResult") -> Iterator[tuple[str, str]]:
    if problem.points == problem.possible:
        return
    rows = (
        ("결과", problem.headline),
        ("진단", problem.diagnosis),
        ("단계", "\n".join(problem.steps)),
        ("입력", problem.given),
        ("기대", problem.expected),
        ("실제", problem.actual),
        ("오류", problem.error),
        ("참고", problem.rfc),
        ("다음", problem.next_step),
    )
    yield from ((label, text) for label, text in rows if text)


def progress_bar(console: Console) -> Progress:
    """한 반을 채점하는 동안의 막대."""
    return Progress(
        TextColumn("채점"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), console=console, transient=True
    )


def show_summary(summary: "GradeSummary", console: Console) -> None:
    """한 반을 다 채점한 뒤: 몇 명을 채점했고 결과가 어디 있는지."""
    again = f" (전에 채점한 {summary.reused}개 포함)" if summary.reused else ""
    lines = [f"제출물 {len(summary.results)}개 가운데 {len(summary.graded)}개를 채점했습니다{again}."]
    for result in (*summary.unreadable, *summary.failed):
        lines.append(f"[yellow]{result.state.value}[/] {escape(result.file)}: {escape(result.reason)}")
    lines += [f"[dim]건너뜀 {escape(name)}[/]" for name in summary.ignored]
    lines += [f"[yellow]확인[/] {escape(note)}" for note in summary.notes]
    if summary.absent:
        lines.append(f"제출하지 않음 {len(summary.absent)}명: {escape(', '.join(one.label for one in summary.absent))}")
    lines += [f"성적표: {summary.out / 'grades.csv'}", f"반 전체: {summary.out / 'index.html'}"]
    lines += [f"채운 성적표: {path}" for path in summary.filled]
    for text in lines:
        console.print(text, highlight=False)


def show_forecast(forecast: "Forecast", console: Console) -> None:
    """큰 반을 채점하는 데 드는 시간과 메모리를, 어디에서 잰 값인지와 함께."""
    run = forecast.measured
    lines = [
        f"{forecast.source}:",
        f"  제출물 하나에 {run.busy / run.graded:.2f}초, 일꾼 하나에 {_mebibytes(run.worker_bytes)}",
        f"  결과 하나를 적고 쓰는 데 {run.report * 1000:.0f}밀리초, {forecast.result_bytes / 1024:.0f} KiB",
        f"제출물 {forecast.count:,}개, 일꾼 {forecast.jobs}개이면",
        f"  채점   {_duration(forecast.grading_seconds)}",
        f"  보고서 {_duration(forecast.report_seconds)}",
        f"  메모리 {_mebibytes(forecast.bytes)}",
    ]
    for text in lines:
        console.print(text, highlight=False)


def _duration(seconds: float) -> str:
    if seconds < 60:
        return f"{seconds:.0f}초"
    hours, minutes = divmod(round(seconds / 60), 60)
    return f"{hours:,}시간 {minutes}분" if hours else f"{minutes}분"


def _mebibytes(count: int) -> str:
    return f"{count / 2**20:,.0f} MiB"
