"""돌리지 않고 코드 읽기."""

import pytest

from tcpedu.grading.source import read


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("def f(): pass\nclass A: pass\nx = 1", ("f", "A", "x")),
        ("async def f(): pass", ("f",)),
        ("import os.path, struct as s\nfrom math import *", ("os", "s", "*")),
        ("if True:\n    def f(): pass\nelse:\n    f = None", ("f",)),
        ("try:\n    import a\nexcept ImportError:\n    a = None", ("a",)),
        ("a, (b, *c) = 1, (2, 3)\nd: int = 1", ("a", "b", "c", "d")),
        ("def outer():\n    def inner(): pass", ("outer",)),
        ("def f(x\n    return 1\ndef g(): pass", ("f", "g")),  # 깨졌어도 이름은 찾는다
    ],
)
def test_defines(text: str, names: tuple[str, ...]) -> None:
    assert read(text).defines == names


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("!pip install x\ny = 1", "pass\ny = 1"),
        ("%matplotlib inline\ny = 1", "pass\ny = 1"),
        ("def f():\n    !ls\n    return 1", "def f():\n    pass\n    return 1"),
        ("%%time\ny = 1", "\ny = 1"),
        ("files = !ls\ny = 1", "pass\ny = 1"),
        ("f?\ny = 1", "pass\ny = 1"),
        ("x\u00a0=\u30001\u200b", "x = 1"),
        ("%%bash\nrm -rf /", ""),
    ],
)
def test_magics_and_invisible_characters(text: str, expected: str) -> None:
    source = read(text)
    assert source.text == expected
    assert source.tree is not None
    assert source.findings


@pytest.mark.parametrize("text", ['x = """\n%time\n!ls\n"""', "y = (7\n% 3)", "# %time", "s = '가\u3000나'"])
def test_good_code_is_left_alone(text: str) -> None:
    assert read(text).text == text
    assert read(text).findings == ()


@pytest.mark.parametrize(
    ("text", "line"), [("x = 1\ndef f(:\n    pass", 2), ("if x:\nprint(1)", 2), ("print 'x'", 1), ("x = (", 1)]
)
def test_syntax_error_names_the_line(text: str, line: int) -> None:
    broken = read(text).broken
    assert broken is not None and broken.line == line
    assert f"{line}번째 줄" in str(broken)


@pytest.mark.parametrize(
    "text", ["-" * 100_000 + "1", "(" * 100_000, "a" + ".b" * 200_000, "1" + "+1" * 100_000, "\0", "not " * 200_000]
)
def test_hostile_code_does_not_crash(text: str) -> None:
    source = read(text)
    assert source.tree is None and source.broken is not None
    assert source.defines == () and source.uses == frozenset()


def test_needs_now_leaves_function_bodies_out() -> None:
    source = read("@deco\ndef f(x=default):\n    return later\nclass A(Base):\n    y = member\nz = lambda: later2")
    assert source.needs_now == {"deco", "default", "Base", "member"}
    assert {"later", "later2"} <= source.uses
