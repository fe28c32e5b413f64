"""11 혼잡 제어 (2)의 스스로 점검."""

from tcpedu.course.quiz import Choice, Question

QUIZ = (
    Question(
        "CUBIC의 W_max가 1000배가 되었다. K는?",
        (
            Choice("그대로다", False, "K는 줄어든 양의 세제곱근에 비례한다."),
            Choice("10배", True, "1000의 세제곱근은 10이다. 그래서 아주 넓은 길에서도 수십 초면 되찾는다."),
            Choice("1000배", False, "그것은 왕복마다 하나씩 늘리는 Reno다."),
        ),
    ),
    Question(
        "RTT가 10 ms인 길에서 CUBIC이 Reno와 똑같이 움직이는 까닭은?",
        (
            Choice("C가 RTT에 비례해서", False, "C는 상수이고 곡선에는 RTT가 없다."),
            Choice(
                "W_est가 W_cubic보다 커서",
                True,
                "왕복이 짧으면 Reno가 이미 빠르다. CUBIC은 둘 가운데 큰 쪽을 쓴다 (RFC 9438 §4.3).",
            ),
            Choice("HyStart++가 곡선을 꺼서", False, "HyStart++는 슬로 스타트에서만 일한다."),
        ),
    ),
    Question(
        "손실은 하나도 없는데 RTT가 40 ms에서 400 ms로 늘었다. 무슨 일인가?",
        (
            Choice(
                "혼잡이 없으니 받는 쪽이 느리다",
                False,
                "받는 쪽이 느리면 수신 윈도우가 줄어든다. RTT가 열 배가 되지는 않는다.",
            ),
            Choice(
                "병목의 큐에 쌓였다", True, "BDP를 넘긴 것은 큐에서 기다린다. 큐가 크면 잃지 않고도 얼마든지 늦어진다."
            ),
            Choice("병목의 속도가 열 배 느려졌다", False, "그럴 수도 있지만, 먼저 빠르기가 그대로인지 보아야 한다."),
        ),
    ),
    Question(
        "CoDel의 interval은 100 ms다. 아홉 번째로 버린 다음 열 번째까지는?",
        (
            Choice("33 ms", True, "100/√9다."),
            Choice("11 ms", False, "count가 아니라 √count로 나눈다."),
            Choice("100 ms", False, "큐가 빠지지 않으면 점점 자주 버린다."),
        ),
    ),
    Question(
        "받는 쪽은 언제까지 ECE를 다는가?",
        (
            Choice("CE가 온 세그먼트의 ACK 하나에만", False, "그 ACK를 잃으면 소식이 사라진다."),
            Choice("CWR이 온 데이터를 받을 때까지", True, "보내는 쪽이 들었다는 답이다 (RFC 3168 §6.1.3)."),
            Choice("CE가 없는 데이터를 받을 때까지", False, "CE가 그쳐도 보내는 쪽이 들었는지는 알 수 없다."),
        ),
    ),
    Question(
        "세 흐름이 6, 3, 3 Mbit/s를 가져갔다. Jain의 지수는?",
        (
            Choice("0.89", True, "(6 + 3 + 3)² / (3 × (36 + 9 + 9)) = 144/162다."),
            Choice("0.50", False, "가장 느린 것을 가장 빠른 것으로 나눈 값이다."),
            Choice("2.67", False, "흐름의 수로 나누지 않았다. 지수는 1을 넘지 않는다."),
        ),
    ),
)
