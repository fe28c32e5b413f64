"""개념 지도: 강의에서 배운 것들이 왜 서로를 부르는지.

강의: lessons/17_next_steps.ipynb
"""

from __future__ import annotations

from typing import NamedTuple

from .builder import Diagram
from .flow_builder import FlowBuilder


class Concept(NamedTuple):
    """개념 하나와, 그것을 배우는 강의의 번호."""

    name: str
    lesson: str


CONCEPTS = tuple(
    Concept(name, lesson)
    for name, lesson in (
        ("바이트 스트림", "01"), ("세그먼트", "02"), ("체크섬", "02"), ("순서 번호", "03"), ("재조립", "03"),
        ("연결 수립", "04"), ("초기 순서 번호", "04"), ("연결 종료", "05"), ("상태 다이어그램", "06"), ("재전송", "07"),
        ("왕복 시간", "07"), ("흐름 제어", "08"), ("슬라이딩 윈도우", "08"), ("혼잡 제어", "09"), ("슬로 스타트", "09"),
        ("선택적 확인응답", "10"), ("빠른 재전송", "10"), ("능동 큐 관리", "11"), ("소켓", "12"),
        ("대역폭-지연 곱", "13"), ("중복 ACK", "14"), ("SYN 쿠키", "15"), ("커널", "16"),
    )
)  # fmt: skip
RELATIONS = (
    ("커널", "소켓", "내어 준다"),
    ("소켓", "바이트 스트림", "쓰고 읽는다"),
    ("바이트 스트림", "세그먼트", "나누어 보낸다"),
    ("세그먼트", "체크섬", "깨진 것을 가려낸다"),
    ("세그먼트", "순서 번호", "자리를 적는다"),
    ("연결 수립", "초기 순서 번호", "서로 알린다"),
    ("초기 순서 번호", "순서 번호", "첫 번호가 된다"),
    ("SYN 쿠키", "연결 수립", "SYN 플러드에서 지킨다"),
    ("연결 수립", "상태 다이어그램", "여는 길"),
    ("연결 종료", "상태 다이어그램", "닫는 길"),
    ("연결 종료", "순서 번호", "FIN도 하나 쓴다"),
    ("순서 번호", "재조립", "차례를 되찾는다"),
    ("순서 번호", "재전송", "어디부터인지 안다"),
    ("순서 번호", "슬라이딩 윈도우", "눈금이 된다"),
    ("재조립", "중복 ACK", "빈틈을 알린다"),
    ("중복 ACK", "빠른 재전송", "셋이면 부른다"),
    ("선택적 확인응답", "빠른 재전송", "빠진 것만 고른다"),
    ("왕복 시간", "재전송", "기다릴 때를 정한다"),
    ("왕복 시간", "대역폭-지연 곱", "속도와 곱한다"),
    ("재전송", "혼잡 제어", "막혔다는 신호가 된다"),
    ("빠른 재전송", "혼잡 제어", "반으로 줄이게 한다"),
    ("능동 큐 관리", "혼잡 제어", "일찍 알린다"),
    ("혼잡 제어", "슬로 스타트", "조심스레 시작한다"),
    ("혼잡 제어", "슬라이딩 윈도우", "길에 맞게 좁힌다"),
    ("흐름 제어", "슬라이딩 윈도우", "받는 쪽에 맞게 좁힌다"),
    ("대역폭-지연 곱", "슬라이딩 윈도우", "알맞은 크기를 말한다"),
)


def concept_map(lesson: str | None = None) -> Diagram:
    """개념과 그 사이의 화살표. `lesson`("07")을 주면 그 강의의 개념이 굵게 드러난다.

    강의: lessons/17_next_steps.ipynb

    >>> concept_map("08").description
    '개념 23개와 그 사이의 까닭 26가지. 강의 08의 개념은 흐름 제어, 슬라이딩 윈도우다.'
    """
    mine = [concept.name for concept in CONCEPTS if concept.lesson == lesson]
    if lesson is not None and not mine:
        raise ValueError(f"'{lesson}'번 강의의 개념이 지도에 없습니다. 두 자리 번호로 적어 주세요")
    builder = FlowBuilder("TB")
    for concept in CONCEPTS:
        builder.node(concept.name, f"{concept.name}\n강의 {concept.lesson}", strong=concept.name in mine)
    for old, new, text in RELATIONS:
        builder.edge(old, new, text)
    where = f" 강의 {lesson}의 개념은 {', '.join(mine)}다." if mine else ""
    steps = tuple(f"{old} → {new}: {text}" for old, new, text in RELATIONS)
    caption = f"개념 {len(CONCEPTS)}개와 그 사이의 까닭 {len(RELATIONS)}가지.{where}"
    return builder.build("TCP의 개념 지도", caption, steps)
