"""마지막 퀴즈: 07 재전송과 RTO."""

from tcpedu.course.quiz import Choice, Question

QUESTIONS = (
    Question(
        "SRTT 100ms, RTTVAR 20ms에서 180ms의 표본이 왔다. 하한이 없다면 새 RTO는?",
        (
            Choice("240ms", False, "SRTT를 먼저 고쳤다. RTTVAR은 옛 SRTT로 셈한다."),
            Choice(
                "250ms",
                True,
                "RTTVAR은 ¾×20 + ¼×80 = 35, SRTT는 ⅞×100 + ⅛×180 = 110. 110 + 4×35다 (RFC 6298 §2.3).",
            ),
            Choice("190ms", False, "RTTVAR을 고치지 않았다."),
        ),
    ),
    Question(
        "RTO가 1초일 때 보낸 세그먼트가 거듭 사라진다. 세 번째로 다시 보내는 것은 처음 보낸 때로부터 몇 초 뒤인가?",
        (
            Choice("3초", False, "1초마다 보낸 것이 된다. 끝날 때마다 두 배가 된다."),
            Choice("4초", False, "세 번째 기다림의 길이다. 앞의 1초와 2초를 더해야 한다."),
            Choice("7초", True, "1 + 2 + 4초다 (RFC 6298 §5.5)."),
        ),
    ),
    Question(
        "TSval 5000으로 보낸 것을 5200에 다시 보냈다. 5250에 온 ACK의 TSecr이 5000이다(눈금 1ms). 무엇을 알 수 있는가?",
        (
            Choice("다시 보낸 것이 50ms 만에 확인되었다", False, "그랬다면 TSecr이 5200이다."),
            Choice(
                "처음 보낸 것이 도착했고 왕복은 250ms다",
                True,
                "상대가 돌려준 5000이 처음 것의 도장이다. 다시 보낸 것은 필요 없었다.",
            ),
            Choice(
                "아무것도. Karn의 규칙으로 표본을 버린다",
                False,
                "타임스탬프가 없을 때의 규칙이다. 도장이 어느 것의 답인지 말해 준다.",
            ),
        ),
    ),
    Question(
        "RTT가 1ms로 고른 데이터센터에서 마지막 세그먼트를 잃었다. 탐침(TLP) 같은 것이 없는 리눅스라면 얼마"
        " 뒤에 다시 보내는가?",
        (
            Choice("약 3ms", False, "SRTT + 4·RTTVAR만 보면 그렇지만 하한이 있다."),
            Choice("약 201ms", True, "리눅스는 4·RTTVAR의 자리에 적어도 200ms를 쓴다. 왕복의 200배를 논다."),
            Choice("1초", False, "RFC 6298 §2.4의 권고다. 리눅스는 따르지 않는다."),
        ),
    ),
)
