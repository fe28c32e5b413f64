"""제어 비트를 보통의 정수로 다룬다: `Flags`의 비트 연산은 느려서, 세그먼트마다 지나는 길에서는 이것을 쓴다.

강의: lessons/02_segment_header.ipynb
"""

from __future__ import annotations

from .segment import Flags

FIN, SYN, RST, PSH, ACK, URG, ECE, CWR = 1, 2, 4, 8, 16, 32, 64, 128

FLAGS: tuple[Flags, ...] = tuple(Flags(bits) for bits in range(256))
"""정수 → `Flags`.

>>> FLAGS[SYN | ACK] == Flags.SYN | Flags.ACK
True
"""

BITS: tuple[int, ...] = tuple(range(256))
"""`Flags` → 보통의 정수: `BITS[segment.flags]`.

>>> type(BITS[Flags.SYN])
<class 'int'>
"""
