"""상자에 보이는 것의 목록: 적은 것만 보이고, 강의가 어디에 놓여 있어도 답은 가려진다."""

import ast
from pathlib import Path

from tcpedu.grading import visible as listing
from tcpedu.grading.visible import FILES, ROOMS, Visible, visible

PACKAGE = Path(listing.__file__).resolve().parents[1]


def test_no_answers_in_the_list() -> None:
    """기준 답, 퀴즈, 풀이, 채점기의 판정은 목록에 없다."""
    assert not any(
        word in name for name in FILES for word in ("problem", "quiz", "check", "verdict", "judge", "compose")
    )
    seen = visible()
    assert not any(
        Path(one) in (PACKAGE, PACKAGE.parent, PACKAGE / "course", PACKAGE / "grading") for one in seen.folders
    )
    for name in FILES:
        assert (PACKAGE / name).is_file(), name


def test_the_list_is_closed_under_imports() -> None:
    """목록의 모듈이 맨 위에서 불러오는 강의 모듈은 모두 목록에 있다."""
    for name in FILES:
        for module in _imported(PACKAGE / name):
            parts = module.split(".")[1:]
            if parts and parts[0] not in ROOMS:
                path = "/".join(parts)
                assert f"{path}.py" in FILES or f"{path}/__init__.py" in FILES, f"{name} → {module}"


def _imported(path: Path) -> set[str]:
    """맨 위에서 불러오는 것. `adapters.py`는 문제의 갈래마다 쓸 때 불러오므로 함수 안까지 본다."""
    found = set()
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in ast.walk(tree) if path.name == "adapters.py" else tree.body:
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("tcpedu"):
            for alias in node.names:
                whole = f"{node.module}.{alias.name}"
                inner = PACKAGE.parent / (whole.replace(".", "/") + ".py")
                found.add(whole if inner.is_file() else str(node.module))
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names if alias.name.startswith("tcpedu")}
    return found


def test_outer_folders_come_first() -> None:
    """강의와 파이썬이 /usr 안에 있으면: /usr를 보이고, 강의를 가리고, 그 안의 파이썬과 방을 다시 보인다."""
    folders = ("/usr/src/app/tcpedu/view", "/usr/src/app/.venv", "/usr")
    assert Visible(folders, (), ("/usr/src/app",), "/usr/src/app").in_order() == [
        ("/usr", True), ("/usr/src/app", False), ("/usr/src/app/.venv", True), ("/usr/src/app/tcpedu/view", True),
    ]  # fmt: skip


def test_hidden_folders_are_left_out_of_what_is_readable(tmp_path: Path) -> None:
    """이름공간이 없으면 가린 폴더의 옆을 하나씩 적는다."""
    for name in ("bin", "src/app/solutions", "src/other"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "file").touch()
    seen = Visible((str(tmp_path),), ("/etc/hosts",), (str(tmp_path / "src" / "app"),), "")
    assert set(seen.readable()) == {"/etc/hosts", *(str(tmp_path / name) for name in ("bin", "file", "src/other"))}
