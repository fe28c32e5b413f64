"""05 연결 종료의 스스로 점검."""

from tcpedu.course.quiz import Choice, Question

QUIZ = (
    Question(
        "클라이언트가 `seq=501`로 10바이트를 보내고 이어서 FIN을 보냈다. 모두 받은 서버의 확인응답 번호는?",
        (
            Choice("511", False, "데이터가 501–510번을 쓰고 FIN이 511번을 쓴다. FIN까지 받았으니 그다음이다."),
            Choice("512", True, "데이터 10바이트가 501–510번, FIN이 511번을 쓴다. 다음에 받을 번호는 512다."),
            Choice("513", False, "FIN은 번호를 하나만 쓴다. ACK는 번호를 쓰지 않는다."),
            Choice("501", False, "확인응답 번호는 받은 것의 다음 번호다."),
        ),
    ),
    Question(
        "서버에 `CLOSE_WAIT`가 계속 늘어난다. 무엇을 의심할까?",
        (
            Choice("상대가 마지막 ACK를 보내지 않는다", False, "그때 쌓이는 것은 `LAST_ACK`다."),
            Choice(
                "서버 프로그램이 소켓을 닫지 않는다",
                True,
                "상대의 FIN을 받고 내 프로그램의 `close()`를 기다리는 상태다. 시간이 지나도 사라지지 않는다.",
            ),
            Choice("2 MSL이 너무 길다", False, "2 MSL 동안 머무는 것은 `TIME_WAIT`다."),
        ),
    ),
    Question(
        "한 방향씩 따로 닫는데도 종료가 세 세그먼트로 끝나는 까닭은?",
        (
            Choice("서버가 FIN을 생략할 수 있어서", False, "방향마다 FIN이 하나씩 있어야 한다."),
            Choice(
                "서버의 ACK가 서버의 FIN에 실려서",
                True,
                "둘은 같은 방향이다. 서버가 곧바로 닫으면 한 세그먼트에 담긴다.",
            ),
            Choice("마지막 ACK는 없어도 되어서", False, "마지막 ACK가 없으면 서버는 FIN을 다시 보낸다."),
        ),
    ),
    Question(
        "TIME_WAIT가 막는 일이 아닌 것은?",
        (
            Choice(
                "마지막 ACK를 잃었을 때 상대가 오류로 끝나는 일",
                False,
                "막는다. TIME_WAIT는 다시 온 FIN에 ACK로 답한다.",
            ),
            Choice(
                "옛 연결의 세그먼트가 같은 4-튜플의 새 연결에 섞이는 일",
                False,
                "막는다. 옛 세그먼트가 죽을 때까지 4-튜플을 비워 둔다.",
            ),
            Choice(
                "FIN보다 늦게 도착한 같은 연결의 데이터를 잃는 일",
                True,
                "FIN은 앞의 데이터가 다 와야 처리된다. TIME_WAIT에 들어갔다면 빠진 데이터는 없다.",
            ),
        ),
    ),
    Question(
        "서버가 응답을 다 보내고 닫았는데 클라이언트는 일부만 받고 `ConnectionResetError`를 보았다. 까닭은?",
        (
            Choice(
                "서버가 클라이언트의 데이터를 읽지 않고 닫아서",
                True,
                "읽지 않은 데이터를 버리게 되면 커널은 FIN이 아니라 RST를 보내고, 남은 송신 데이터도 버린다.",
            ),
            Choice(
                "`close()`는 언제나 남은 데이터를 버려서",
                False,
                "보통의 `close()`는 커널이 남은 데이터와 FIN을 끝까지 보낸다.",
            ),
            Choice("TIME_WAIT가 짧아서", False, "TIME_WAIT는 다 끝난 다음의 일이다."),
        ),
    ),
    Question(
        "`tcp_keepalive_time=60`으로 줄였다. 전원이 나간 상대를 언제 알아차릴까? 간격과 횟수는 리눅스의 기본이다.",
        (
            Choice("60초", False, "60초는 첫 탐침을 보내는 때다. 답이 없으면 75초마다 다시 묻는다."),
            Choice("735초", True, "60 + 9 × 75초다. 소켓에 `SO_KEEPALIVE`를 켜야 한다는 것도 잊지 말자."),
            Choice("7875초", False, "7200초를 그대로 두었을 때의 값이다."),
        ),
    ),
)
