"""쓸데없는 재전송을 알아채고 줄인 것을 되돌릴 근거: DSACK(RFC 2883, 3708)과 타임스탬프(RFC 3522).

강의: lessons/10_loss_recovery.ipynb
"""

from __future__ import annotations


class Undo:
    """한 번 줄인 뒤에 다시 보낸 것들. 번호는 절대 번호, 시간은 초, 타임스탬프는 ms다.

    >>> undo = Undo()
    >>> undo.start(una=1); undo.on_retransmit(1, 1001, now=0.5)
    >>> undo.proved_by_echo(una=1001, echo=480), undo.proved_by_echo(una=1001, echo=500)
    (True, False)
    >>> undo.on_dsack(1, 1001); undo.proved_by_dsack
    True
    """

    def __init__(self) -> None:
        self.armed = False  # 줄였고 아직 되돌리지 않았다
        self._marker = 0  # 줄일 때의 SND.UNA: 그 앞의 DSACK은 앞선 일이다
        self._pending = 0  # 다시 보냈고 DSACK으로 돌아오지 않은 바이트
        self._first: tuple[int, int] | None = None  # 처음 다시 보낸 것의 (끝 번호, 보낸 시각 ms)

    def start(self, una: int) -> None:
        """줄였다: 이제부터 다시 보내는 것을 적는다."""
        self.armed = True
        self._marker = una
        self._pending = 0
        self._first = None

    def stop(self) -> None:
        """되돌렸거나 진짜 손실임을 알았다."""
        self.armed = False

    def on_retransmit(self, start: int, end: int, now: float) -> None:
        """[start, end)를 다시 보냈다."""
        self._pending += end - start
        if self._first is None:
            self._first = (end, int(now * 1000))

    def on_dsack(self, start: int, end: int) -> None:
        """상대가 [start, end)를 두 번 받았다."""
        if end > self._marker:
            self._pending -= end - start

    @property
    def proved_by_dsack(self) -> bool:
        """다시 보낸 것을 상대가 모두 두 번 받았다: 처음 보낸 것도 도착했다 (RFC 3708 §3)."""
        return self.armed and self._first is not None and self._pending <= 0

    def proved_by_echo(self, una: int, echo: int | None) -> bool:
        """다시 보낸 것을 확인하는 첫 ACK가, 다시 보내기 *전에* 보낸 것에 대한 답이다 (RFC 3522 §3.2)."""
        if not self.armed or self._first is None or echo is None or una < self._first[0]:
            return False
        return echo < self._first[1]

    def settle(self, una: int) -> None:
        """다시 보낸 것이 확인되었는데 타임스탬프가 새것이다: 에코로는 더 알 수 없다."""
        if self._first is not None and una >= self._first[0]:
            self._first = (1 << 62, self._first[1])
