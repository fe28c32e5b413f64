"""같은 것을 두 곳에 적은 것들이 서로 맞는가: 의존 꾸러미의 판, README의 표와 명령, 용어."""

import ast
import importlib.metadata as metadata
import json
import re
import sys
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).parents[1]
CONDA_NAMES = {"matplotlib-base": "matplotlib"}  # conda-forge에서만 이름이 다른 것
SYSTEMS = (
    {"sys_platform": "linux", "platform_system": "Linux", "os_name": "posix"},
    {"sys_platform": "darwin", "platform_system": "Darwin", "os_name": "posix"},
    {"sys_platform": "win32", "platform_system": "Windows", "os_name": "nt"},
)


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


@cache
def project() -> dict[str, Any]:
    return tomllib.loads(read("pyproject.toml"))


def lock_lines() -> list[str]:
    return [line for line in read("requirements.lock").splitlines() if line and not line.startswith("#")]


@cache
def lock() -> dict[str, str]:
    return {canonicalize_name(name): version for name, _, version in (line.partition("==") for line in lock_lines())}


def requirements(group: str) -> list[Requirement]:
    table = project()["project"]
    if group == "build":
        return [Requirement(text) for text in project()["build-system"]["requires"]]
    return [Requirement(t) for t in (table["dependencies"] if group == "" else table["optional-dependencies"][group])]


GROUPS = ("", "dev", "cluster", "site", "build")


# requirements.lock


def test_lock_is_plain_pins_in_order() -> None:
    lines = lock_lines()
    assert [line for line in lines if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]*==[0-9][A-Za-z0-9.!+]*", line)] == []
    names = [canonicalize_name(line.partition("==")[0]) for line in lines]
    assert len(set(names)) == len(names)
    assert lines == sorted(lines, key=lambda line: line.partition("==")[0].lower())


def test_no_addresses_in_the_set_up_files() -> None:
    """어디서 내려받을지는 각자의 pip 설정이 정한다."""
    for name in ("requirements.lock", "environment.yml"):
        assert "://" not in read(name)
    source = read("course.py")
    assert not re.search(r"--(extra-)?index-url|--find-links|--trusted-host", source)


@pytest.mark.parametrize("group", GROUPS)
def test_lock_satisfies_pyproject(group: str) -> None:
    for need in requirements(group):
        pinned = lock().get(canonicalize_name(need.name))
        assert pinned is not None, f"requirements.lock에 {need.name}이(가) 없다"
        assert need.specifier.contains(pinned, prereleases=True), f"{need} ← {pinned}"


def test_lock_is_complete_on_every_system() -> None:
    """딸려 오는 것까지, 세 운영체제와 세 파이썬에서 쓰는 것이 모두 적혀 있다."""
    missing = set()
    for system in SYSTEMS:
        for python in ("3.11", "3.12", "3.13"):
            environment = {**system, "python_version": python, "python_full_version": f"{python}.0"}
            missing |= {name for name in reachable(environment) if name not in lock()}
    assert missing == set()


@pytest.mark.parametrize("python", ["3.11.0", "3.12.0", "3.13.0"])
def test_lock_installs_on_the_oldest_patch(python: str) -> None:
    """데비안 12의 파이썬은 3.11.2다. 3.11.5부터라는 꾸러미 하나가 끼면 거기서는 아무것도 설치되지 않는다."""
    refusing = {
        name: needs
        for name, version in lock().items()
        if (needs := python_needed(name, version)) and not SpecifierSet(needs).contains(python)
    }
    assert refusing == {}


def python_needed(name: str, version: str) -> str:
    """설치된 꾸러미가 적어 둔 파이썬의 판. 이 컴퓨터에 없거나 판이 다르면 빈 글."""
    try:
        found = metadata.metadata(name)
    except metadata.PackageNotFoundError:
        return ""
    return str(found.json.get("requires_python", "")) if found["Version"] == version else ""


def reachable(environment: dict[str, str]) -> set[str]:
    """설치된 꾸러미의 메타데이터를 따라가며 필요한 이름을 모은다."""
    todo = [need for group in ("", "dev", "build") for need in requirements(group)]
    seen: set[tuple[str, str]] = set()
    while todo:
        need = todo.pop()
        for extra in ("", *need.extras):
            here = (canonicalize_name(need.name), extra)
            if here in seen:
                continue
            seen.add(here)
            todo += [one for one in needs_of(need.name) if applies(one, {**environment, "extra": extra})]
    return {name for name, _ in seen}


def needs_of(name: str) -> Iterator[Requirement]:
    try:
        yield from map(Requirement, metadata.requires(name) or ())
    except metadata.PackageNotFoundError:
        return  # 다른 운영체제의 것이라 여기에는 없다


def applies(need: Requirement, environment: dict[str, str]) -> bool:
    return need.marker is None or need.marker.evaluate(environment)


