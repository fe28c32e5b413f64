"""채점이 띄우는 과정의 환경과 끝."""

import os
import shutil
import time
from pathlib import Path

import psutil

# 커널에 물려주는 환경. 교사의 나머지 환경(열쇠, 토큰)은 넘기지 않는다.
_INHERITED = (
    "PATH", "LANG", "LC_ALL", "LC_CTYPE", "TZ", "PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "CONDA_PREFIX",
    "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "SYSTEMROOT", "WINDIR", "COMSPEC", "PATHEXT", "SYSTEMDRIVE",
    "NUMBER_OF_PROCESSORS", "PROCESSOR_ARCHITECTURE",
)  # fmt: skip


def environment(home: Path) -> dict[str, str]:
    """커널의 환경 변수: 자기만의 집과 임시 폴더."""
    kept = {name: os.environ[name] for name in _INHERITED if name in os.environ}
    private = {
        name: str(home / folder)
        for name, folder in {
            "HOME": "", "USERPROFILE": "", "APPDATA": "", "LOCALAPPDATA": "",
            "TMPDIR": "tmp", "TEMP": "tmp", "TMP": "tmp",
            "IPYTHONDIR": "ipython", "JUPYTER_CONFIG_DIR": "jupyter", "JUPYTER_DATA_DIR": "jupyter",
            "JUPYTER_RUNTIME_DIR": "jupyter", "XDG_CACHE_HOME": "cache", "XDG_CONFIG_HOME": "config",
        }.items()
    }  # fmt: skip
    fixed = {
        "TCPEDU_PROGRESS": "off",
        "MPLBACKEND": "agg",
        "MPLCONFIGDIR": os.environ.get("TCPEDU_MPLCONFIGDIR", str(home / "matplotlib")),
        "PYTHONHASHSEED": "0",
        "PYTHONUTF8": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONNOUSERSITE": "1",
        "PYDEVD_DISABLE_FILE_VALIDATION": "1",
    }
    return kept | private | fixed


def kill_tree(pid: int) -> None:
    """과정과 그 자손을 모두 끝내고, 끝난 것을 확인한다."""
    try:
        root = psutil.Process(pid)
        family = [*root.children(recursive=True), root]
    except psutil.NoSuchProcess:
        return
    for process in family:
        try:
            process.kill()
        except psutil.Error:
            continue
    deadline = time.monotonic() + 2
    while any(map(_running, family)) and time.monotonic() < deadline:
        time.sleep(0.005)


def _running(process: psutil.Process) -> bool:
    """손자는 init이 거둔다. 컨테이너의 init은 늦게, 또는 끝내 거두지 않으므로 좀비는 끝난 것으로 본다."""
    try:
        return bool(process.status() != psutil.STATUS_ZOMBIE)
    except psutil.Error:
        return False


def borrow_font_cache(folder: Path) -> None:
    """matplotlib의 글꼴 목록을 베껴 둔다. 없으면 첫 그림이 글꼴을 찾느라 시간을 다 쓴다."""
    home = Path.home()
    places = [Path(os.environ.get("MPLCONFIGDIR", home / ".cache" / "matplotlib")), home / ".matplotlib"]
    folder.mkdir(parents=True, exist_ok=True)
    for place in places:
        for file in place.glob("fontlist-*.json") if place.is_dir() else ():
            shutil.copyfile(file, folder / file.name)
