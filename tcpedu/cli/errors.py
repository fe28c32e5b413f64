"""명령줄의 오류를 한국어 한 문장으로 바꾼다."""

import errno
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any


class Trouble(Exception):
    """쓰는 사람에게 그대로 보여 줄 한 문장. 무엇을 하면 되는지까지 말한다."""


class MissingParameter(Exception):
    """다른 것을 주지 않았을 때만 꼭 필요한 것이 빠졌다. typer의 같은 이름의 오류처럼 설명한다."""

    def __init__(self, ctx: Any, name: str) -> None:
        self.ctx = ctx
        self.param = next(param for param in ctx.command.params if param.name == name)

    def format_message(self) -> str:
        return f"{self.param.name}이(가) 빠졌습니다"


@contextmanager
def korean_errors() -> Iterator[None]:
    """라이브러리가 한국어로 까닭을 적어 던진 ValueError는 그 글만 보인다. 나머지는 우리 잘못이다."""
    try:
        yield
    except ValueError as error:
        if re.search("[가-힣]", str(error)):
            raise Trouble(str(error)) from error
        raise


def explain_os_error(error: OSError) -> str:
    """파일과 포트의 오류를 설명한다."""
    name = Path(error.filename).name if isinstance(error.filename, str) else "파일"
    match error.errno:
        case errno.ENOENT:
            return f"'{error.filename or name}'을(를) 찾을 수 없습니다: 경로를 확인하세요."
        case errno.EACCES | errno.EPERM | errno.EROFS:
            return f"'{name}'에 쓰거나 읽을 권한이 없습니다: 권한을 확인하거나 다른 곳을 쓰세요."
        case errno.ENOSPC:
            return "디스크가 가득 찼습니다: 자리를 비운 뒤 다시 실행하세요."
        case errno.EADDRINUSE:
            return "그 포트는 다른 프로그램이 쓰고 있습니다: --port로 다른 번호를 고르세요."
        case errno.EADDRNOTAVAIL:
            return "이 컴퓨터에는 그 주소가 없습니다: --ip의 값을 확인하세요."
    return f"컴퓨터가 일을 마치지 못했습니다: {error}"


def explain_usage_error(error: Exception) -> str:
    """명령을 잘못 적었을 때 typer가 내는 영어 오류를 한국어로 옮긴다."""
    context = getattr(error, "ctx", None)
    command = context.command_path if context else "tcpedu"
    param = getattr(error, "param", None)
    name = getattr(error, "option_name", None) or getattr(param, "metavar", None) or getattr(param, "name", None)
    match type(error).__name__:
        case "NoSuchOption":
            what = f"{name} 같은 선택 사항은 없습니다"
        case "MissingParameter":
            what = f"꼭 필요한 것({name})이 빠졌습니다"
        case "BadOptionUsage" | "BadArgumentUsage":
            what = f"{name} 뒤에 값이 빠졌습니다"
        case "BadParameter":
            what = f"{name}에 적은 값을 쓸 수 없습니다"
        case _:
            what = unknown_command(str(error))
    return f"{what}: `{command} --help`로 쓰는 법을 확인하세요."


def unknown_command(message: str) -> str:
    found = re.search(r"No such command '(.+?)'", message)
    return f"'{found[1]}' 명령은 없습니다" if found else "명령을 알아듣지 못했습니다"
