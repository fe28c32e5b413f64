"""마지막 퀴즈: 14 문제 해결."""

from tcpedu.course.quiz import Choice, Question

QUESTIONS = (
    Question(
        "`ss -tin`이 `mss:1448 cwnd:10 rtt:80/2 unacked:10`을 보인다. 보낼 것은 쌓여 있다. 지금 처리율의"
        " 한도는 약 얼마인가?",
        (
            Choice("14.5Mbit/s", False, "한 자리를 더 셌다. 10 × 1448 × 8비트를 0.08초로 나눈다."),
            Choice("1.45Mbit/s", True, "왕복마다 cwnd 하나다. `unacked`가 `cwnd`와 같으니 혼잡 윈도우가 막고 있다."),
            Choice("0.18Mbit/s", False, "바이트를 비트로 바꾸지 않았다."),
        ),
    ),
    Question(
        "클라이언트에는 SYN이 0, 1, 3, 7초에 나가고 답이 없다. 서버의 캡처에는 그 SYN이 모두 왔고 SYN,ACK도"
        " 나갔다. 어디를 볼 것인가?",
        (
            Choice("서버의 프로그램", False, "SYN,ACK는 커널이 보낸다. 프로그램은 아직 관계가 없다."),
            Choice("클라이언트에서 서버로 가는 길", False, "SYN이 모두 왔다."),
            Choice(
                "서버에서 클라이언트로 돌아오는 길",
                True,
                "돌아오는 것만 사라진다. 비대칭 경로나 방화벽의 상태 표를 의심한다.",
            ),
        ),
    ),
    Question(
        "핸드셰이크의 왕복은 20ms다. 요청이 나간 20ms 뒤 ACK가 왔고 응답은 3초 뒤에 왔다. 재전송은 없다."
        " 무엇이 느린가?",
        (
            Choice("네트워크", False, "요청은 곧바로 확인되었다. 길은 멀쩡하다."),
            Choice("서버의 프로그램", True, "커널은 20ms 만에 받았다고 답했다. 나머지는 프로그램이 생각한 시간이다."),
            Choice("서버의 수신 윈도우", False, "윈도우가 막았다면 요청이 나가지 못했을 것이다."),
        ),
    ),
    Question(
        "프록시가 한 백엔드로 여는 연결이 `Cannot assign requested address`로 실패한다. `ss -s`의 TIME_WAIT가"
        " 28,000개다. 먼저 고칠 것은?",
        (
            Choice("`tcp_fin_timeout`을 줄인다", False, "고아가 된 FIN_WAIT_2의 시간이다. TIME_WAIT와는 상관없다."),
            Choice("백엔드의 `somaxconn`을 늘린다", False, "SYN은 나가지도 못했다. 내 포트가 없다."),
            Choice(
                "연결을 닫지 않고 다시 쓴다",
                True,
                "같은 목적지로 가는 출발지 포트가 바닥났다. 포트를 덜 쓰는 것이 근본이다.",
            ),
        ),
    ),
)
