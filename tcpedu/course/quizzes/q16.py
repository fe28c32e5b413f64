"""16 캡스톤의 스스로 점검."""

from tcpedu.course.quiz import Choice, Question

QUIZ = (
    Question(
        "SYN_SENT에서 `RST,ACK`가 왔는데 `ack`가 내 SYN의 다음 번호가 아니다. 할 일은?",
        (
            Choice(
                "연결을 끊는다", False, "번호를 모르는 사람도 보낼 수 있는 RST다. 믿으면 남이 내 연결을 끊을 수 있다."
            ),
            Choice("버린다", True, "내 SYN을 확인하는 RST만 믿는다. RST에는 답하지도 않는다 (RFC 9293 §3.10.7.3)."),
            Choice("RST로 답한다", False, "RST에 RST로 답하면 두 쪽이 끝없이 주고받는다."),
        ),
    ),
    Question(
        "세그먼트를 받을 때마다(ACK만 있는 것에도) ACK를 보내면?",
        (
            Choice("아무 문제 없다", False, "상대도 그렇게 짰다면 ACK의 ACK의 ACK가 끝나지 않는다."),
            Choice("ACK가 끝없이 오갈 수 있다", True, "그래서 번호를 쓰는 세그먼트(데이터, SYN, FIN)에만 답한다."),
            Choice("상대의 재전송 타이머가 꺼지지 않는다", False, "ACK가 많다고 타이머가 돌지는 않는다."),
        ),
    ),
    Question(
        "재전송 타임아웃에서 한 일이 `nxt = una` 한 줄이다. 다시 보내는 것은 누구인가?",
        (
            Choice("`send_data`", True, "되돌린 자리부터 윈도우가 허락하는 만큼 다시 보낸다. cwnd는 이미 1 MSS다."),
            Choice("커널", False, "여기서는 내가 커널이다."),
            Choice("아무도 보내지 않는다", False, "나갈 것을 내보내는 차례가 타이머 바로 뒤에 온다."),
        ),
    ),
    Question(
        "FIN이 그 앞의 데이터보다 먼저 도착했다.",
        (
            Choice("곧바로 CLOSE_WAIT로 간다", False, "데이터를 잃은 채 끝난다. 번호가 RCV.NXT에 이르러야 센다."),
            Choice("버리고 RST를 보낸다", False, "순서가 바뀐 것뿐이다. 윈도우 안의 세그먼트다."),
            Choice("번호만 적어 두고 빈틈이 찰 때까지 기다린다", True, "FIN도 번호를 쓰는 것이므로 제 차례가 있다."),
        ),
    ),
    Question(
        "TUN에 쓴 패킷의 TCP 체크섬이 틀렸다. 커널은?",
        (
            Choice("RST로 답한다", False, "누가 보냈는지조차 믿을 수 없는 패킷이다. 답하지 않는다."),
            Choice(
                "소리 없이 버린다",
                True,
                "보내는 쪽은 잃은 줄로 알고 다시 보낸다. 세는 곳은 /proc/net/snmp의 InCsumErrors다.",
            ),
            Choice("고쳐서 받는다", False, "체크섬은 틀린 것을 알 뿐 어디가 틀렸는지는 모른다."),
        ),
    ),
)
