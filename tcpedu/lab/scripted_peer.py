"""대본대로 움직이는 상대.

대본은 데이터다. `(동작, 누구, …)`의 줄이고, 본 것은 줄마다 값 하나로 돌려준다. 시각은 적지 않으므로 돌릴 때마다 같다.
강의: lessons/12_socket_programming.ipynb
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from typing import Any

from tcpedu.lab.peer_moves import Actor, GaveUp
from tcpedu.lab.peer_words import Move
from tcpedu.lab.peer_world import World

SKIPPED = "여기까지 오지 못했다"


def run_peer(script: Sequence[Move], world: World) -> list[Any]:
    """대본을 끝까지 따르고, 줄마다 본 것을 돌려준다. 보는 것이 없는 동작은 `None`이다.

    기다리던 것이 오지 않으면 그 줄에 까닭을 적고 나머지를 그만둔다. 연결은 답이 끝난 뒤에 닫는다.
    강의: lessons/12_socket_programming.ipynb
    """
    seen: list[Any] = []
    with ExitStack() as stack:
        actor = Actor(world, stack)
        try:
            for move in script:
                seen.append(actor.do(*move))
        except GaveUp as error:
            seen.append(error.args[0])
            world.gave_up = True
            actor.hang_up()  # 멈춰 있는 답이 깨어나게 한다
        world.idle = True
        world.stop()
        world.hold()
        return seen + [SKIPPED] * (len(script) - len(seen))
