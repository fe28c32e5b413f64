"""tcpedu: 직접 만들고, 보고, 고치며 배우는 TCP.

불러오는 비용이 거의 없다. 무거운 부분은 처음 쓸 때 불러온다.

>>> import tcpedu
>>> tcpedu.doctor()  # doctest: +SKIP
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tcpedu.lab.system import doctor

__version__ = "0.1.0"
__all__ = ["__version__", "doctor"]


def __getattr__(name: str) -> Any:
    if name == "doctor":
        from tcpedu.lab.system import doctor

        return doctor
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
