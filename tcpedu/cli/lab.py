"""강의실: 한국어 주피터랩을 강의 폴더에서 연다.

설정은 모두 이 강의에만 미친다. 쓰던 주피터의 설정과 작업 공간은 건드리지 않는다.
"""

import contextlib
import os
import signal
import socket
import tempfile
import uuid
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tcpedu.cli.errors import Trouble
from tcpedu.cli.saving import drop_drawn_svg

START = "lessons/00_start.ipynb"
SETTINGS = Path(__file__).parent / "jupyter"


def open_lab(root: Path, extra: Sequence[str] = ()) -> None:
    """강의실을 열고, 끝날 때까지 기다린다. `extra`는 주피터랩의 인자로 그대로 넘긴다."""
    from jupyterlab.labapp import LabApp

    server = LabApp.initialize_server(argv=[*arguments(root), *extra])
    if server.http_server is None:
        raise Trouble("강의실을 열지 못했습니다: 위에 적힌 까닭을 확인하세요.")
    server.contents_manager.register_pre_save_hook(drop_drawn_svg)
    trust_lessons(root, server.contents_manager.notary)
    hush(server.log)
    stop_on_interrupt(server)
    server.io_loop.add_callback(announce, server)
    server.start()
    print("강의실을 닫았습니다.")


def stop_on_interrupt(server: Any) -> None:
    """Ctrl+C 한 번에, 커널과 임시 파일까지 거두고 끝낸다.

    주피터는 터미널이면 되묻고, 터미널이 아니면 아무것도 거두지 않고 끝낸다.
    """

    def stop(number: int, frame: Any) -> None:
        signal.signal(signal.SIGINT, signal.default_int_handler)  # 한 번 더 누르면 곧바로
        print("\n강의실을 닫습니다 …", flush=True)
        server.stop(from_signal=True)

    signal.signal(signal.SIGINT, stop)


def arguments(root: Path) -> list[str]:
    """주피터랩의 명령줄 인자. 각자의 주피터 설정 파일보다 앞선다."""
    own = own_folder(root)
    chosen = [
        f"--ServerApp.root_dir={root}",
        f"--LabApp.default_url=/lab/tree/{START}?reset",  # ?reset: 지난번에 열어 둔 탭을 되살리지 않는다
        f"--LabApp.app_settings_dir={SETTINGS}",
        f"--LabApp.user_settings_dir={own / 'settings'}",
        f"--LabApp.workspaces_dir={own / 'workspaces'}",
        "--LabApp.extension_manager=readonly",
        "--LanguageServerManager.autodetect=False",  # 언어 서버를 찾느라 시작이 늦어지지 않게
        "--Application.log_level=WARN",
    ]
    if ipc_works(runtime_folder()):
        # 커널과 lo의 TCP로 이야기하지 않는다: lo를 캡처하는 실습에 섞이지 않고, 암호화 경고도 없다.
        chosen.append("--KernelManager.transport=ipc")
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        print("관리자(root)로 엽니다. 컨테이너가 아니라면 보통 계정으로 여는 편이 안전합니다.")
        chosen.append("--allow-root")
    return chosen


def own_folder(root: Path) -> Path:
    """강의실 설정을 둘 곳. 강의 폴더에 쓸 수 없으면 임시 폴더를 쓴다."""
    folder = root / ".tcpedu" / "jupyter"
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return Path(tempfile.mkdtemp(prefix="tcpedu-"))
    return folder


def runtime_folder() -> Path:
    from jupyter_core.paths import jupyter_runtime_dir

    return Path(jupyter_runtime_dir())


def ipc_works(folder: Path) -> bool:
    """커널이 쓸 유닉스 소켓을 이 폴더에 만들 수 있는가. 경로가 100바이트 남짓을 넘으면 안 된다."""
    if not hasattr(socket, "AF_UNIX") or os.name == "nt":
        return False
    path = folder / f"kernel-{uuid.uuid4()}-ipc-00"  # 커널 관리자가 짓는 이름과 같은 길이
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with socket.socket(socket.AF_UNIX) as probe:
            probe.bind(str(path))
    except OSError:
        return False
    finally:
        with contextlib.suppress(OSError):
            path.unlink()
    return True


def trust_lessons(root: Path, notary: Any) -> None:
    """강의와 함께 온 노트북의 그림을 믿게 한다. 그러지 않으면 저장된 위젯과 SVG가 보이지 않는다."""
    import nbformat

    for path in sorted((root / "lessons").glob("[0-9][0-9]_*.ipynb")):
        # 서명은 편의일 뿐이다: 고장 난 노트북 하나 때문에 강의실이 열리지 않으면 안 된다.
        with contextlib.suppress(Exception):
            notary.sign(nbformat.read(path, as_version=4))


# 배우는 사람에게 쓸모없는 영어 알림: 주소는 `announce`가 알리고, 나머지는 주피터가 스스로 바로잡는 설정이다.
NOISE = ("To access the server", "websocket_ping_timeout")


def hush(log: Any) -> None:
    """시작할 때마다 나오는 영어 알림을 뺀다. 다른 경고와 오류는 그대로 나온다."""
    log.addFilter(lambda record: not any(noise in record.getMessage() for noise in NOISE))


def address(server: Any) -> str:
    """브라우저에 붙여 넣을 주소. 주피터가 만들어 준 열쇠(token)까지 담는다."""
    provider = server.identity_provider
    key = f"&token={provider.token}" if provider.token and provider.token_generated else ""
    return f"{server.connection_url.rstrip('/')}/lab/tree/{START}?reset{key}"


def announce(server: Any) -> None:
    print(
        f"\n  강의실이 열렸습니다:\n\n    {address(server)}\n\n"
        "  브라우저가 저절로 열리지 않으면 이 주소를 복사해 여세요.\n"
        "  끝내려면 이 창에서 Ctrl+C를 누르세요.\n",
        flush=True,
    )
