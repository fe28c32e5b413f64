"""09 혼잡 제어 (1)의 스스로 점검."""

from tcpedu.course.quiz import Choice, Question

QUIZ = (
    Question(
        "MSS 1000, cwnd 10000인 슬로 스타트에서 1000바이트를 확인하는 ACK가 하나 왔다. cwnd는?",
        (
            Choice("20000", False, "ACK 하나에 두 배가 되는 것이 아니다. 왕복 한 번의 ACK 열 개를 다 받으면 "
            "20000이다."),
            Choice("11000", True, "ACK 하나에 min(acked, MSS)만큼 는다."),
            Choice("10100", False, "MSS·MSS/cwnd만큼 느는 것은 혼잡 회피다."),
        ),
    ),
    Question(
        "cwnd는 60세그먼트인데 응용이 조금씩만 써서 8세그먼트를 보낸 채 하나를 잃었다. RFC 5681의 ssthresh는?",
        (
            Choice("30세그먼트", False, "cwnd의 반이 아니라 FlightSize의 반이다. 60은 써 보지도 않은 수다."),
            Choice("4세그먼트", True, "FlightSize 8의 반이다. 2세그먼트 아래로는 내려가지 않는다."),
            Choice("2세그먼트", False, "2세그먼트는 바닥값이다. FlightSize의 반이 그보다 크다."),
        ),
    ),
    Question(
        "중복 ACK 셋에서는 반만 줄이고 타임아웃에서는 하나로 줄이는 까닭은?",
        (
            Choice(
                "중복 ACK는 뒤의 세그먼트가 도착하고 있다는 소식이라서",
                True,
                "ACK가 계속 오면 ACK에 맞추어 보낼 수 있다. 타임아웃이면 아무 소식이 없다.",
            ),
            Choice("중복 ACK는 대개 손실이 아니라서", False, "셋이 이어지면 손실로 본다. 다시 보내고 ssthresh도 "
            "낮춘다."),
            Choice("타임아웃은 받는 쪽이 꺼졌다는 뜻이라서", False, "아직 모른다. 모르니까 하나부터 더듬어 간다."),
        ),
    ),
    Question(
        "두 흐름의 윈도우가 40과 10이다. 넘칠 때마다 둘 다 1씩 빼고, 아니면 둘 다 1씩 더한다. 오래 지나면?",
        (
            Choice("25와 25로 모인다", False, "더해도 빼도 차이 30은 그대로다."),
            Choice("차이가 30인 채로 오르내린다", True, "AIAD는 45도 선 위를 오갈 뿐이다. 줄일 때 곱해야 차이가 준다."),
            Choice("10인 흐름이 0이 된다", False, "둘이 같은 만큼 오르내리므로 한쪽만 굶지는 않는다."),
        ),
    ),
    Question(
        "리눅스 서버의 연결이 3초 쉬었다가 다시 보낸다. 기본 설정에서 첫 왕복에 보내는 것은?",
        (
            Choice("쉬기 전의 cwnd만큼", False, "`tcp_slow_start_after_idle=0`으로 끈 서버가 그렇다."),
            Choice("세그먼트 하나", False, "하나로 돌아가는 것은 타임아웃이다."),
            Choice("초기 윈도우만큼", True, "RFC 5681 §4.1의 재시작 윈도우다. 리눅스에서는 10으로 줄었다."),
        ),
    ),
    Question(
        "보내는 쪽은 병목의 속도를 모른다. 그런데도 세그먼트가 병목의 속도에 맞추어 나가는 까닭은?",
        (
            Choice("ACK에 병목의 속도가 적혀 있어서", False, "TCP 헤더에 그런 칸은 없다."),
            Choice(
                "ACK의 간격이 병목이 세그먼트를 내보낸 간격이라서",
                True,
                "ACK 하나가 올 때마다 하나를 보내면 저절로 같은 간격이 된다: ACK 클럭.",
            ),
            Choice("운영체제가 링크의 속도를 알아서", False, "제 링크의 속도는 알아도 길 가운데의 병목은 모른다."),
        ),
    ),
)
