"""14 문제 해결의 스스로 점검."""

from tcpedu.course.quiz import Choice, Question

QUIZ = (
    Question(
        "`connect()`가 곧바로 `ConnectionRefusedError`를 냈다. 확실한 것은?",
        (
            Choice(
                "서버의 컴퓨터가 꺼져 있다", False, "꺼져 있으면 답할 것이 없다. RST가 왔다는 것은 누군가 답한 것이다."
            ),
            Choice(
                "패킷이 저쪽에 닿았고, RST로 답이 왔다",
                True,
                "그 포트를 듣는 프로그램이 없다. 사이의 방화벽이 RST로 거절(REJECT)했을 수도 있다.",
            ),
            Choice("길에서 SYN을 잃었다", False, "잃었다면 다시 보내며 기다린다. 곧바로 실패하지 않는다."),
        ),
    ),
    Question(
        "서버에서 `ss -tln`을 쳤더니 `LISTEN 129 128 0.0.0.0:80`이다. 무슨 뜻인가?",
        (
            Choice("129바이트를 읽지 않았다", False, "LISTEN에서는 바이트가 아니라 연결의 수다."),
            Choice(
                "수락 큐가 가득 찼다", True, "`accept()`를 기다리는 연결이 129개이고 한도는 128이다. 새 SYN이 버려진다."
            ),
            Choice("클라이언트가 129명 연결되어 있다", False, "이미 `accept()`한 연결은 여기에 세지 않는다."),
        ),
    ),
    Question(
        "내 쪽 연결의 Send-Q가 크고, 상대 쪽의 Recv-Q는 0이다. 먼저 의심할 것은?",
        (
            Choice("상대의 프로그램이 읽지 않는다", False, "그렇다면 상대의 Recv-Q에 쌓여 있어야 한다."),
            Choice("내 프로그램이 읽지 않는다", False, "그것은 내 Recv-Q로 보인다."),
            Choice(
                "길에서 잃거나 느리다", True, "썼는데 상대의 커널에 닿지 않았다. `ss -tin`의 `retrans`와 `rto`를 보자."
            ),
        ),
    ),
    Question(
        "로그인은 되는데 파일을 올리면 멈춘다. 캡처에서 1460바이트짜리만 되풀이해 나가고 확인되지 않는다. 무엇인가?",
        (
            Choice("제로 윈도우", False, "그렇다면 윈도우가 0인 ACK가 꼬박꼬박 온다."),
            Choice("MTU 블랙홀", True, "작은 것은 지나가고 큰 것만 사라진다. 너무 크다는 ICMP가 막혀 있다."),
            Choice("CLOSE_WAIT가 샌다", False, "그것은 닫을 때의 일이고, 데이터가 사라지지 않는다."),
        ),
    ),
    Question(
        "`tcpdump 'port 80 or port 443 and host 10.0.0.1'`이 남기는 것은?",
        (
            Choice("모든 80번과, 10.0.0.1의 443번", False, "파이썬이라면 그렇다. 필터의 and와 or는 차례가 같다."),
            Choice("10.0.0.1의 80번과 443번", True, "왼쪽부터 묶인다: `(port 80 or port 443) and host 10.0.0.1`."),
            Choice("아무것도 없다", False, "두 포트를 or로 이었으므로 어느 한쪽이면 된다."),
        ),
    ),
    Question(
        "클라이언트의 캡처에 재전송이 보이는데, 서버의 캡처에는 그 데이터가 처음 것부터 모두 와 있다. 어디가 나쁜가?",
        (
            Choice("클라이언트 → 서버", False, "데이터는 하나도 잃지 않았다."),
            Choice("서버 → 클라이언트", True, "확인응답이 돌아오지 못해 다시 보낸 것이다: 비대칭 손실."),
            Choice("서버의 프로그램", False, "확인응답은 커널이 보낸다. 프로그램이 느려도 확인은 온다."),
        ),
    ),
)
