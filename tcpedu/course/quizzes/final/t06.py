"""마지막 퀴즈: 06 상태 다이어그램."""

from tcpedu.course.quiz import Choice, Question

QUESTIONS = (
    Question(
        "FIN_WAIT_1에 있는데, 내 FIN까지 확인하는 `FIN,ACK`가 왔다. 다음 상태는?",
        (
            Choice("CLOSING", False, "상대의 FIN은 왔지만 내 FIN이 아직 확인받지 못했을 때다."),
            Choice("FIN_WAIT_2", False, "ACK만 왔을 때다. 상대의 FIN도 함께 왔다."),
            Choice(
                "TIME_WAIT",
                True,
                "한 세그먼트가 두 일을 했다. FIN_WAIT_2를 건너뛴다. 세 세그먼트로 닫힐 때 늘 이렇다.",
            ),
        ),
    ),
    Question(
        "동시 종료: 두 쪽의 FIN이 길에서 엇갈렸다. 다 끝난 뒤 TIME_WAIT는 어디에 남는가?",
        (
            Choice("먼저 `close()`를 부른 쪽에만", False, "FIN이 엇갈렸으므로 둘 다 능동 종료다."),
            Choice("두 쪽 모두에", True, "둘 다 FIN_WAIT_1 → CLOSING → TIME_WAIT로 간다."),
            Choice("어디에도 남지 않는다", False, "마지막 ACK가 사라질 수 있는 것은 마찬가지다."),
        ),
    ),
    Question(
        "SYN_SENT에서 ACK가 없는 SYN이 왔다. 무엇을 하는가?",
        (
            Choice("RST로 답한다", False, "잘못된 것이 아니다. 상대도 동시에 열고 있다."),
            Choice("SYN,ACK를 보내고 SYN_RCVD가 된다", True, "동시 개방이다 (RFC 9293 §3.5 그림 7)."),
            Choice(
                "SYN을 새 ISN으로 다시 보낸다",
                False,
                "자기 ISN은 바뀌지 않는다. 상대가 이미 그 번호를 받고 있을 수 있다.",
            ),
        ),
    ),
    Question(
        "LAST_ACK에서 마지막 ACK를 받은 쪽은 TIME_WAIT 없이 곧바로 CLOSED가 된다. 그래도 되는 까닭은?",
        (
            Choice(
                "상대가 내 FIN을 받은 것을 확인했고, 내가 더 답할 것이 없다",
                True,
                "TIME_WAIT는 마지막 ACK를 보낸 쪽이 그것이 사라졌을 때를 위해 남는 것이다.",
            ),
            Choice("수동으로 닫은 쪽은 데이터를 보내지 않았다", False, "데이터를 얼마나 보냈는지와는 상관없다."),
            Choice(
                "옛 세그먼트는 한 방향으로만 떠돈다",
                False,
                "두 방향 모두에 떠돌 수 있다. 상대의 TIME_WAIT가 같은 4-튜플을 붙들고 있어서 함께 막힌다.",
            ),
        ),
    ),
)
