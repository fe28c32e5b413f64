"""모든 위젯의 접근성 트리를 Chromium이 만든 그대로 읽는다: 역할, 우리말 이름, 글쇠로 닿는 것의 이름, 읽어 주는 줄."""

from __future__ import annotations

import re
from typing import Any, NamedTuple

import pytest

SETUP = (
    "from tcpedu.course import overview, packet_table, quiz\n"
    "from tcpedu.network import scenarios\n"
    "from tcpedu.protocol.segment import MSS, Flags, Segment\n"
    "from tcpedu.view import *"
)


class Case(NamedTuple):
    """위젯 하나: 만드는 글, 담은 것의 이름, 꼭 있어야 하는 (역할, 이름)들."""

    make: str
    title: str
    parts: tuple[tuple[str, str], ...]


PLAYED = (("toolbar", "재생"), ("button", "처음으로"), ("button", "◀ 한 단계"), ("button", "한 단계 ▶"))
CASES = {
    "사다리": Case(
        "LadderPlayer(lambda drops, delays: scenarios.handshake(drops=drops, delays=delays), title='사다리')", "사다리",
        (*PLAYED, ("slider", "시각"), ("combobox", "빠르기"), ("combobox", "늦추는 시간"), ("button", "잃기"),
         ("button", "늦추기"), ("region", "클라이언트의 상태와 변수"), ("region", "서버의 상태와 변수")),
    ),
    "손실률": Case(
        "LossExplorer()", "손실률을 바꾸어 보기",
        (*PLAYED, ("slider", "손실률"), ("slider", "시각"), ("button", "다시 뽑기")),
    ),
    "헤더 검사기": Case(
        "HeaderInspector(Segment(50000, 80, seq=100, flags=Flags.SYN, options=(MSS(1460),)), title='헤더')", "헤더", (),
    ),
    "고리": Case(
        "SequenceRing()", "순서 번호의 고리",
        (("slider", "고른 순서 번호"), ("toolbar", "번호와 돋보기"), ("toolbar", "조각"), ("textbox", "고른 번호"),
         ("combobox", "견줄 기준"), ("combobox", "돋보기의 크기"), ("combobox", "본보기"),
         ("textbox", "조각의 크기, 바이트"), ("button", "ACK 전하기")),
    ),
    "윈도우": Case(
        "WindowView()", "버퍼와 윈도우",
        (*PLAYED, ("group", "설정"), ("slider", "순간"), ("slider", "읽는 빠르기"), ("slider", "수신 버퍼"),
         ("combobox", "링크"), ("combobox", "윈도우 스케일")),
    ),
    "상태": Case(
        "StateExplorer('세 세그먼트로 닫기')", "상태 탐색기",
        (("toolbar", "장면"), ("combobox", "상황"), ("slider", "장면"), ("button", "한 걸음 무르기"),
         ("group", "날고 있는 세그먼트와 타이머")),
    ),
    "RTO": Case(
        "RttExplorer()", "왕복 시간과 RTO",
        (("combobox", "표본"), ("combobox", "재전송한 것의 ACK"), ("slider", "α"), ("slider", "β"), ("slider", "K"),
         ("slider", "G"), ("slider", "1번 표본"), ("button", "고른 표본 잃기")),
    ),
    "혼잡 제어": Case(
        "CongestionLab(['Reno', 'CUBIC'])", "혼잡 제어 실험실",
        (("group", "실험"), ("group", "병목"), ("group", "흐름 1"), ("group", "흐름 2"), ("slider", "흐름 2의 RTT"),
         ("combobox", "흐름 1의 알고리즘"), ("checkbox", "ECN"), ("combobox", "큐의 종류"), ("slider", "시각"),
         ("toolbar", "견주기"), ("button", "A에 담기"), ("table", "견주는 표")),
    ),
    "Nagle": Case(
        "NagleTimeline()", "Nagle 알고리즘과 지연 ACK",
        (("checkbox", "Nagle 알고리즘 (끄면 TCP_NODELAY)"), ("checkbox", "지연 ACK"), ("slider", "미루는 한도"),
         ("slider", "RTT"), ("button", "지금 설정을 고정")),
    ),
    "천장": Case(
        "CeilingView()", "무엇이 막는가",
        (("group", "길"), ("slider", "RTT"), ("slider", "속도"), ("slider", "손실률"), ("slider", "수신 버퍼"),
         ("button", "설정을 처음으로")),
    ),
    "스트림": Case(
        "StreamsView()", "누가 누구를 기다리는가",
        (("group", "보내는 것"), ("slider", "스트림마다 조각"), ("checkbox", "번갈아 보내기"), ("slider", "잃는 조각"),
         ("slider", "손실률"), ("button", "설정을 처음으로")),
    ),
    "SYN 플러드": Case(
        "SynBacklogView()", "SYN 플러드와 대기열",
        (*PLAYED, ("combobox", "tcp_syncookies"), ("slider", "백로그"), ("slider", "플러드"), ("slider", "시각")),
    ),
    "큐와 지연": Case(
        "QueueDelayView(duration=2.0)", "큐와 지연",
        (("combobox", "대량 전송의 알고리즘"), ("slider", "작은 버퍼"), ("slider", "큰 버퍼"), ("slider", "시각"),
         ("checkbox", "RED와 CoDel에 ECN"), ("table", "견주는 표")),
    ),
    "표 채우기": Case("packet_table('transfer')", "", (("button", "모두 확인"), ("button", "이 칸의 힌트"))),
    "퀴즈": Case("quiz('02')", "", (("button", "다시 풀기"),)),
}  # fmt: skip
ROOTS = {"퀴즈": ".jp-OutputArea-output"}
# 우리말로 옮기지 않는 이름: RFC와 커널의 낱말, 수와 16진수.
VERBATIM = re.compile(r"[A-Za-zαβ0-9 _.,:+\-–×/()]+")


