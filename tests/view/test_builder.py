"""조립기: 이름이 섞이지 않고, 어떤 글을 넣어도 그림의 문법이 깨지지 않는다."""

from __future__ import annotations

import os
import re

import pytest

from tcpedu.view.builder import PacketBuilder, SequenceBuilder, StateBuilder, escape, wrap

HOSTILE = [
    "a; b",
    "#1",
    "누구: 무엇",
    '"따옴표"',
    "<script>",
    "100%%",
    "{중괄호}",
    "`백틱`",
    "end",
    "줄\n바꿈",
    "$$x$$",
    "```",
    "\x00\x1b[31m",
]


def test_korean_names_stay_distinct():
    builder = SequenceBuilder(("송신", "수신"))
    builder.message("송신", "수신", "안녕")
    script = builder.build("제목", "설명.").script
    assert "participant p1 as 송신" in script
    assert "participant p2 as 수신" in script
    assert "p1->>p2: 안녕" in script


def test_same_name_twice_is_refused():
    with pytest.raises(ValueError, match="이름이 겹칩니다"):
        SequenceBuilder(("서버", "서버"))


def test_states_with_any_name_stay_distinct():
    builder = StateBuilder({"닫힘": "닫힘", "열림": "열림", "SYN-SENT": "SYN-SENT"})
    builder.edge("닫힘", "열림", "연다")
    script = builder.build("제목", "설명.").script
    assert re.findall(r"^\t(s\d) : (\S+)$", script, re.MULTILINE) == [
        ("s1", "닫힘"),
        ("s2", "열림"),
        ("s3", "SYN-SENT"),
    ]
    assert "s1 --> s2 : 연다" in script


@pytest.mark.parametrize("text", HOSTILE)
def test_only_harmless_letters_remain(text):
    escaped = re.sub(r"#\d+;|<br/>", "", escape(text))
    assert not re.search(r"[;#:\"'<>&$%{}`\\|\x00-\x1f]", escaped)


@pytest.mark.parametrize("text", ["", " ", "\n", "\x00"])
def test_empty_text_becomes_a_dot(text):
    assert escape(text).replace("<br/>", "") in {"·", ""}
    assert escape(text)


def test_wrapped_lines_lose_no_word():
    text = "상대가 FIN을 보냄, 내 프로그램의 close()를 기다림"
    assert wrap(text).replace("\n", " ") == text


def test_title_and_description_come_first_on_one_line():
    lines = PacketBuilder().build("두 줄\n제목", "설명; 하나.").script.splitlines()
    start = lines.index("packet")
    assert lines[start + 1] == "accTitle: 두 줄 제목"
    assert lines[start + 2] == "accDescr: 설명#59; 하나."


def test_bundle_has_the_fence_the_script_and_the_words():
    builder = SequenceBuilder(("가", "나"))
    builder.message("가", "나", "하나")
    diagram = builder.build("제목", "별표 * 와 밑줄_이 든 설명.", ("한 걸음",))
    bundle = diagram._repr_mimebundle_()
    assert set(bundle) == {"text/markdown", "text/vnd.mermaid", "text/plain"}
    assert bundle["text/vnd.mermaid"] == diagram.script
    assert bundle["text/markdown"] == f"```mermaid\n{diagram.script}\n```\n\n별표 \\* 와 밑줄\\_이 든 설명."
    assert bundle["text/plain"] == "제목\n별표 * 와 밑줄_이 든 설명.\n한 걸음"


def test_mermaid_server_is_unreachable():
    assert os.environ["MERMAID_INK_SERVER"] == "http://127.0.0.1:9"


def test_importing_registers_no_magic_that_asks_outside():
    from IPython.core.interactiveshell import InteractiveShell

    from tcpedu.view.builder import _forget_magic

    shell = InteractiveShell.instance()
    try:
        shell.register_magic_function(lambda line, cell: None, "cell", "mermaidjs")
        _forget_magic()
        assert "mermaidjs" not in shell.magics_manager.magics["cell"]
    finally:
        InteractiveShell.clear_instance()
