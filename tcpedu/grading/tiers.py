"""이 컴퓨터에서 제출물을 어디까지 가둘 수 있는가. 설정을 읽지 않고 실제로 해 보아 정한다."""

import os
import sys
from dataclasses import dataclass
from functools import cache

SANDBOX = "tcpedu-box"  # 커널의 이름
TRUST = "TCPEDU_TRUST"  # 일꾼 과정까지 물려줄 "믿고 돌린다"는 교사의 말


@dataclass(frozen=True)
class Tier:
    """격리의 단계. `reason`은 더 높은 단계가 안 되는 까닭이다."""

    name: str
    reason: str = ""

    @property
    def summary(self) -> str:
        """교사에게 보일 한 줄."""
        text = f"격리 {self.name}단계: {_MEANING[self.name]}"
        return f"{text} 까닭: {self.reason}" if self.reason else text


_MEANING = {
    "A": "제출물은 네트워크도 이 컴퓨터의 파일도 보이지 않는 상자에서 돕니다.",
    "B": "이 컴퓨터에서는 이름공간을 만들 수 없어 약한 격리(Landlock, seccomp, 자원 한도)만 합니다. "
    "네트워크는 막히지 않습니다.",
    "C": "이 컴퓨터에서는 제출물을 가둘 수 없습니다.",
}
_REFUSAL = (
    "격리할 수 없는 컴퓨터라서 채점하지 않습니다: 제출물이 파일을 지우거나 밖으로 보낼 수 있습니다. "
    "윈도에서는 WSL2, macOS에서는 리눅스 가상 머신에서 채점하세요. "
    "모두 믿을 수 있는 제출물이면 --trust를 붙이세요."
)


class NotTrusted(RuntimeError):
    """가둘 수 없고, 믿는다는 말도 없다."""


def refused(system: str) -> str:
    """상자를 시도해 볼 수도 없는 까닭. 시도해 볼 만하면 빈 글."""
    if system.startswith("linux"):
        return ""
    name = {"darwin": "macOS", "win32": "윈도", "cygwin": "윈도"}.get(system, system)
    return f"{name}에는 제출물을 가둘 이름공간과 Landlock이 없습니다."


@cache
def best() -> Tier:
    """되는 것 가운데 가장 높은 단계. 과정마다 한 번만 해 본다."""
    if reason := refused(sys.platform):
        return Tier("C", reason)
    from tcpedu.grading.nursery import NotIsolated, Zygote

    reasons: list[str] = []
    for name in "AB":
        zygote = Zygote(name, probe=True)
        try:
            zygote.box([], kernel=False).kill()
            return Tier(name, " ".join(reasons))
        except NotIsolated as error:
            reasons.append(explain(str(error)))
        finally:
            zygote.close()
    return Tier("C", " ".join(dict.fromkeys(reasons)))


def explain(error: str) -> str:
    """시스템의 오류를 사람의 말로.

    >>> explain("PermissionError: [Errno 1] unshare: Operation not permitted")
    '이름공간을 만들 권한이 없습니다. 도커 같은 컨테이너의 보안 설정이 흔히 막습니다.'
    """
    for words, text in _EXPLAINED:
        if all(word in error for word in words):
            return text
    return error if error.endswith(".") else f"{error}."


_EXPLAINED = (
    (("unshare", "No space left"), "이름공간의 수가 0으로 제한되어 있습니다(user.max_user_namespaces)."),
    (("unshare",), "이름공간을 만들 권한이 없습니다. 도커 같은 컨테이너의 보안 설정이 흔히 막습니다."),
    (
        ("/proc/self/",),
        "보안 모듈이 이름공간을 막습니다. 우분투라면 kernel.apparmor_restrict_unprivileged_userns=1 때문입니다.",
    ),
    (("mount",), "이름공간 안에서 폴더를 이을 수 없습니다. 컨테이너의 보안 설정이거나 리눅스 5.12보다 오래되었습니다."),
    (("landlock",), "이 커널에는 Landlock이 없거나 꺼져 있습니다(리눅스 5.13부터)."),
    (("seccomp",), "이 커널은 seccomp 거르개를 받지 않습니다."),
)  # fmt: skip


def trust() -> None:
    """가둘 수 없어도 돌린다. 이 과정과, 여기서 뜨는 일꾼에 통한다."""
    os.environ[TRUST] = "1"


def trusted() -> bool:
    return os.environ.get(TRUST) == "1"


def require(tier: Tier | None = None) -> Tier:
    """채점해도 되는 단계. 가둘 수 없고 믿는다는 말도 없으면 NotTrusted."""
    tier = tier or best()
    if tier.name == "C" and not trusted():
        raise NotTrusted(f"{tier.summary} {_REFUSAL}")
    return tier


def of(kernel_name: str) -> Tier:
    """이 이름의 커널이 도는 단계. 상자가 아닌 커널은 가두지 않는다."""
    return best() if kernel_name == SANDBOX else Tier("C")


def own_kernel() -> str:
    """배우는 사람이 제 답을 돌릴 커널. 제 컴퓨터의 제 코드이므로 가둘 수 없어도 돌린다."""
    return SANDBOX if best().name != "C" else "python3"
