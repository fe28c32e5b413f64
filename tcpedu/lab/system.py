"""이 컴퓨터에 무엇이 있고 무엇을 할 수 있는지 살핀다. 아무것도 바꾸지 않는다."""

import errno
import json
import platform
import subprocess
import sys
import sysconfig
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import metadata
from importlib.resources import files
from pathlib import Path

PACKAGES = (
    "jupyterlab",
    "jupyterlab-language-pack-ko-KR",
    "ipykernel",
    "ipywidgets",
    "anywidget",
    "mermaid-py",
    "matplotlib",
    "pandas",
    "nbval",
)
FRONT_ENDS = ("@jupyter-widgets/jupyterlab-manager", "anywidget")
REINSTALL = "강의 폴더에서 python3 course.py lab을 다시 실행하면 설치합니다"
RECORDED = "강의는 기록해 둔 실제 커널의 패킷으로 그대로 할 수 있습니다"
MARKS = {True: "✅", False: "❌", None: "➖"}


@dataclass(frozen=True)
class Row:
    """살펴본 것 하나. ok가 None이면 없어도 강의를 들을 수 있는 것이다."""

    item: str
    ok: bool | None
    value: str
    advice: str = ""


@dataclass(frozen=True)
class Report:
    """`doctor()`가 돌려주는 표."""

    rows: tuple[Row, ...]

    @property
    def ready(self) -> bool:
        """강의를 들을 준비가 되었는가."""
        return all(row.ok is not False for row in self.rows)

    @property
    def kernel_lab(self) -> bool:
        """진짜 커널 실습을 이 컴퓨터에서 할 수 있는가."""
        return any(row.item == KERNEL_ITEM and row.ok is True for row in self.rows)

    @property
    def summary(self) -> str:
        if not self.ready:
            return "빠진 것이 있습니다: ❌ 줄의 안내를 따르세요."
        if self.kernel_lab:
            return "준비가 끝났습니다. 진짜 커널 실습도 이 컴퓨터에서 할 수 있습니다."
        return "준비가 끝났습니다. 진짜 커널 실습은 기록해 둔 실행으로 합니다."

    def __repr__(self) -> str:
        lines = []
        for row in self.rows:
            lines.append(f"{MARKS[row.ok]} {row.item}: {row.value}")
            if row.advice:
                lines.append(f"   → {row.advice}")
        return "\n".join([*lines, "", self.summary])

    def _repr_markdown_(self) -> str:
        lines = ["| | 항목 | 이 컴퓨터 | 안내 |", "|---|---|---|---|"]
        for row in self.rows:
            cells = (MARKS[row.ok], row.item, row.value, row.advice)
            lines.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
        return "\n".join([*lines, "", self.summary])


KERNEL_ITEM = "진짜 커널 실습"


def doctor() -> Report:
    """설치된 것과 이 컴퓨터가 할 수 있는 일을 살핀다.

    파이썬, 꾸러미의 판, 한글 글꼴, 위젯, 진짜 커널 실습이 되는지를 담은 `Report`를 돌려준다.
    1초가 걸리지 않고, 컴퓨터를 바꾸지 않는다. 강의: lessons/00_start.ipynb

    >>> doctor().rows[0].item
    '파이썬'
    """
    return Report((python_row(), *package_rows(), font_row(), widget_row(), kernel_row()))


def python_row() -> Row:
    ok = sys.version_info >= (3, 11)
    place = f"{platform.python_version()} ({platform.system()} {platform.machine()})"
    return Row("파이썬", ok, place, "" if ok else "파이썬 3.11 이상으로 course.py를 다시 실행하세요")


def package_rows() -> Iterator[Row]:
    for name in PACKAGES:
        try:
            yield Row(name, True, metadata.version(name))
        except metadata.PackageNotFoundError:
            yield Row(name, False, "없음", REINSTALL)


def font_row() -> Row:
    """그림의 한글이 네모로 나오지 않으려면 글꼴이 강의에 딸려 있어야 한다."""
    # view를 불러오지 않고 파일만 본다: lab은 protocol에만 기댄다.
    folder = files("tcpedu") / "view" / "fonts"
    names = sorted(f.name for f in folder.iterdir() if f.name.endswith((".ttf", ".otf"))) if folder.is_dir() else []
    if names:
        return Row("그림의 한글 글꼴", True, ", ".join(names))
    return Row("그림의 한글 글꼴", False, "없음", "강의를 다시 내려받으세요")


