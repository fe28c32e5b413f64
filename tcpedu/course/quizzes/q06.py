"""06 상태 다이어그램의 스스로 점검."""

from tcpedu.course.quiz import Choice, Question

QUIZ = (
    Question(
        "`FIN_WAIT_1`에서 FIN을 받았다. 그 세그먼트의 확인응답 번호는 아직 내 FIN을 확인하지 않는다. 다음 상태는?",
        (
            Choice("`FIN_WAIT_2`", False, "그곳은 내 FIN의 ACK를 먼저 받았을 때 간다. 여기서는 FIN이 먼저 왔다."),
            Choice("`CLOSING`", True, "FIN이 엇갈렸다. 상대의 FIN에는 ACK로 답하고, 내 FIN의 ACK를 마저 기다린다."),
            Choice("`TIME_WAIT`", False, "내 FIN까지 확인하는 FIN일 때 간다(그림 5의 주석 2)."),
            Choice("`CLOSE_WAIT`", False, "그곳은 내가 아직 닫지 않았을 때 간다. 나는 이미 FIN을 보냈다."),
        ),
    ),
    Question(
        "두 컴퓨터가 서로에게 동시에 `connect()`했고 SYN이 엇갈렸다. 어떻게 될까?",
        (
            Choice("둘 다 거절된다", False, "듣는 쪽이 없어도 서로 연결하는 중이면 받아 준다(MUST-10)."),
            Choice("연결이 둘 생긴다", False, "두 SYN의 4-튜플이 같으므로 연결은 하나다."),
            Choice(
                "둘 다 `SYN_RCVD`를 거쳐 연결 하나가 된다",
                True,
                "`SYN_SENT`에서 SYN을 받으면 SYN,ACK로 답하고 `SYN_RCVD`로 간다: 동시 개방.",
            ),
        ),
    ),
    Question(
        "웹 서버가 응답을 보내고 먼저 닫는다. `TIME_WAIT`는 어디에 생길까?",
        (
            Choice("클라이언트. TIME_WAIT는 클라이언트의 상태다", False, "누가 열었는지는 상관없다. 먼저 닫은 쪽이다."),
            Choice("서버", True, "먼저 CLOSE를 부른 쪽의 모든 길이 `TIME_WAIT`를 거친다."),
            Choice("양쪽", False, "양쪽에 생기는 것은 FIN이 엇갈렸을 때다."),
            Choice("아무 데도 생기지 않는다", False, "RST로 끊지 않는 한 먼저 닫은 쪽에는 반드시 생긴다."),
        ),
    ),
    Question(
        "상대의 전원이 나갔고 내 프로그램은 아무것도 부르지 않는다. RFC와 리눅스 모두에서 영영 남는 것은?",
        (
            Choice("`FIN_WAIT_2`", False, "RFC에는 타이머가 없지만 리눅스는 프로그램이 닫은 것을 60초 뒤에 버린다."),
            Choice("`LAST_ACK`", False, "FIN의 ACK를 기다린다. 다시 보내다가 포기한다."),
            Choice("`CLOSE_WAIT`", True, "내 프로그램의 CLOSE만이 움직인다. 보낸 것이 없으니 포기할 타이머도 없다."),
            Choice("`TIME_WAIT`", False, "시계가 끝낸다. RFC는 4분, 리눅스는 60초다."),
        ),
    ),
    Question(
        "리눅스 서버에서 듣는 소켓에 SYN이 왔다. 그 소켓의 상태는?",
        (
            Choice("`SYN_RCVD`로 바뀐다", False, "RFC의 그림에서는 그렇다. 리눅스는 요청 소켓을 따로 만든다."),
            Choice("`ESTABLISHED`로 바뀐다", False, "연결된 것은 새로 생긴 소켓이다."),
            Choice("`LISTEN` 그대로다", True, "손님마다 새 연결이 생긴다. 그래서 돌아갈 일도 없다."),
        ),
    ),
    Question(
        "`ESTABLISHED`인 연결에 윈도우 안의 SYN이 왔다. 지금의 TCP는?",
        (
            Choice("RST를 보내고 끊는다", False, "옛 RFC 793의 규칙이다. 가짜 SYN 하나로 남의 연결을 끊을 수 있었다."),
            Choice(
                "상태를 그대로 두고 ACK로 답한다",
                True,
                "challenge ACK다(RFC 5961 §4). 정말로 다시 시작한 상대라면 그 ACK에 RST로 답한다.",
            ),
            Choice("못 본 척한다", False, "답하지 않으면 껐다 켠 상대가 새로 연결하지 못한다."),
            Choice("새 연결로 바꾼다", False, "그러면 남의 연결을 가로챌 수 있다."),
        ),
    ),
)
