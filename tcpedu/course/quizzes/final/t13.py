"""마지막 퀴즈: 13 성능 최적화."""

from tcpedu.course.quiz import Choice, Question

QUESTIONS = (
    Question(
        "1Gbit/s, RTT 20ms의 길에서 윈도우가 1,000,000바이트다. 손실이 없을 때 처리율은?",
        (
            Choice("1Gbit/s", False, "BDP는 2.5MB다. 윈도우가 모자란다."),
            Choice("400Mbit/s", True, "왕복마다 윈도우 하나다. 8Mbit ÷ 0.02초."),
            Choice("50Mbit/s", False, "바이트를 비트로 바꾸지 않았다."),
        ),
    ),
    Question(
        "RTT 100ms, 1Gbit/s, 손실률 0.01%의 길에서 Reno가 약 14Mbit/s를 낸다(MSS 1460). 수신 버퍼를 네 배로 늘리면?",
        (
            Choice("56Mbit/s가 된다", False, "막고 있는 것은 윈도우가 아니다."),
            Choice("28Mbit/s가 된다", False, "손실률이 1/4이 되면 그렇다."),
            Choice("그대로다", True, "손실의 천장이 가장 낮다. 1460×8/0.1 × 1.22/√0.0001이 14Mbit/s쯤이다."),
        ),
    ),
    Question(
        "RTT 80ms인 서버에 작은 요청 100개를 차례로 한다. 연결을 매번 새로 열 때와 하나를 계속 쓸 때는? (TLS"
        " 없음, 서버의 처리 시간 0)",
        (
            Choice("8초와 0.16초", False, "연결을 계속 써도 요청마다 왕복 한 번은 든다."),
            Choice("16초와 8.08초", True, "새로 열면 요청마다 두 왕복, 계속 쓰면 처음의 한 왕복만 더한다."),
            Choice(
                "24초와 8초",
                False,
                "핸드셰이크가 데이터를 늦추는 것은 한 왕복이다. 셋째 ACK와 함께 요청을 보낼 수 있다.",
            ),
        ),
    ),
    Question(
        "리눅스에서 `rmem_max`가 212,992일 때 보통 사용자가 `SO_RCVBUF`를 1,000,000으로 정하고 다시 읽었다. 값은?",
        (
            Choice("2,000,000", False, "두 배가 되는 것은 맞지만 그 전에 `rmem_max`로 잘린다."),
            Choice("212,992", False, "잘린 다음 두 배가 된다."),
            Choice(
                "425,984",
                True,
                "오류 없이 212,992로 잘리고 두 배로 잡힌다. 정한 뒤에 다시 읽어 보아야 아는 까닭이다.",
            ),
        ),
    ),
)
