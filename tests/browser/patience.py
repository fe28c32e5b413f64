"""시간을 재는 시험의 한도."""

from __future__ import annotations

import os


def limit(milliseconds: float) -> float:
    """쉬는 컴퓨터에서의 한도를, 다른 일이 함께 돌아 차례를 기다리는 만큼 늘린 것."""
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else 0.0
    return milliseconds * max(1.0, load / (os.cpu_count() or 1))
