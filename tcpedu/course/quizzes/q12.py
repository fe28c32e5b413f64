"""12 소켓 프로그래밍의 스스로 점검."""

from tcpedu.course.quiz import Choice, Question

QUIZ = (
    Question(
        "클라이언트가 `b'one'`과 `b'two'`를 차례로 `sendall()`했다. 서버의 첫 `recv(1024)`가 돌려줄 수 있는 것은?",
        (
            Choice("언제나 b'one'", False, "TCP는 쓴 경계를 나르지 않는다. 함께 올 수도, 더 잘게 올 수도 있다."),
            Choice("언제나 b'onetwo'", False, "둘째가 아직 오지 않았을 수 있다. recv()는 온 만큼만 준다."),
            Choice("b'o'부터 b'onetwo'까지 어느 것이든", True, "1바이트부터 온 것까지. 기댈 수 있는 것은 차례뿐이다."),
        ),
    ),
    Question(
        '`recv()`가 `b""`를 돌려주었다. 무슨 뜻인가?',
        (
            Choice("아직 온 것이 없다", False, "온 것이 없으면 기다린다. 시간 제한이 있으면 TimeoutError다."),
            Choice("상대가 쓰기를 마쳤다(FIN)", True, "더 올 것은 없다. 그러나 이쪽은 아직 보낼 수 있다: 반닫기."),
            Choice("상대가 빈 메시지를 보냈다", False, "빈 쓰기는 스트림에 없다. 빈 메시지는 길이 0으로 적는다."),
            Choice("연결이 끊겼다(RST)", False, "RST는 ConnectionResetError로 나타난다."),
        ),
    ),
    Question(
        "시간 제한을 건 소켓의 `send(data)`가 `len(data)`보다 작은 수를 돌려주었다. 무엇이 틀렸는가?",
        (
            Choice("네트워크에서 나머지를 잃었다", False, "나머지는 보내지도 않았다. 잃은 것은 TCP가 다시 보낸다."),
            Choice(
                "아무것도. 남은 것을 다시 보내면 된다",
                True,
                "송신 버퍼에 자리가 있는 만큼만 맡았다. sendall()이 이 일을 되풀이해 준다.",
            ),
            Choice("상대가 나머지를 거절했다", False, "send()는 상대가 아니라 내 커널과의 일이다."),
        ),
    ),
    Question(
        "한글을 받는데 가끔 UnicodeDecodeError가 난다. 고치는 길은?",
        (
            Choice('`decode(errors="ignore")`', False, "오류는 사라지지만 잘린 글자도 함께 사라진다."),
            Choice("버퍼를 1024에서 4096으로 늘린다", False, "드물어질 뿐이다. 글자가 경계에 걸리는 일은 언제든 있다."),
            Choice(
                "바이트로 모아 줄바꿈이나 길이로 끊은 다음 바꾼다",
                True,
                "끊은 곳이 글자의 경계임을 아는 때에만 바꾼다. 증분 디코더도 같은 일을 한다.",
            ),
        ),
    ),
    Question(
        "서버를 다시 켜니 `Address already in use`가 난다. 듣고 있는 다른 프로그램은 없다. 까닭은?",
        (
            Choice(
                "앞 서버의 연결이 TIME_WAIT로 남아 있다",
                True,
                "먼저 닫은 쪽의 포트에 남는다. 서버가 처음부터 SO_REUSEADDR를 켜고 bind하면 된다.",
            ),
            Choice("커널이 포트를 잊는 데 오류가 있다", False, "일부러 60초 동안 기억하는 것이다."),
            Choice("방화벽이 포트를 잡고 있다", False, "방화벽은 bind를 막지 않는다."),
        ),
    ),
    Question(
        "요청 하나에 답 하나인 서버가, 말없는 클라이언트 하나가 붙자 모두에게 답하지 않는다. 까닭은?",
        (
            Choice("백로그가 1이다", False, "다른 연결은 백로그에 잘 들어와 있다. 꺼내 가지 않을 뿐이다."),
            Choice(
                "한 번에 한 연결만 다루고 시간 제한이 없다",
                True,
                "앞 손님의 recv()에서 멈춰 accept()로 돌아가지 못한다.",
            ),
            Choice("클라이언트가 윈도우를 닫았다", False, "윈도우가 0인 것이 아니라, 보낸 것이 없다."),
        ),
    ),
)
