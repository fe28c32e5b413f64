"""마지막 퀴즈: 09 혼잡 제어 (1)."""

from tcpedu.course.quiz import Choice, Question

QUESTIONS = (
    Question(
        "IW가 10 MSS이고 ACK마다 1 MSS씩 느는 슬로 스타트다. 140세그먼트짜리 응답을 다 내보내는 데 왕복이 몇"
        " 번 필요한가?",
        (
            Choice("3번", False, "10 + 20 + 40 = 70세그먼트뿐이다."),
            Choice("4번", True, "10 + 20 + 40 + 80 = 150으로 140을 넘는다."),
            Choice("14번", False, "왕복마다 10개로 그대로일 때다."),
        ),
    ),
    Question(
        "20 MSS가 나가 있을 때 재전송 타임아웃이 났다. cwnd와 ssthresh는?",
        (
            Choice("10 MSS, 10 MSS", False, "중복 ACK로 알았을 때의 값이다."),
            Choice("1 MSS, 10 MSS", True, "ssthresh는 나가 있던 것의 반, cwnd는 한 세그먼트부터다 (RFC 5681 §3.1)."),
            Choice("1 MSS, 20 MSS", False, "ssthresh도 반으로 줄어야 같은 벽에 다시 부딪히지 않는다."),
        ),
    ),
    Question(
        "RTT 100ms, cwnd 50 MSS의 Reno가 빠른 재전송으로 회복을 마치고 25 MSS가 되었다. 다시 50 MSS가 되는 데"
        " 걸리는 시간은?",
        (
            Choice("0.1초", False, "슬로 스타트라면 왕복 한 번이다. ssthresh에서 시작하므로 혼잡 회피다."),
            Choice("1.25초", False, "왕복마다 2 MSS씩 는다고 셈했다."),
            Choice("2.5초", True, "왕복마다 1 MSS씩 25번이다."),
        ),
    ),
    Question(
        "손실률이 네 배, RTT가 두 배가 되었다. 손실이 막는 Reno의 처리율은?",
        (
            Choice("1/8로 준다", False, "손실률은 제곱근으로 든다."),
            Choice("1/4로 준다", True, "처리율은 MSS/(RTT·√p)에 비례한다. ½ × ½이다."),
            Choice("1/2로 준다", False, "RTT도 두 배가 되었다."),
        ),
    ),
)
