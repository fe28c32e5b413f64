"""도움말에 typer가 스스로 적는 영어 말을 한국어로 바꾼다."""

import contextlib
from typing import Any

from typer.core import TyperCommand, TyperGroup

TITLES = {
    "ARGUMENTS_PANEL_TITLE": "인자",
    "OPTIONS_PANEL_TITLE": "선택 사항",
    "COMMANDS_PANEL_TITLE": "명령",
    "ERRORS_PANEL_TITLE": "오류",
    "DEFAULT_STRING": "[기본값: {}]",
    "REQUIRED_LONG_STRING": "[꼭 필요]",
}


def apply() -> None:
    """이름이 바뀐 판의 typer에서는 영어로 남을 뿐, 도움말은 그대로 나온다."""
    with contextlib.suppress(ImportError):
        from typer import rich_utils

        for name, text in TITLES.items():
            if hasattr(rich_utils, name):
                setattr(rich_utils, name, text)


class _Korean:
    """도움말의 첫 줄과 --help의 설명을 한국어로."""

    def get_usage(self, ctx: Any) -> str:
        usage: str = super().get_usage(ctx)  # type: ignore[misc]
        return usage.replace("Usage:", "사용법:").replace("COMMAND [ARGS]...", "명령 [인자]…")

    def get_help_option(self, ctx: Any) -> Any:
        option = super().get_help_option(ctx)  # type: ignore[misc]
        if option:
            option.help = "이 도움말을 보인다"
        return option


class Command(_Korean, TyperCommand):
    """명령 하나."""


class Group(_Korean, TyperGroup):
    """명령들의 모임."""
