"""명령줄: `tcpedu lab | check | grade | build | doctor`."""

from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> int:
    """명령 하나를 돌리고 종료 코드를 돌려준다. typer와 rich는 부를 때 불러온다."""
    from tcpedu.cli.app import run

    return run(arguments)


__all__ = ["main"]