def test_every_import_is_declared() -> None:
    """tcpedu가 불러오는 바깥 꾸러미는 pyproject에 적혀 있다: 딸려 온 것에 기대지 않는다."""
    homes = metadata.packages_distributions()
    # cluster는 `--scheduler`를 쓸 때만 불러온다. 없으면 무엇을 깔지 말한다.
    declared = {canonicalize_name(need.name) for group in ("", "cluster") for need in requirements(group)}
    used: dict[str, str] = {}
    for path in sorted((ROOT / "tcpedu").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            for name in imported_tops(node):
                if name not in sys.stdlib_module_names and name != "tcpedu":
                    used.setdefault(name, str(path.relative_to(ROOT)))
    missing = {
        name: where
        for name, where in used.items()
        if not {canonicalize_name(home) for home in homes.get(name, [name])} & declared
    }
    assert missing == {}


def imported_tops(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name.split(".")[0] for alias in node.names]
    if isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
        return [node.module.split(".")[0]]
    return []


# environment.yml


@cache
def environment() -> tuple[dict[str, str], list[str]]:
    """conda의 이름과 판, pip에 맡긴 줄."""
    entries = yaml.safe_load(read("environment.yml"))["dependencies"]
    pip_lines = next(entry["pip"] for entry in entries if isinstance(entry, dict))
    conda = {}
    for entry in entries:
        if isinstance(entry, str):
            name, version = re.fullmatch(r"([a-z0-9_-]+)\s*(?:=?(.*))", entry).groups()  # type: ignore[union-attr]
            conda[str(canonicalize_name(CONDA_NAMES.get(name, name)))] = version
    return conda, pip_lines


def test_environment_holds_every_runtime_dependency_once() -> None:
    conda, pip_lines = environment()
    by_pip = {canonicalize_name(Requirement(line).name) for line in pip_lines if not line.startswith("-")}
    assert set(conda) & by_pip == set()
    assert (set(conda) - {"python", "pip"}) | by_pip == {canonicalize_name(need.name) for need in requirements("")}


def test_environment_agrees_with_the_lock() -> None:
    conda, pip_lines = environment()
    for name, version in conda.items():
        if name not in ("python", "pip"):
            assert f"{lock()[name]}.".startswith(f"{version}."), f"{name}: conda {version}, lock {lock()[name]}"
    for line in pip_lines:
        if not line.startswith("-"):
            need = Requirement(line)
            assert str(need.specifier) == f"=={lock()[canonicalize_name(need.name)]}"


def test_environment_installs_the_project_itself() -> None:
    assert "-e ." in environment()[1]
    assert yaml.safe_load(read("environment.yml"))["name"] == "tcpedu"


def test_oldest_python_is_the_same_everywhere() -> None:
    wanted = project()["project"]["requires-python"]
    assert wanted == ">=3.11"
    assert environment()[0]["python"].startswith(wanted)
    assert "OLDEST = (3, 11)" in read("course.py")
    assert project()["tool"]["ruff"]["target-version"] == "py311"
    assert project()["tool"]["mypy"]["python_version"] == "3.11"


def test_version_is_written_once_more_in_the_package() -> None:
    import tcpedu

    assert Version(tcpedu.__version__) == Version(project()["project"]["version"])


# README


def test_readme_lists_the_lessons_as_they_are() -> None:
    from tcpedu.course.lessons import LESSONS

    wanted = [
        f"| {one.number} | {one.title} | {one.minutes}분 | {one.rfcs} | {'✅' if one.ready else '준비 중'} |"
        for one in LESSONS
    ]
    assert [line for line in read("README.md").splitlines() if re.match(r"\| \d\d \|", line)] == wanted


@pytest.mark.parametrize("page", ["README.md", "CONTRIBUTING.md"])
def test_documented_commands_exist(page: str) -> None:
    from tcpedu.cli.app import app

    known = {command.name or command.callback.__name__ for command in app.registered_commands}  # type: ignore[union-attr]
    used = set(re.findall(r"(?:course\.py|\btcpedu) ([a-z]+)(?= |`|$)", read(page), re.MULTILINE))
    assert used
    assert used <= known | {"test"}


@pytest.mark.parametrize("page", ["README.md", "CONTRIBUTING.md"])
def test_links_lead_somewhere(page: str) -> None:
    for target in re.findall(r"\]\((?!https?:|#)([^)#]+)", read(page)):
        assert (ROOT / target).exists(), target


# GLOSSARY


def glossary() -> list[tuple[str, str, str, str]]:
    rows = [line for line in read("GLOSSARY.md").splitlines() if line.startswith("| ") and "| 영어 |" not in line]
    return [tuple(cell.strip() for cell in row.strip("|").split("|")) for row in rows]  # type: ignore[misc]


def test_glossary_rows_are_whole_and_unique() -> None:
    rows = glossary()
    assert len(rows) >= 70
    assert all(len(row) == 4 and all(row) for row in rows)
    assert len({row[0] for row in rows}) == len({row[1].lower() for row in rows}) == len(rows)
    one = r"(RFC \d+|§\d+(\.\d+)*|RFC \d+ §\d+(\.\d+)*)"
    assert [row for row in rows if row[3] != "—" and not re.fullmatch(rf"{one}(, {one})*", row[3])] == []


def notebooks() -> list[Path]:
    return [path for folder in ("lessons", "solutions") for path in sorted((ROOT / folder).glob("*.ipynb"))]


@pytest.mark.parametrize("path", notebooks(), ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_notebooks_use_the_glossary_terms(path: Path) -> None:
    """영어를 괄호에 적은 말은 용어집의 한국어와 같아야 한다."""
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    text = "\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown")
    text = re.sub(r"```.*?```|`[^`]*`", "", text, flags=re.DOTALL).replace("*", "")
    wrong = [
        f"{before.strip()}({english})"
        for korean, english, *_ in glossary()
        for before in re.findall(rf"([^\n(]*?)\({re.escape(english)}\)", text, re.IGNORECASE)
        if not before.strip().endswith(korean)
    ]
    assert wrong == []