def widget_row() -> Row:
    """커널 쪽 꾸러미뿐 아니라 브라우저 쪽 확장도 있어야 위젯이 그려진다."""
    shares = {Path(sys.prefix), Path(sysconfig.get_path("data"))}
    missing = [
        name
        for name in FRONT_ENDS
        if not any((share / "share/jupyter/labextensions" / name).is_dir() for share in shares)
    ]
    if missing:
        return Row("위젯의 브라우저 쪽", False, "없음: " + ", ".join(missing), REINSTALL)
    return Row("위젯의 브라우저 쪽", True, "있음")


def kernel_row() -> Row:
    """캡스톤에서 내 TCP가 리눅스 커널과 직접 이야기할 수 있는가."""
    reason = kernel_obstacle()
    if reason is None:
        return Row(KERNEL_ITEM, True, "할 수 있음 (네트워크 네임스페이스와 TUN)")
    return Row(KERNEL_ITEM, None, f"할 수 없음: {reason}", RECORDED)


def kernel_obstacle() -> str | None:
    """진짜 커널 실습을 막는 것을 한 문장으로. 할 수 있으면 None."""
    return other_system(sys.platform) or explain(*try_kernel())


def other_system(system: str) -> str | None:
    if system == "darwin":
        return "macOS에는 네트워크 네임스페이스가 없습니다. 리눅스 가상 머신에서는 됩니다"
    if system in ("win32", "cygwin"):
        return "윈도에는 네트워크 네임스페이스가 없습니다. WSL2에서는 됩니다"
    return None if system.startswith("linux") else f"{system}에서는 해 보지 않았습니다"


def try_kernel() -> tuple[str, int]:
    """자식 과정에서 실제로 해 보고 (멈춘 단계, errno)를 얻는다."""
    script = Path(__file__).with_name("kernel_probe.py")
    try:
        done = subprocess.run(
            [sys.executable, "-I", "-S", str(script)], stdin=subprocess.DEVNULL, capture_output=True, timeout=5
        )
        found = json.loads(done.stdout)
        return str(found["step"]), int(found["errno"])
    except (OSError, subprocess.SubprocessError, ValueError, KeyError):
        return "start", 0


def explain(step: str, number: int) -> str | None:
    """멈춘 단계와 errno를 한 문장으로. 끝까지 갔으면 None.

    >>> explain("open", errno.ENOENT)
    '/dev/net/tun이 없습니다. 컨테이너라면 --device=/dev/net/tun, WSL2라면 modprobe tun이 필요합니다'
    """
    denied = number in (errno.EPERM, errno.EACCES)
    match step:
        case "done":
            return None
        case "unshare" if number == errno.ENOSPC:
            return (
                "커널 설정 user.max_user_namespaces가 0이라 네임스페이스를 만들 수 없습니다."
                " 관리자가 sysctl -w user.max_user_namespaces=1000을 실행하면 됩니다"
            )
        case "unshare" if denied:
            return (
                "네임스페이스를 만들 권한이 없습니다."
                " 도커 같은 컨테이너라면 관리자가 unshare를 허락하는 seccomp 설정으로 띄워야 합니다"
            )
        case "unshare":
            return "이 커널은 사용자·네트워크 네임스페이스를 지원하지 않습니다"
        case "map" | "attach" | "address" if denied:
            return (
                "보안 모듈이 막습니다. 우분투라면 관리자가 sysctl -w"
                " kernel.apparmor_restrict_unprivileged_userns=0을 실행하거나 이 파이썬에 userns를 허락하면 됩니다"
            )
        case "open" if number in (errno.ENOENT, errno.ENODEV, errno.ENXIO):
            return "/dev/net/tun이 없습니다. 컨테이너라면 --device=/dev/net/tun, WSL2라면 modprobe tun이 필요합니다"
        case "open" if denied:
            return "/dev/net/tun을 열 권한이 없습니다. 관리자가 chmod 666 /dev/net/tun을 실행하면 됩니다"
        case "start":
            return "확인하는 과정을 띄우지 못했습니다"
    return f"{step} 단계에서 오류 {number}({errno.errorcode.get(number, '?')})로 멈췄습니다"
