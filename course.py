#!/usr/bin/env python3
"""강의를 준비하고 여는 시작 프로그램. 파이썬 3.11 이상만 있으면 된다.

    python3 course.py lab     강의실(주피터랩)을 연다. --no-browser --port --ip 등은 그대로 넘긴다
    python3 course.py test    모든 시험을 돌린다. pytest 인자는 그대로 넘긴다
    python3 course.py doctor  설치된 것과 이 컴퓨터가 할 수 있는 일을 살핀다 (check, reset, grade, build도 같다)

처음에는 이 폴더에 .venv를 만들고 requirements.lock에 적힌 판을 설치한다. 두 번째부터는 곧바로 시작한다.
표준 라이브러리만 쓴다. 옛 파이썬에서도 읽혀야 안내를 할 수 있으므로 3.6 문법 안에서 쓴다.
"""

import contextlib
import errno
import hashlib
import importlib.util
import json
import locale
import os
import queue
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
import unicodedata
from typing import Any, Dict, Iterator, List, Optional, Sequence, Tuple

ROOT = os.path.dirname(os.path.abspath(__file__))
OLDEST = (3, 11)
EXTRAS = {"lab": (), "test": ("dev", "cluster")}  # type: Dict[str, Sequence[str]]
PASSED_ON = ("check", "reset", "grade", "build", "doctor")
BUILD_TOOLS = ("hatchling", "editables")
STAMP = "tcpedu-stamp.json"  # 준비가 끝났다는 표. 맨 마지막에 한 번에 놓는다
OWNER = "tcpedu-made-this"  # 이 프로그램이 만든 .venv라는 표. 맨 먼저 놓는다
LOG = "setup.log"
SPACE_MB = 300  # 이보다 적게 남았으면 내려받아 보지 않아도 모자란다

HELP = """사용법: python3 course.py 명령 [인자 …]

  lab      강의실(주피터랩)을 연다            예) python3 course.py lab --no-browser --port 8899
  test     모든 시험을 돌린다                 예) python3 course.py test -x tests/protocol
  check    내 연습문제를 채점해 본다          예) python3 course.py check exercises/02_segment_header.ipynb
  reset    연습문제를 처음 모습으로 되돌린다  예) python3 course.py reset exercises/02_segment_header.ipynb
  grade    제출물 폴더를 채점한다             예) python3 course.py grade 제출물 -o 결과
  build    풀이에서 연습문제를 다시 만든다    예) python3 course.py build --check
  doctor   설치된 것과 이 컴퓨터가 할 수 있는 일을 살핀다

처음 실행할 때 필요한 것을 이 폴더의 .venv에 설치합니다. 컴퓨터의 다른 곳은 바꾸지 않습니다."""


class Trouble(Exception):
    """배우는 사람에게 그대로 보여 줄 한 문장. 무엇을 하면 되는지까지 말한다."""


# ── 이 컴퓨터 ────────────────────────────────────────────────────────────────


