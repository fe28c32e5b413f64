"""15 보안의 스스로 점검."""

from tcpedu.course.quiz import Choice, Question

QUIZ = (
    Question(
        "SYN 플러드가 먼저 바닥내는 것은?",
        (
            Choice("네트워크의 대역폭", False, "SYN 100개는 4킬로바이트 남짓이다. 그것으로도 서버가 닫혔다."),
            Choice("서버의 CPU", False, "SYN,ACK 몇 개를 만드는 일은 거의 공짜다."),
            Choice("반열림 연결을 기억할 자리", True, "ACK를 기다리는 63초 동안 자리를 차지한다. 자리가 차면 버린다."),
        ),
    ),
    Question(
        "기본 설정(tcp_syncookies=1)의 서버가 `listen(128)`을 불렀다. somaxconn은 4096, tcp_max_syn_backlog는 256이다. "
        "반열림 연결은 몇 개까지 기억되는가?",
        (
            Choice("129", True, "쿠키를 켜면 min(128, 4096)과 견준다. `>`로 견주므로 하나 더 든다."),
            Choice("256", False, "tcp_max_syn_backlog는 쿠키를 껐을 때만 본다."),
            Choice("193", False, "마지막 4분의 1을 남기는 것도 쿠키를 껐을 때의 일이다."),
            Choice("4096", False, "somaxconn은 위 한도일 뿐이다. 작은 쪽이 이긴다."),
        ),
    ),
    Question(
        "쿠키로 이어진 연결이 윈도우 스케일을 쓸 수 있는 때는?",
        (
            Choice("언제나", False, "쿠키 32비트에는 담을 자리가 없다."),
            Choice("타임스탬프를 쓸 때", True, "리눅스는 타임스탬프 값에 옵션을 숨겨 보내고, 되돌아온 값에서 읽는다."),
            Choice("없다", False, "타임스탬프가 있으면 되살릴 수 있다."),
        ),
    ),
    Question(
        "RCV.NXT가 5000, 윈도우가 1000인 연결에 `seq=5500`인 RST가 왔다. RFC 5961을 따르는 서버는?",
        (
            Choice("연결을 끊는다", False, "옛 규칙이다. 지금은 번호가 RCV.NXT와 꼭 맞아야 한다."),
            Choice("challenge ACK를 보낸다", True, "윈도우 안이지만 꼭 맞지 않으므로 `ack=5000`으로 되묻는다."),
            Choice("말없이 버린다", False, "윈도우 밖일 때의 답이다."),
        ),
    ),
    Question(
        "서버에 TIME_WAIT가 3만 개 있다. `tcp_fin_timeout`을 10으로 줄이면?",
        (
            Choice("10초 만에 사라진다", False, "이 값은 주인 없는 FIN_WAIT_2의 것이다."),
            Choice("그대로다", True, "TIME_WAIT의 60초는 커널의 상수다."),
            Choice("새 TIME_WAIT만 10초가 된다", False, "새것도 60초다."),
        ),
    ),
    Question(
        "`sock.settimeout(5)`을 건 서버를 느린 클라이언트가 한 시간째 붙들고 있다. 왜인가?",
        (
            Choice("settimeout은 connect에만 듣는다", False, "recv에도 듣는다. 그러나 한 번의 recv에만 듣는다."),
            Choice(
                "5초 안에 한 바이트씩 보내서",
                True,
                "recv가 돌아올 때마다 처음부터 센다. 요청 전체에 마감이 있어야 한다.",
            ),
            Choice("킵얼라이브를 끄지 않아서", False, "살아 있는 상대다. 킵얼라이브는 아무것도 하지 않는다."),
        ),
    ),
)
