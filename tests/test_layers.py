"""방과 화살표: 누가 누구를 불러올 수 있는가. 불러오는 비용이 얼마인가."""

import ast
import importlib
import pkgutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "tcpedu"

# 방마다 불러와도 되는 tcpedu의 부분. 아래로만 간다.
ALLOWED = {
    "protocol": {"protocol"},
    "network": {"network", "protocol"},
    "view": {"view", "network", "protocol"},
    "lab": {"lab", "protocol", "network"},
    "course": {"course", "view", "lab", "network", "protocol"},  # 소켓 문제의 기준 답은 lab의 것이다
    "grading": {"grading", "course", "view", "lab", "network", "protocol"},
    "cli": {"cli", "grading", "course", "view", "network", "protocol", "lab"},
    "__init__": {"lab.system"},
    "__main__": {"cli"},
}
# 입출력이 없고, 시계와 난수는 인자로 받는다.
BANNED = {
    "protocol": {"asyncio", "datetime", "os", "random", "secrets", "select", "selectors", "signal", "socket",
                 "ssl", "subprocess", "threading", "time", "uuid"},
    # 브라우저(Pyodide)에서도 돌아야 한다. random은 씨앗을 받아 쓴다.
    "network": {"asyncio", "multiprocessing", "secrets", "select", "selectors", "socket", "ssl", "subprocess",
                "threading", "time"},
}  # fmt: skip
STANDARD_ONLY = {"protocol": set(), "network": {"pandas"}, "lab": {"dpkt", "psutil"}}  # pandas는 표를 달라고 할 때만
HEAVY = ("IPython", "ipywidgets", "anywidget", "matplotlib", "pandas", "mermaid", "nbformat", "typer", "rich")


def imported(tree: ast.Module, module: str) -> Iterator[tuple[str, bool]]:
    """(불러오는 이름, 맨 위에서 불러오는가). 함수 안의 것, 형 검사용, import_module의 글까지 본다."""
    top = {id(node) for node in tree.body}
    for node in ast.walk(tree):
        match node:
            case ast.Import():
                yield from ((alias.name, id(node) in top) for alias in node.names)
            case ast.ImportFrom(module=name, level=0):
                yield from ((f"{name}.{alias.name}", id(node) in top) for alias in node.names)
            case ast.ImportFrom(module=name, level=level):
                base = ".".join(module.split(".")[:-level])
                yield from ((f"{base}.{name or ''}.{alias.name}", id(node) in top) for alias in node.names)
            case ast.Call(func=ast.Name(id="import_module" | "__import__") | ast.Attribute(attr="import_module")):
                for argument in node.args[:1]:
                    if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                        yield argument.value, False


def violations(room: str, source: str, module: str = "tcpedu.room.module") -> list[str]:
    """이 방의 이 글이 어긴 것들."""
    found = []
    for name, at_top in imported(ast.parse(source), module):
        parts = [part for part in name.split(".") if part]
        if parts[0] == "tcpedu":
            inner = ".".join(parts[1:])
            if len(parts) > 1 and (PACKAGE / parts[1]).is_dir() and not _within(inner, ALLOWED[room]):
                found.append(f"{room}은(는) {name}을(를) 불러올 수 없다")
            continue
        if parts[0] in BANNED.get(room, ()):
            found.append(f"{room}에서 {parts[0]}은(는) 쓸 수 없다")
        if room in STANDARD_ONLY and parts[0] not in sys.stdlib_module_names:
            if parts[0] not in STANDARD_ONLY[room]:
                found.append(f"{room}은(는) 표준 라이브러리만 쓴다: {parts[0]}")
            elif at_top:
                found.append(f"{room}은(는) {parts[0]}을(를) 쓸 때만 불러온다")
    return found


def _within(name: str, allowed: set[str]) -> bool:
    return any(name == one or name.startswith(one + ".") for one in allowed)


SOURCES = sorted(PACKAGE.rglob("*.py"))


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_arrows_point_down(path: Path) -> None:
    relative = path.relative_to(PACKAGE)
    room = relative.parts[0].removesuffix(".py")
    module = ".".join(("tcpedu", *relative.with_suffix("").parts))
    assert violations(room, path.read_text(encoding="utf-8"), module) == []


@pytest.mark.parametrize(
    ("room", "source"),
    [
        ("protocol", "import socket"),
        ("protocol", "from time import monotonic"),
        ("protocol", "def f():\n    import numpy"),
        ("protocol", "from tcpedu.network import Trace"),
        ("protocol", "from tcpedu import network"),
        ("protocol", "from ..network import trace"),
        ("network", "import pandas"),
        ("network", "def f():\n    import socket"),
        ("network", "def f():\n    from tcpedu.view import diagrams"),
        ("view", "from tcpedu.course import check"),
        ("view", "import importlib\nimportlib.import_module('tcpedu.course')"),
        ("lab", "from tcpedu.view import plots"),
        ("lab", "import pandas"),
        ("lab", "import psutil"),
        ("course", "from tcpedu.grading import grade"),
        ("grading", "from tcpedu import cli"),
    ],
)
def test_every_kind_of_violation_is_seen(room: str, source: str) -> None:
    assert violations(room, source)