@pytest.fixture(scope="module")
def page(notebook):
    return notebook("accessibility", SETUP, *(case.make for case in CASES.values()), "overview()")


@pytest.fixture(scope="module")
def client(page):
    session = page.page.context.new_cdp_session(page.page)
    session.send("Accessibility.enable")
    return session


@pytest.fixture(scope="module")
def trees(client) -> dict[str, list[dict[str, Any]]]:
    """위젯마다의 접근성 트리: 무시하는 것을 뺀 노드들."""

    def tree(index: int, root: str) -> list[dict[str, Any]]:
        found = client.send(
            "Runtime.evaluate",
            {"expression": f"document.querySelectorAll('.jp-CodeCell')[{index}].querySelector('{root}')"},
        )
        nodes = client.send("Accessibility.queryAXTree", {"objectId": found["result"]["objectId"]})["nodes"]
        return [node for node in nodes if not node["ignored"]]

    return {name: tree(index, ROOTS.get(name, ".tcpedu")) for index, name in enumerate(CASES, 1)}


def role(node: dict[str, Any]) -> str:
    return str(node["role"]["value"])


def name(node: dict[str, Any]) -> str:
    """이름. ipywidgets의 단추는 아이콘 글꼴의 글자(개인 영역)를 앞에 붙인다."""
    return " ".join(re.sub("[\ue000-\uf8ff]", "", str(node.get("name", {}).get("value", ""))).split())


def value_of(node: dict[str, Any], kind: str) -> Any:
    return next((one["value"]["value"] for one in node.get("properties", []) if one["name"] == kind), None)


@pytest.mark.parametrize("widget", CASES)
def test_the_parts_have_their_roles_and_names(trees, widget):
    found = {(role(node), name(node)) for node in trees[widget]}
    case = CASES[widget]
    wanted = {*case.parts, *([("group", case.title)] if case.title else [])}
    assert sorted(wanted - found) == []


@pytest.mark.parametrize("widget", CASES)
def test_whatever_keys_can_reach_has_a_name(trees, widget):
    reached = [node for node in trees[widget] if value_of(node, "focusable")]
    assert len(reached) > 3
    assert [role(node) for node in reached if not name(node)] == []


@pytest.mark.parametrize("widget", CASES)
def test_names_are_korean(trees, widget):
    """글쇠로 닿는 것과 묶음의 이름은 우리말이거나, 옮기지 않는 낱말이다."""
    told = [node for node in trees[widget] if value_of(node, "focusable") or role(node) in ("toolbar", "region")]
    foreign = {name(node) for node in told if not re.search("[가-힣]", name(node))}
    assert sorted(one for one in foreign if not VERBATIM.fullmatch(one)) == []


@pytest.mark.parametrize("widget", CASES)
def test_controls_say_what_they_are_set_to(trees, client, widget):
    """슬라이더는 지금의 값을 글로 읽는다: 차례가 아니라 '0.5 Mbit/s'처럼.

    Chromium 156의 DevTools는 트리의 valuetext를 비워 두므로 속성을 읽는다.
    """

    def told(node: dict[str, Any]) -> str:
        here = client.send("DOM.resolveNode", {"backendNodeId": node["backendDOMNodeId"]})["object"]["objectId"]
        ask = {"objectId": here, "functionDeclaration": "function() { return this.getAttribute('aria-valuetext') }"}
        return str(client.send("Runtime.callFunctionOn", ask)["result"].get("value") or "").strip()

    assert [name(node) for node in trees[widget] if role(node) == "slider" and not told(node)] == []


@pytest.mark.parametrize("widget", CASES)
def test_news_are_read_politely(trees, widget):
    lines = [node for node in trees[widget] if role(node) == "status"]
    assert lines
    assert {value_of(node, "live") for node in lines} == {"polite"}


@pytest.mark.parametrize("widget", CASES)
def test_pictures_are_told_in_words(trees, widget):
    pictures = [node for node in trees[widget] if role(node) in ("image", "img")]
    assert [node for node in pictures if not re.search("[가-힣]", name(node))] == []


def test_progress_is_a_table_with_headers(page):
    table = page.page.locator(".jp-CodeCell").last.locator(".jp-OutputArea table").first
    heads = table.get_by_role("columnheader").all_inner_texts()
    assert heads[-2:] == ["연습문제", "진도"]
    links = table.get_by_role("link")
    names = [links.nth(index).inner_text().strip() for index in range(links.count())]
    assert names and all(names)


def test_nothing_complains(page):
    assert page.errors == []
