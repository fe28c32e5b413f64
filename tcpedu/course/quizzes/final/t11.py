"""마지막 퀴즈: 11 혼잡 제어 (2)."""

from tcpedu.course.quiz import Choice, Question

QUESTIONS = (
    Question(
        "RTT 100ms인 길에서 CUBIC의 cwnd가 100 MSS일 때 하나를 잃었다(β 0.7, C 0.4). 다시 100 MSS에 이르는"
        " 것은 약 몇 초 뒤인가?",
        (
            Choice("약 3초: 왕복 30번", False, "Reno처럼 왕복마다 1 MSS씩 셈했다. CUBIC의 곡선은 시간의 함수다."),
            Choice("약 4.2초", True, "70에서 시작하므로 K = ∛(30 ÷ 0.4)다 (RFC 9438 §4.2)."),
            Choice("약 75초", False, "세제곱근을 씌우지 않았다."),
        ),
    ),
    Question(
        "ECN을 쓰는 흐름의 세그먼트 100개 가운데 잇달은 3개에 큐가 CE를 표시했다. 모두 한 왕복 안이다. 맞는 것은?",
        (
            Choice("셋을 다시 보내고 cwnd를 세 번 줄인다", False, "표시된 것도 도착했다. 다시 보낼 것이 없다."),
            Choice(
                "다시 보내는 것 없이 cwnd를 한 번 줄인다",
                True,
                "신호는 한 윈도우에 한 번만 따른다 (RFC 3168 §6.1.2).",
            ),
            Choice("다시 보내는 것 없이 cwnd를 세 번 줄인다", False, "한 번의 혼잡에 세 번 답하면 지나치다."),
        ),
    ),
    Question(
        "10Mbit/s 병목 앞의 큐가 1MB다. 큐가 가득 찼을 때 새로 온 패킷은 얼마나 기다리는가?",
        (
            Choice("0.1초", False, "비트와 바이트를 헷갈렸다."),
            Choice("0.8초", True, "8Mbit를 10Mbit/s로 비우는 시간이다. 손실이 없어도 RTT가 이만큼 는다: 버퍼블로트다."),
            Choice(
                "기다리지 않고 버려진다",
                False,
                "버려지는 것은 자리가 없을 때다. 마지막 자리에 든 것은 앞의 것을 모두 기다린다.",
            ),
        ),
    ),
    Question(
        "BBR이 병목을 40Mbit/s, 가장 짧은 왕복을 50ms로 보고 있다. cwnd를 BDP의 두 배로 두면 몇 바이트인가?",
        (
            Choice("250,000바이트", False, "BDP 하나다."),
            Choice("500,000바이트", True, "40×10⁶ × 0.05 ÷ 8 = 250,000, 그 두 배다."),
            Choice("4,000,000바이트", False, "비트를 바이트로 바꾸지 않았다."),
        ),
    ),
)