@pytest.mark.parametrize(
    ("room", "source"),
    [
        ("protocol", "from tcpedu.protocol.seqnum import seq_lt\nimport struct"),
        ("network", "import random\ndef f():\n    import pandas"),
        ("lab", "from tcpedu.network.trace import Trace"),
        ("lab", "def f():\n    import dpkt"),
        ("course", "from tcpedu import __version__\nimport nbformat"),
        ("course", "from tcpedu.lab.sockets import recv_exactly"),
        ("cli", "from tcpedu.lab.system import doctor"),
    ],
)
def test_downward_imports_are_fine(room: str, source: str) -> None:
    assert violations(room, source) == []


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_text_files_are_opened_as_utf_8(path: Path) -> None:
    """윈도의 기본 인코딩은 cp949다."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    assert [f"{path.name}:{call.lineno}" for call in ast.walk(tree) if _forgets_encoding(call)] == []


def _forgets_encoding(call: ast.AST) -> bool:
    match call:
        case ast.Call(func=ast.Name(id="open")):
            mode = call.args[1] if len(call.args) > 1 else _keyword(call, "mode")
            binary = isinstance(mode, ast.Constant) and "b" in str(mode.value)
            return not binary and _keyword(call, "encoding") is None
        case ast.Call(func=ast.Attribute(attr="read_text")):
            return not call.args and _keyword(call, "encoding") is None
        case ast.Call(func=ast.Attribute(attr="write_text")):
            return len(call.args) < 2 and _keyword(call, "encoding") is None
    return False


def _keyword(call: ast.Call, name: str) -> ast.expr | None:
    return next((keyword.value for keyword in call.keywords if keyword.arg == name), None)


@pytest.mark.parametrize(
    "source", ["open('a')", "open('a', 'w')", "open('a', mode='r')", "p.read_text()", "p.write_text('x')"]
)
def test_a_forgotten_encoding_is_seen(source: str) -> None:
    assert _forgets_encoding(ast.parse(source).body[0].value)  # type: ignore[attr-defined]


def test_protocol_and_network_run_without_any_package() -> None:
    """site-packages가 없는 파이썬에서 두 방의 모듈을 모두 불러와 본다."""
    names = [
        ".".join(("tcpedu", *path.relative_to(PACKAGE).with_suffix("").parts)).removesuffix(".__init__")
        for room in ("protocol", "network")
        for path in sorted((PACKAGE / room).rglob("*.py"))
    ]
    assert len(names) > 10
    code = f"import sys, importlib; sys.path.insert(0, {str(ROOT)!r})\nfor n in {names!r}: importlib.import_module(n)"
    done = subprocess.run([sys.executable, "-I", "-S", "-c", code], capture_output=True, text=True, encoding="utf-8")
    assert done.returncode == 0, done.stderr


def test_importing_tcpedu_costs_next_to_nothing() -> None:
    """맨 파이썬보다 0.15초 이상 더 걸리지 않는다. 다른 일에 밀린 것은 빼려고 가장 빠른 것끼리 견준다."""

    def fastest(code: str) -> float:
        times = []
        for _ in range(5):
            started = time.perf_counter()
            subprocess.run([sys.executable, "-c", code], check=True)
            times.append(time.perf_counter() - started)
        return min(times)

    fastest("pass")
    assert fastest("import tcpedu") - fastest("pass") < 0.15


def test_importing_tcpedu_loads_nothing_heavy() -> None:
    code = f"import sys, tcpedu; print([m for m in {HEAVY!r} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_command_line_starts_without_jupyter() -> None:
    code = "import sys; from tcpedu.cli import main; main(['--version']); print([m for m in ('jupyterlab', 'nbformat', 'pandas') if m in sys.modules])"  # noqa: E501
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


def test_a_grading_worker_starts_without_the_slow_grammar() -> None:
    """일꾼마다 2초, 배우는 사람의 `check`마다 2초가 걸린다."""
    command = [sys.executable, "-X", "importtime", "-m", "tcpedu.grading.worker"]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=True)
    assert "nbformat" in done.stderr and "rfc3987_syntax.syntax_helpers" not in done.stderr


@pytest.mark.parametrize("package", ["tcpedu.grading", "tcpedu.view"])
def test_no_module_hides_a_name_the_package_gives(package: str) -> None:
    """이름이 같은 모듈을 불러오는 순간 `from tcpedu.grading import …`이 함수 대신 모듈을 준다."""
    found = importlib.import_module(package)
    assert not set(found.__all__) & {module.name for module in pkgutil.iter_modules(found.__path__)}
