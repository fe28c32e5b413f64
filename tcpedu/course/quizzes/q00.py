"""00 시작하기의 스스로 점검."""

from __future__ import annotations

from tcpedu.course.quiz import Choice, Question

QUIZ = (
    Question(
        "왕복 시간이 0.04초인 길에서 첫 SYN을 잃었다. 클라이언트는 언제 ESTABLISHED가 되는가?",
        (
            Choice(
                "0.08초",
                False,
                "왕복 한 번 만에 알아차리려면 누가 알려 주어야 한다. 잃은 SYN은 아무 소식도 남기지 않는다.",
            ),
            Choice("1.00초", False, "1초는 두 번째 SYN이 나가는 시각이다. 그 답이 돌아오는 0.04초가 더 든다."),
            Choice("1.04초", True, "타이머가 끝나는 1초에 SYN을 다시 보내고, 왕복 한 번 뒤에 SYN,ACK를 받는다."),
            Choice("ESTABLISHED가 되지 못한다", False, "SYN도 번호를 쓰는 세그먼트라 답이 없으면 다시 보낸다."),
        ),
    ),
    Question(
        "SYN(seq=100)에는 데이터가 없다. 그런데 왜 ack=101이 돌아오는가?",
        (
            Choice("ack는 언제나 seq + 1이라서", False, "데이터 400바이트(seq=101)에는 ack=501이 돌아온다."),
            Choice(
                "SYN이 번호를 하나 써서, 다음에 받고 싶은 번호가 101이라서",
                True,
                "SYN과 FIN은 데이터가 없어도 번호를 하나씩 쓴다.",
            ),
            Choice(
                "SYN의 헤더 1바이트를 받았다는 뜻이라서",
                False,
                "헤더는 번호를 쓰지 않는다. 번호를 쓰는 것은 데이터와 SYN, FIN이다.",
            ),
        ),
    ),
    Question(
        "핸드셰이크에서 3번 세그먼트(ACK)만 잃었다. 0.5초에 두 쪽의 상태는?",
        (
            Choice("둘 다 ESTABLISHED", False, "서버는 자기 SYN의 답을 아직 받지 못했다."),
            Choice("둘 다 ESTABLISHED가 아님", False, "클라이언트는 SYN,ACK를 받은 0.1초에 이미 ESTABLISHED가 되었다."),
            Choice(
                "클라이언트만 ESTABLISHED",
                True,
                "서버는 SYN_RCVD에서 기다리다 SYN,ACK를 다시 보낸다. 두 쪽이 아는 것은 잠시 다를 수 있다.",
            ),
        ),
    ),
    Question(
        "`check`가 `✅ 정답 — 공개 검사 통과 (4개)`라고 했다. 무엇을 확인한 것인가?",
        (
            Choice(
                "보여 준 입력 4개에서 기대한 값이 나왔다",
                True,
                "채점은 새 입력으로 한 번 더 한다. 보이는 입력에만 맞춘 답은 거기서 걸린다.",
            ),
            Choice("어떤 입력에도 맞는 답이다", False, "입력 4개만으로는 알 수 없다. 그래서 채점은 새 입력을 쓴다."),
            Choice("풀이와 코드가 같다", False, "코드는 보지 않는다. 돌려준 값만 본다."),
        ),
    ),
)
