"""마지막 퀴즈: 05 연결 종료."""

from tcpedu.course.quiz import Choice, Question

QUESTIONS = (
    Question(
        "초당 200개의 연결을 먼저 닫는 리눅스 서버가 있다. 오래 지나면 TIME_WAIT는 몇 개쯤인가?",
        (
            Choice("200개", False, "1초 만에 사라지지 않는다."),
            Choice("12,000개", True, "하나가 60초 머무르므로 200 × 60개에서 고르게 유지된다. 더 늘지는 않는다."),
            Choice("끝없이 는다", False, "들어오는 만큼 나간다. 끝없이 느는 것은 CLOSE_WAIT 같은 프로그램의 잘못이다."),
        ),
    ),
    Question(
        "클라이언트가 `shutdown(SHUT_WR)`를 부르고 서버의 1MB 응답을 받는 중이다. 서버는 FIN을 확인했다."
        " 클라이언트의 상태는?",
        (
            Choice("CLOSE_WAIT", False, "그것은 FIN을 받은 서버의 상태다."),
            Choice("FIN_WAIT_1", False, "내 FIN이 확인받기 전까지다."),
            Choice("FIN_WAIT_2", True, "내 쪽은 닫혔고 상대의 FIN을 기다린다. 데이터는 그대로 받는다: 반닫기다."),
        ),
    ),
    Question(
        "2 MSL이 240초다. TIME_WAIT에 들어간 지 30초에 상대의 FIN이 다시 왔다. 처음부터 모두 몇 초 머무르는가?",
        (
            Choice("240초", False, "타이머를 그대로 두면 그렇다. RFC 9293 §3.10.7.4는 다시 걸라고 한다."),
            Choice("270초", True, "마지막 ACK를 다시 보내고 타이머를 처음부터 건다. 30 + 240초다."),
            Choice("480초", False, "30초까지 지난 210초를 더 기다리지는 않는다. 남은 것을 버리고 새로 센다."),
        ),
    ),
    Question(
        "TIME_WAIT를 없애려고 `SO_LINGER`를 (켬, 0초)로 둔 서버가 응답 100KB를 쓰고 곧바로 `close()`했다."
        " RTT는 100ms다. 클라이언트가 보는 것은?",
        (
            Choice("100KB와 정상 종료", False, "보통의 `close()`라면 커널이 남은 것을 마저 보낸다."),
            Choice(
                "앞부분의 일부와 `ConnectionResetError`",
                True,
                "0초의 링거는 송신 버퍼에 남은 것을 버리고 RST를 보낸다. TIME_WAIT와 함께 데이터도 사라졌다.",
            ),
            Choice("시간 초과", False, "RST가 곧바로 알린다."),
        ),
    ),
)