def use_safe_console() -> None:
    """한글을 적을 수 없는 콘솔에서도 글자 하나 때문에 죽지 않게 한다."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")


def newer_python() -> Optional[str]:
    """컴퓨터에 이미 깔려 있는, 충분히 새 파이썬의 명령 이름."""
    for minor in range(14, OLDEST[1] - 1, -1):
        name = "python3.%d" % minor
        if shutil.which(name):
            return name
    return None


def require_python(version: Tuple[int, ...]) -> None:
    if tuple(version[:2]) >= OLDEST:
        return
    found = newer_python()
    advice = (
        "`%s course.py lab`으로 실행하세요" % found
        if found
        else "https://www.python.org/downloads/ 에서 새 파이썬을 설치한 뒤 다시 실행하세요"
    )
    raise Trouble("파이썬 3.11 이상이 필요한데 지금은 %d.%d입니다: %s." % (version[0], version[1], advice))


def require_venv_module() -> None:
    """데비안·우분투는 venv를 별도 꾸러미로 나눠 두어, 없는 컴퓨터가 많다."""
    if importlib.util.find_spec("venv") and importlib.util.find_spec("ensurepip"):
        return
    raise Trouble(
        "파이썬에 venv가 빠져 있습니다: 데비안·우분투라면 `sudo apt install python%d.%d-venv`로, "
        "다른 곳이라면 python.org의 파이썬으로 채운 뒤 다시 실행하세요." % sys.version_info[:2]
    )


def require_space(folder: str) -> None:
    free = shutil.disk_usage(folder).free // 2**20
    if free < SPACE_MB:
        raise Trouble(
            "디스크에 자리가 %dMB밖에 없습니다: 1GB쯤 비운 뒤 다시 실행하세요." % free
        )


# ── 실패를 한 문장으로 ───────────────────────────────────────────────────────

# 위에서부터 처음 맞는 것을 쓴다: 디스크가 차면 권한·네트워크 오류도 뒤따라 나온다.
SYMPTOMS = (
    (
        r"No space left on device|Errno 28\b|WinError 112|Disk quota exceeded|Errno 122\b",
        "디스크가 가득 찼습니다: 이 폴더와 임시 폴더가 있는 디스크를 1GB쯤 비운 뒤 다시 실행하세요.",
    ),
    (
        r"Read-only file system|Errno 30\b",
        "이 폴더에는 쓸 수 없습니다: 강의 폴더를 쓸 수 있는 곳(예: 홈 폴더)으로 복사한 뒤 다시 실행하세요.",
    ),
    (
        r"Long Path support|WinError 206|File name too long",
        "폴더 경로가 너무 깁니다: 강의 폴더를 C:\\tcpedu처럼 짧은 곳으로 옮긴 뒤 다시 실행하세요.",
    ),
    (
        r"WinError 32\b|WinError 5\b",
        "다른 프로그램이 .venv를 쓰고 있습니다: 열어 둔 강의실과 편집기를 닫은 뒤 다시 실행하세요.",
    ),
    (
        r"Permission denied|Errno 13\b",
        "이 폴더에 쓸 권한이 없습니다: 강의 폴더를 홈 폴더로 복사한 뒤 다시 실행하세요.",
    ),
    (
        r"CERTIFICATE_VERIFY_FAILED|SSLError|certificate verify failed",
        "보안 연결의 인증서를 확인하지 못했습니다: 회사·학교 망이라면 관리자에게 받은 인증서를 "
        "pip 설정의 cert에 적은 뒤 다시 실행하세요.",
    ),
    (
        r"Temporary failure in name resolution|Failed to establish a new connection|NewConnectionError"
        r"|ConnectTimeoutError|ReadTimeoutError|Network is unreachable|ProxyError|Connection refused"
        r"|getaddrinfo failed|NameResolutionError|Connection aborted|RemoteDisconnected|IncompleteRead"
        r"|nodename nor servname|ProtocolError",
        "꾸러미를 내려받지 못했습니다: 인터넷 연결(프록시를 쓰면 pip의 proxy 설정)을 확인한 뒤 다시 실행하세요.",
    ),
    (
        r"No matching distribution found|Could not find a version",
        "이 파이썬에 맞는 꾸러미를 찾지 못했습니다: 파이썬 3.11~3.13으로 다시 실행하거나 pip 설정을 확인하세요.",
    ),
)


def explain(text: str) -> Optional[str]:
    """오류 글에서 아는 증상을 찾아 한국어 한 문장으로 바꾼다."""
    for pattern, sentence in SYMPTOMS:
        if re.search(pattern, text):
            return sentence
    return None


def explain_os_error(error: OSError) -> str:
    names = {
        errno.ENOSPC: "Errno 28 No space left on device",
        getattr(errno, "EDQUOT", -1): "Disk quota exceeded",
        errno.EROFS: "Errno 30 Read-only file system",
        errno.EACCES: "Permission denied",
        errno.EPERM: "Permission denied",
        errno.ENAMETOOLONG: "File name too long",
    }
    text = "%s %s" % (names.get(error.errno or 0, ""), error)
    return explain(text) or "컴퓨터가 일을 마치지 못했습니다: %s" % error


# ── 진행 상황 ────────────────────────────────────────────────────────────────


class Progress:
    """걸린 시간과 지금 하는 일을 보인다. 터미널이면 한 줄을 고쳐 쓰고, 아니면 이따금 한 줄씩 적는다."""

    def __init__(self, every: float = 5.0) -> None:
        self.started = time.monotonic()
        self.live = sys.stdout.isatty()
        self.every = every
        self.shown_at = 0.0
        self.text = ""
        self.width = 0

    def stamp(self) -> str:
        seconds = int(time.monotonic() - self.started)
        return "[%d:%02d] " % divmod(seconds, 60)

    def stage(self, text: str) -> None:
        """새 단계: 언제나 한 줄을 남긴다."""
        self.clear()
        print(self.stamp() + text, flush=True)
        self.text = ""
        self.shown_at = time.monotonic()

    def detail(self, text: Optional[str]) -> None:
        if text:
            self.text = text
            self.tick()

    def tick(self) -> None:
        """시간이 흐르는 것을 보인다: 설치하는 동안 pip은 오래 말이 없다."""
        if not self.text:
            return
        if self.live:
            line = fit(self.stamp() + self.text, shutil.get_terminal_size((80, 24)).columns - 1)
            width = sum(map(cells, line))
            sys.stdout.write("\r" + line + " " * (self.width - width))
            sys.stdout.flush()
            self.width = width
        elif time.monotonic() - self.shown_at >= self.every:
            print(self.stamp() + self.text, flush=True)
            self.shown_at = time.monotonic()

    def clear(self) -> None:
        if self.width:
            sys.stdout.write("\r" + " " * self.width + "\r")
            sys.stdout.flush()
            self.width = 0


def cells(character: str) -> int:
    """터미널에서 차지하는 칸 수. 한글은 두 칸이다."""
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def fit(text: str, columns: int) -> str:
    """터미널 한 줄을 넘지 않게 자른다."""
    while sum(map(cells, text)) > columns:
        text = text[:-1]
    return text


def read_pip(line: str) -> Optional[str]:
    """pip이 적은 한 줄을 진행 상황으로 바꾼다. 보일 것이 없으면 None.

    >>> read_pip("Collecting rich==15.0.0")
    '찾는 중: rich 15.0.0'
    """
    found = re.match(r"\s*Collecting ([A-Za-z0-9._-]+)(?:\[.*?\])?(?:==(\S+))?", line)
    if found:
        return "찾는 중: " + " ".join(part for part in found.groups() if part)
    found = re.match(r"\s*(?:Downloading|Using cached) ([^\s/]+?)-([0-9][^-\s]*)-\S*(?: \((.*?)\))?$", line)
    if found:
        name, version, size = found.groups()
        return "받는 중: %s %s%s" % (name, version, " (%s)" % size if size else "")
    found = re.match(r"Installing collected packages: (.*)", line)
    if found:
        return "설치하는 중: 꾸러미 %d개" % len(found.group(1).split(","))
    if re.match(r"\s*(Building|Preparing|Getting requirements)", line):
        return "강의 꾸러미를 만드는 중"
    return None


# ── 준비 ─────────────────────────────────────────────────────────────────────


class Setup:
    """강의 폴더 하나의 .venv를 쓸 수 있는 상태로 만든다."""

    def __init__(self, root: str = ROOT) -> None:
        self.root = root
        self.venv = os.path.join(root, ".venv")
        self.log = os.path.join(self.venv, LOG)
        self.lock_fd = None  # type: Optional[int]

    # -- 무엇이 되어 있는가

    @property
    def python(self) -> str:
        folder, name = ("Scripts", "python.exe") if os.name == "nt" else ("bin", "python")
        return os.path.join(self.venv, folder, name)

    def key(self) -> str:
        """이것이 달라지면 다시 설치한다."""
        digest = hashlib.sha256()
        for name in ("requirements.lock", "pyproject.toml"):
            path = os.path.join(self.root, name)
            if not os.path.exists(path):
                raise Trouble("강의 폴더에 %s 파일이 없습니다: 강의를 다시 내려받으세요." % name)
            with open(path, "rb") as file:
                digest.update(file.read() + b"\0")
        return digest.hexdigest()

    def base(self) -> Dict[str, Any]:
        """이것이 달라지면 .venv를 처음부터 다시 만든다: 폴더를 옮기면 그 안의 경로가 모두 틀린다."""
        return {"python": "%d.%d" % sys.version_info[:2], "root": self.root}

    def stamp(self) -> Dict[str, Any]:
        try:
            with open(os.path.join(self.venv, STAMP), encoding="utf-8") as file:
                found = json.load(file)
        except (OSError, ValueError):
            return {}
        return found if isinstance(found, dict) else {}

    def works(self) -> bool:
        """.venv의 파이썬이 정말 도는가. 컴퓨터의 파이썬이 바뀌면 링크만 남는다."""
        if not os.path.exists(self.python):
            return False
        with contextlib.suppress(OSError, subprocess.SubprocessError):
            done = subprocess.run(
                [self.python, "-I", "-c", "import sys; sys.exit(sys.version_info < (3, 11))"],
                stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=60,
            )
            return done.returncode == 0
        return False

    def ready(self, extras: Sequence[str]) -> bool:
        found = self.stamp()
        return (
            found.get("base") == self.base()
            and found.get("key") == self.key()
            and set(extras) <= set(found.get("extras", ()))
            and self.works()
        )

    # -- 되게 한다

    def prepare(self, extras: Sequence[str] = ()) -> None:
        if self.ready(extras):
            return
        require_venv_module()
        with self.alone():
            if self.ready(extras):  # 기다리는 사이에 다른 창이 끝냈다
                return
            self.install(sorted(set(extras) | set(self.stamp().get("extras", ()))))

    def install(self, extras: Sequence[str]) -> None:
        progress = Progress()
        print("필요한 것을 .venv에 설치합니다. 처음에는 인터넷 속도에 따라 1~5분 걸립니다.", flush=True)
        try:
            self.start_venv(progress)
            with contextlib.suppress(FileNotFoundError):
                os.remove(os.path.join(self.venv, STAMP))  # 지금부터는 끝날 때까지 '하다 만 것'이다
            progress.stage("[2/4] 꾸러미 만드는 도구를 설치합니다")
            self.pip(BUILD_TOOLS, progress)
            progress.stage("[3/4] 강의에 쓰는 꾸러미를 설치합니다")
            target = ".[%s]" % ",".join(extras) if extras else "."
            # 만드는 도구도 requirements.lock의 판을 쓰도록, 따로 받게 두지 않고 바로 위에서 깔았다.
            self.pip(("--no-build-isolation", "-e", target), progress)
            progress.stage("[4/4] 설치한 것을 확인합니다")
            self.run([self.python, "-I", "-c", "import jupyterlab, nbval, pandas, tcpedu"], progress)
            self.finish(extras)
            progress.stage("준비를 마쳤습니다")
        finally:
            progress.clear()

    def start_venv(self, progress: Progress) -> None:
        """쓸 수 있는 .venv가 있으면 그대로, 아니면 새로."""
        for name in os.listdir(self.root):
            if name.startswith(".venv.old-"):
                shutil.rmtree(os.path.join(self.root, name), ignore_errors=True)
        if self.usable():
            progress.stage("[1/4] 있던 가상 환경(.venv)을 씁니다")
            return
        progress.stage("[1/4] 파이썬 가상 환경(.venv)을 만듭니다")
        self.put_away()  # 자리는 치우고 나서 잰다: 하다 만 것이 디스크를 채우고 있을 수 있다
        require_space(self.root)
        os.mkdir(self.venv)
        with open(os.path.join(self.venv, OWNER), "w", encoding="utf-8") as file:
            file.write("course.py가 만든 폴더입니다. 지워도 다음에 다시 만듭니다.\n")
        self.run([sys.executable, "-I", "-m", "venv", "--prompt", "tcpedu", self.venv], progress)

    def usable(self) -> bool:
        """우리가 만든 것은 끝까지 마친 것만, 손으로 만든 것은 도는 것이면 쓴다.

        설치가 끊기면 반만 깔린 꾸러미를 pip이 다 깔린 것으로 알 수 있다. 그래서 이어 깔지 않는다.
        """
        found = self.stamp()
        if found:
            return bool(found.get("base") == self.base() and self.works())
        return not os.path.exists(os.path.join(self.venv, OWNER)) and self.works()

    def put_away(self) -> None:
        """쓸 수 없는 .venv를 치운다. 이름부터 바꾸어, 지우다 멈춰도 반쪽이 .venv로 남지 않게 한다."""
        if not os.path.lexists(self.venv):
            return
        marks = (OWNER, "pyvenv.cfg", "bin", "Scripts", "lib")
        is_folder = os.path.isdir(self.venv) and not os.path.islink(self.venv)
        if not is_folder or (
            os.listdir(self.venv) and not any(os.path.exists(os.path.join(self.venv, m)) for m in marks)
        ):
            raise Trouble(".venv가 파이썬 가상 환경이 아닙니다: 이름을 바꾸거나 지운 뒤 다시 실행하세요.")
        old = os.path.join(self.root, ".venv.old-%d" % os.getpid())
        os.rename(self.venv, old)
        shutil.rmtree(old, ignore_errors=True)

    def finish(self, extras: Sequence[str]) -> None:
        """표를 맨 마지막에, 한 번에 놓는다: 어디서 끊겨도 반쪽짜리 표는 없다."""
        path = os.path.join(self.venv, STAMP)
        with open(path + ".new", "w", encoding="utf-8") as file:
            json.dump({"base": self.base(), "key": self.key(), "extras": list(extras)}, file)
            file.flush()
            os.fsync(file.fileno())
        os.replace(path + ".new", path)

    # -- 명령을 돌린다

    def pip(self, arguments: Sequence[str], progress: Progress) -> None:
        # 어디서 받을지는 정하지 않는다: 각자의 pip 설정을 따른다.
        command = [self.python, "-I", "-u", "-m", "pip", "install", "--disable-pip-version-check",
                   "--no-input", "--progress-bar", "off", "-c", "requirements.lock"]
        self.run([*command, *arguments], progress)

    def run(self, command: Sequence[str], progress: Progress) -> None:
        """명령을 돌리며 출력은 기록에 남기고 진행 상황을 보인다. 실패하면 한 문장으로 알린다."""
        seen = []  # type: List[str]
        child = self.spawn(command)
        try:
            with open(self.log, "a", encoding="utf-8") as log:
                log.write("$ %s\n" % " ".join(command))
                for line in follow(child, progress):
                    log.write(line)
                    log.flush()
                    seen.append(line)
                    progress.detail(read_pip(line))
            code = child.wait()
        finally:
            stop(child)
        if code:
            reason = explain("".join(seen)) or "설치를 마치지 못했습니다: .venv 폴더를 지우고 다시 실행하세요."
            raise Trouble("%s (자세한 기록: %s)" % (reason, os.path.relpath(self.log, self.root)))

    def spawn(self, command: Sequence[str]) -> "subprocess.Popen[bytes]":
        environment = {k: v for k, v in os.environ.items() if k not in ("PYTHONHOME", "PYTHONPATH")}
        environment["PIP_USER"] = "0"  # 가상 환경 안에서는 --user 설치를 할 수 없다
        # 잠금을 물려준다: 이 프로그램만 강제로 죽어도, 남은 pip이 끝날 때까지는 잠겨 있다.
        inherited = () if os.name == "nt" or self.lock_fd is None else (self.lock_fd,)
        return subprocess.Popen(
            command, cwd=self.root, env=environment, pass_fds=inherited,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )

    # -- 한 번에 하나만

    @contextlib.contextmanager
    def alone(self) -> Iterator[None]:
        """두 창에서 한꺼번에 시작해도 한 쪽만 설치한다.

        운영체제의 파일 잠금이라 프로그램이 죽으면 저절로 풀린다. 설치하던 pip만 살아남았으면 그동안은 잠겨 있다.
        """
        self.lock_fd = os.open(os.path.join(self.root, ".venv.lock"), os.O_RDWR | os.O_CREAT, 0o644)
        try:
            told = False
            while not try_lock(self.lock_fd):
                if not told:
                    print("다른 창에서 설치하고 있습니다. 끝날 때까지 기다립니다 …", flush=True)
                    told = True
                time.sleep(0.3)
            yield
        finally:
            os.close(self.lock_fd)
            self.lock_fd = None


def follow(child: "subprocess.Popen[bytes]", progress: Progress) -> Iterator[str]:
    """자식의 출력을 한 줄씩 낸다. 말이 없는 동안에는 시계만 고쳐 그린다."""
    arrived = queue.Queue()  # type: queue.Queue[Optional[bytes]]
    threading.Thread(target=pump, args=(child.stdout, arrived), daemon=True).start()
    encoding = locale.getpreferredencoding(False)
    while True:
        try:
            raw = arrived.get(timeout=1)
        except queue.Empty:
            progress.tick()
            continue
        if raw is None:
            return
        yield raw.decode(encoding, "replace").replace("\r\n", "\n")


def pump(pipe: Any, arrived: "queue.Queue[Optional[bytes]]") -> None:
    for line in iter(pipe.readline, b""):
        arrived.put(line)
    arrived.put(None)


def stop(child: "subprocess.Popen[bytes]") -> None:
    """자식 과정을 남기지 않는다."""
    if child.poll() is None:
        child.terminate()
        try:
            child.wait(10)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()


def try_lock(fd: int) -> bool:
    try:
        if os.name == "nt":
            import msvcrt

            msvcrt.locking(fd, msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined]
        else:
            import fcntl

            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        busy = (errno.EACCES, errno.EAGAIN, errno.EDEADLK)
        return error.errno not in busy  # 잠금이 없는 파일 시스템이면 잠그지 않고 간다
    return True


# ── 명령 ─────────────────────────────────────────────────────────────────────


def command_for(setup: Setup, name: str, arguments: Sequence[str]) -> List[str]:
    # -P: 지금 폴더에 있는 socket.py 같은 파일을 표준 라이브러리 대신 집지 않게 한다.
    module = ["-m", "pytest"] if name == "test" else ["-P", "-m", "tcpedu", name]
    return [setup.python, *module, *arguments]


def whole_suite(setup: Setup) -> List[List[str]]:
    """모든 시험: 코어마다 하나씩 나누어 돌리고, 빠르기를 재는 것은 그 뒤에 홀로 돌린다."""
    workers = str(min(os.cpu_count() or 1, 8))
    shared = ["-n", workers, "--dist", "loadfile", "--no-loadscope-reorder", "--ignore", "tests/benchmarks"]
    return [command_for(setup, "test", shared), command_for(setup, "test", ["tests/benchmarks"])]


def hand_over(command: List[str], folder: str) -> int:
    """명령에 자리를 넘긴다. Ctrl+C도 종료 신호도 그 명령이 곧바로 받는다."""
    os.chdir(folder)
    os.environ.pop("PYTHONHOME", None)  # 바깥 파이썬의 것이라 .venv에서는 틀린다
    sys.stdout.flush()
    sys.stderr.flush()
    if os.name != "nt":
        os.execv(command[0], command)
    return wait_for(command)


def wait_for(command: List[str]) -> int:
    """명령이 끝나기를 기다린다. 종료 신호는 그 명령에도 알린다."""
    child = subprocess.Popen(command)
    try:
        while True:
            with contextlib.suppress(KeyboardInterrupt):  # 자식도 받았다: 스스로 끝내기를 기다린다
                return child.wait()
    finally:
        stop(child)


def run_suite(setup: Setup) -> int:
    os.chdir(ROOT)
    os.environ.pop("PYTHONHOME", None)
    shared, alone = whole_suite(setup)
    code = wait_for(shared)
    return code or wait_for(alone)


def start(arguments: Sequence[str]) -> int:
    if not arguments or arguments[0] in ("-h", "--help", "help"):
        print(HELP)
        return 0
    name, rest = arguments[0], list(arguments[1:])
    if name not in EXTRAS and name not in PASSED_ON:
        raise Trouble("'%s'라는 명령은 없습니다: `python3 course.py --help`로 명령을 확인하세요." % name)
    setup = Setup()
    setup.prepare(EXTRAS.get(name, ()))
    if name == "test" and not rest:
        return run_suite(setup)
    return hand_over(command_for(setup, name, rest), ROOT if name in EXTRAS else os.getcwd())


def main(arguments: Sequence[str]) -> int:
    use_safe_console()
    # 종료 신호를 받으면 설치하던 자식까지 거두고 끝낸다.
    before = signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(143))
    try:
        require_python(sys.version_info[:2])
        return start(arguments)
    except Trouble as trouble:
        print(trouble, file=sys.stderr)
    except KeyboardInterrupt:
        print("\n멈췄습니다. 다시 실행하면 처음부터 준비합니다.", file=sys.stderr)
        return 130
    except OSError as error:
        print(explain_os_error(error), file=sys.stderr)
    finally:
        signal.signal(signal.SIGTERM, before)
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
