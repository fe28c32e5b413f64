"""커널과 나누는 대화의 장면: 누가 무엇을 맡고, 길에서 무엇을 잃는가.

강의: lessons/16_capstone.ipynb
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from tcpedu.network.impairments import ExtraDelay, Loss, bernoulli, drop_data, either
from tcpedu.protocol.config import Config

from .exchange import HEAD, page
from .wire import KERNEL, ME

KERNEL_SERVER_PORT, KERNEL_CLIENT_PORT = 80, 40000
FETCH_CONFIG = Config(local_port=50000, remote_port=KERNEL_SERVER_PORT, mss=1000)
SERVE_CONFIG = Config(local_port=8080, mss=1000)
ISS = 1000


@dataclass(frozen=True)
class Scene:
    """장면 하나. `kernel`은 커널이 맡는 쪽, `size`는 문서의 바이트 수, `delay`는 한 방향의 지연(초)이다.

    `lose_mine`과 `lose_kernels`는 그쪽이 보낸 데이터 세그먼트 가운데 잃을 것의 번호(1부터)이고, `late_mine`과
    `late_kernels`는 `late_by`초 더 걸려 뒤의 것에 앞질릴 것의 번호다. `loss_rate`는 모든 패킷에 더하는 손실률이다.
    `pause`초 동안 커널의 응용 프로그램은 읽지 않는다. `congestion`은 커널의 혼잡 제어이고, `None`이면 그 컴퓨터의
    기본값이다.
    """

    name: str
    kernel: Literal["server", "client"]
    size: int = 30_000
    delay: float = 0.01
    lose_mine: tuple[int, ...] = ()
    lose_kernels: tuple[int, ...] = ()
    late_mine: tuple[int, ...] = ()
    late_kernels: tuple[int, ...] = ()
    late_by: float = 0.005
    loss_rate: float = 0.0
    seed: int = 0
    pause: float = 0.0
    congestion: str | None = "cubic"

    @property
    def config(self) -> Config:
        """이 장면에서 연결이 쓸 설정: 포트와 MSS. 기록도 이것과 `ISS`로 만들었다."""
        return FETCH_CONFIG if self.kernel == "server" else SERVE_CONFIG

    @property
    def response(self) -> bytes:
        """오가는 응답 전부."""
        return HEAD + page(self.size)

    def loss(self) -> Loss:
        """이 장면의 손실. 번호를 세는 것이라 열 때마다 새로 만든다."""
        random = bernoulli(self.loss_rate, self.seed) if self.loss_rate else None
        return either(drop_data(self.lose_mine, src=ME), drop_data(self.lose_kernels, src=KERNEL), random)

    def reorder(self) -> ExtraDelay:
        """이 장면의 더딘 패킷. 이것도 열 때마다 새로 만든다."""
        late = either(drop_data(self.late_mine, src=ME), drop_data(self.late_kernels, src=KERNEL))
        return lambda packet: self.late_by if late(packet) else 0.0


SCENES = {
    scene.name: scene
    for scene in (
        Scene("fetch", kernel="server"),
        Scene("fetch_lossy", kernel="server", lose_mine=(1,), lose_kernels=(4, 11)),
        Scene("serve", kernel="client"),
        Scene("serve_lossy", kernel="client", lose_mine=(5, 14), lose_kernels=(1,)),
        Scene("zero_window", kernel="client", pause=2.0),
        Scene("fetch_reordered", kernel="server", late_kernels=(3, 9)),
    )
}
