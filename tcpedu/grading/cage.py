"""우리: 채점 일꾼이 띄우는 첫 과정. 스스로를 가둔 뒤 그 자리에서 씨앗 과정(zygote)이 된다.

`python -m tcpedu.grading.cage 단계 통로 집 [probe]`. 단계 A는 이름공간 여섯 개와 새 뿌리 폴더, B는 Landlock이다.
씨앗 과정부터가 풀이와 기준 답을 볼 수 없으므로, 거기서 갈라지는 상자의 기억에도 그런 것은 없다.
"""

import os
import shutil
import signal
import sys
from pathlib import Path

from tcpedu.grading import landlock, linux
from tcpedu.grading.visible import DEVICES, Visible, visible

HOME = "/box/home"
_ROOT_SIZE = "8m"
_SETTINGS = {
    "hosts": "127.0.0.1 localhost\n::1 localhost\n",
    "nsswitch.conf": "passwd: files\ngroup: files\nhosts: files\n",
    "passwd": f"learner:x:1000:1000::{HOME}:/bin/sh\n",
    "group": "learner:x:1000:\n",
    "resolv.conf": "",
}


def main() -> None:
    tier, channel, home, *rest = sys.argv[1:]
    linux.prctl(linux.PR_SET_PDEATHSIG, signal.SIGKILL)  # 일꾼이 죽으면 함께 끝난다
    parts = visible()
    os.umask(0o022)
    nobody = 60_000 + os.getpid() % 1_000  # 관리자일 때 대신할 사용자
    if tier == "A":
        enclose(parts, home, nobody)
        home = HOME
    else:
        become_nobody(home, nobody)
        linux.drop_capabilities()
        # 파이썬이 모듈을 찾으려면 강의 폴더의 이름들은 보아야 한다. 파일은 열지 못한다.
        devices = [f"/dev/{name}" for name in DEVICES]
        landlock.restrict([*parts.readable(), "/proc"], [home, *devices], [parts.course])
    os.chdir(home)
    # 여기서부터는 새로 시작한 파이썬이다. 이 과정의 기억(보이는 것의 목록, 본디의 환경)은 남지 않는다.
    os.execv(sys.executable, [sys.executable, "-m", "tcpedu.grading.zygote", tier, channel, home, *rest])


def become_nobody(home: str, number: int) -> None:
    """관리자라면 아무것도 아닌 사용자가 된다. 진짜 관리자에게는 과정 수의 한도가 통하지 않는다."""
    if os.getuid() != 0:
        return
    for path in (home, *(os.path.join(home, name) for name in os.listdir(home))):
        os.chown(path, number, number)
    os.setgroups([])
    os.setresgid(number, number, number)
    os.setresuid(number, number, number)


def enclose(parts: Visible, home: str, nobody: int) -> None:
    """이름공간을 만들고 그 안의 첫 과정으로 돌아온다. 바깥의 과정은 안쪽이 끝나기를 기다렸다가 함께 끝난다."""
    uid, gid = os.getuid(), os.getgid()
    flags = linux.NAMESPACES
    # 관리자는 사용자 이름공간 없이 만든다: 관리자만 읽을 수 있는 폴더의 파이썬도 이을 수 있다.
    linux.unshare(flags & ~linux.CLONE_NEWUSER if uid == 0 else flags)
    if uid != 0:
        linux.map_user(uid, gid, uid)
    child = os.fork()
    if child:
        os._exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) & 0xFF)
    linux.prctl(linux.PR_SET_PDEATHSIG, signal.SIGKILL)
    _change_root(parts, home)
    become_nobody(HOME, nobody)
    linux.prctl(linux.PR_SET_NO_NEW_PRIVS, 1)


def _change_root(parts: Visible, home: str) -> None:
    sources = {folder: os.path.realpath(folder) for folder in parts.folders}
    linux.mount(None, "/", flags=linux.MS_REC | linux.MS_PRIVATE)
    linux.mount("tmpfs", "/tmp", "tmpfs", linux.MS_NOSUID | linux.MS_NODEV, f"size={_ROOT_SIZE},mode=755")
    os.mkdir("/tmp/old")
    os.mkdir("/tmp/new")
    linux.mount("/tmp/new", "/tmp/new", flags=linux.MS_BIND)
    linux.pivot_root("/tmp", "/tmp/old")
    os.chdir("/")
    _furnish(parts, sources)
    own = "/new" + os.path.dirname(HOME)
    linux.mount("tmpfs", own, "tmpfs", linux.MS_NOSUID | linux.MS_NODEV, f"size={_ROOT_SIZE},mode=755")
    shutil.copytree(f"/old{home}", f"/new{HOME}", dirs_exist_ok=True)
    linux.detach("/old")
    os.chdir("/new")
    linux.pivot_root(".", ".")
    linux.detach(".")
    os.chdir("/")
    linux.mount(None, "/", flags=linux.MS_REMOUNT | linux.MS_BIND | linux.MS_RDONLY | linux.MS_NOSUID | linux.MS_NODEV)


def _furnish(parts: Visible, sources: dict[str, str]) -> None:
    """`/old`에서 보여도 되는 것만 `/new`에 잇거나 베낀다."""
    for folder, shown in parts.in_order():
        if os.path.islink("/old" + folder):  # /bin → usr/bin
            os.symlink(os.readlink("/old" + folder), "/new" + folder)
            continue
        _make_folder("/new" + folder)
        if shown:
            linux.bind("/old" + sources[folder], "/new" + folder)
        else:
            linux.mount("tmpfs", "/new" + folder, "tmpfs", linux.MS_NOSUID | linux.MS_NODEV, "size=1m,mode=755")
    for file in parts.files:
        _make_folder(os.path.dirname("/new" + file))
        shutil.copyfile("/old" + file, "/new" + file)
        os.chmod("/new" + file, 0o644)
    _make_folder("/new/etc")
    for name, text in _SETTINGS.items():
        Path(f"/new/etc/{name}").write_text(text, encoding="utf-8")
    _devices()
    for folder in ("/proc", os.path.dirname(HOME)):
        _make_folder("/new" + folder)
    if not os.path.exists("/new/tmp"):  # 강의나 파이썬이 /tmp 안에 있으면 TMPDIR만 쓴다
        os.symlink(f"{HOME}/tmp", "/new/tmp")
    linux.mount("proc", "/new/proc", "proc", linux.MS_NOSUID | linux.MS_NODEV | linux.MS_NOEXEC)


def _devices() -> None:
    _make_folder("/new/dev/shm")
    for name in DEVICES:
        Path(f"/new/dev/{name}").touch()
        linux.mount(f"/old/dev/{name}", f"/new/dev/{name}", flags=linux.MS_BIND)
    os.symlink("/proc/self/fd", "/new/dev/fd")


def _make_folder(path: str) -> None:
    os.makedirs(path, mode=0o755, exist_ok=True)


if __name__ == "__main__":
    main()
