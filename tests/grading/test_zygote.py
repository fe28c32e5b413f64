"""씨앗 과정과 커널 공급자: 주피터의 다른 도구도 상자를 그대로 쓴다."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import nbformat
import psutil
import pytest

from tcpedu.grading import nursery as nurseries
from tcpedu.grading import tiers
from tcpedu.grading.nursery import NotIsolated, Nursery, Zygote

pytest.importorskip("nbval")
from tcpedu.grading.provisioner import BoxSpecManager, register

if tiers.best().name != "A":
    pytest.skip(f"이 컴퓨터에서는 상자를 만들 수 없다: {tiers.best().reason}", allow_module_level=True)


@pytest.fixture
def nursery() -> Iterator[Nursery]:
    made = Nursery("A")
    yield made
    made.close()


def test_the_zygote_is_ready_to_fork(nursery: Nursery, listeners) -> None:
    """스레드가 하나여야 갈라질 수 있고, 관리자가 아니어야 과정 수의 한도가 통한다."""
    nursery.box(listeners(), key="key").kill()
    assert nursery.zygote is not None
    (zygote,) = psutil.Process(nursery.zygote.process.pid).children()
    assert zygote.num_threads() == 1
    assert zygote.uids().effective != 0
    assert zygote.cwd() == "/box/home"


def test_the_zygote_is_replaced_after_many_boxes(nursery: Nursery, monkeypatch: pytest.MonkeyPatch, listeners) -> None:
    monkeypatch.setattr(nurseries, "RECYCLE", 2)
    used = []
    for _ in range(3):
        nursery.box(listeners(), key="key").kill()
        used.append(nursery.zygote)
    assert used[0] is used[1] is not used[2]
    assert used[0].process.poll() is not None


def test_a_dead_zygote_is_replaced(nursery: Nursery, listeners) -> None:
    nursery.box(listeners(), key="key").kill()
    assert nursery.zygote is not None
    nursery.zygote.process.kill()
    nursery.zygote.process.wait()
    box = nursery.box(listeners(), key="key")
    assert box.alive()
    box.kill()


def test_closing_the_zygote_ends_its_boxes(listeners) -> None:
    zygote = Zygote("A", probe=True)
    box = zygote.box(listeners(), key="key")
    first = psutil.Process(box.pid)
    zygote.close()
    psutil.wait_procs([first], timeout=10)
    assert not box.alive()
    assert not Path(zygote.folder.name).exists()


def _notebook() -> nbformat.NotebookNode:
    cells = [nbformat.v4.new_code_cell("x = 20 + 1"), nbformat.v4.new_code_cell("print(2 * x)")]
    return nbformat.v4.new_notebook(cells=cells)


def test_nbclient_runs_in_a_box() -> None:
    from jupyter_client.manager import AsyncKernelManager
    from jupyter_core.utils import run_sync
    from nbclient import NotebookClient

    manager = AsyncKernelManager(kernel_name=tiers.SANDBOX, kernel_spec_manager=BoxSpecManager())
    try:
        notebook = NotebookClient(_notebook(), km=manager, timeout=60).execute()
        assert notebook.cells[1].outputs[0].text == "42\n"
    finally:
        run_sync(manager.shutdown_kernel)(now=True)


def test_nbval_runs_in_a_box_unchanged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """설치된 커널 목록에 적으면 nbval의 커널(`--nbval-kernel-name`)이 그대로 쓴다."""
    from nbval.kernel import RunningKernel

    folder = tmp_path / "kernels" / tiers.SANDBOX
    folder.mkdir(parents=True)
    provisioner = {"kernel_provisioner": {"provisioner_name": tiers.SANDBOX}}
    spec = {"argv": ["tcpedu"], "display_name": "상자", "language": "python", "metadata": provisioner}
    (folder / "kernel.json").write_text(json.dumps(spec), encoding="utf-8")
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path))
    register()
    kernel = RunningKernel(tiers.SANDBOX, str(tmp_path))
    asked = kernel.execute_cell_input("import os; print(os.getcwd())")
    kernel.await_reply(asked, 60)
    texts = []
    while (message := kernel.get_message("iopub", 10))["content"].get("execution_state") != "idle":
        texts.append(message["content"].get("text", ""))
    assert "".join(texts) == "/box/home\n"
    box = kernel.km.provisioner.box  # type: ignore[union-attr]
    kernel.stop()
    assert not box.alive()


def test_a_long_temporary_folder_is_fine(
    nursery: Nursery, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, handles
) -> None:
    """유닉스 소켓의 경로는 107바이트까지인데 임시 폴더의 이름은 더 길 수 있다."""
    import tempfile

    from tcpedu.grading import provisioner
    from tcpedu.grading.kernel import DisposableKernel

    long = tmp_path / ("긴 이름의 폴더 " * 5)
    long.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(long))
    monkeypatch.setattr(provisioner, "nursery", lambda tier: nursery)
    kernel = DisposableKernel(tiers.SANDBOX, str(tmp_path))
    try:
        kernel.await_reply(kernel.execute_cell_input("1 + 1"), 60)
    finally:
        kernel.stop()
    nursery.close()
    assert list(long.iterdir()) == []
    assert not [one for one in handles() if one.startswith(str(long))]


def test_a_box_that_cannot_be_made_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, handles) -> None:
    import tempfile

    from tcpedu.grading import provisioner
    from tcpedu.grading.kernel import DisposableKernel

    def refuse(tier: str) -> Nursery:
        raise NotIsolated("못 만든다")

    (tmp_path / "tmp").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "tmp"))
    monkeypatch.setattr(provisioner, "nursery", refuse)
    with pytest.raises(NotIsolated):
        DisposableKernel(tiers.SANDBOX, str(tmp_path))
    assert list((tmp_path / "tmp").iterdir()) == []
    assert not [one for one in handles() if one.startswith(str(tmp_path))]


def test_the_package_registers_the_provisioner() -> None:
    import tomllib

    from tcpedu.grading.assignment import root
    from tcpedu.grading.provisioner import BoxProvisioner

    project = tomllib.loads((root() / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    entry = project["entry-points"]["jupyter_client.kernel_provisioners"][tiers.SANDBOX]
    assert entry == f"{BoxProvisioner.__module__}:{BoxProvisioner.__name__}"


def test_the_worker_has_a_memory_limit() -> None:
    """커널이 보낸 메시지가 아무리 많아도 일꾼이 컴퓨터의 메모리를 다 쓰지 못한다."""
    import subprocess

    code = "from tcpedu.grading.worker import limit_memory\nlimit_memory()\ntry:\n    bytearray(8 << 30)\nexcept MemoryError:\n    print('막혔다')"  # noqa: E501
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.stdout.strip() == "막혔다"


def test_a_box_stays_on_its_core(nursery: Nursery, monkeypatch: pytest.MonkeyPatch, listeners) -> None:
    """과정을 수십 개 만드는 상자가 옆 일꾼의 시간을 빼앗아 남의 점수를 바꾸지 못한다."""
    for number in range(2):
        monkeypatch.setenv(nurseries.CORE, str(number))
        box = nursery.box(listeners(), key="key")
        cores = sorted(psutil.Process().cpu_affinity() or [])
        assert psutil.Process(box.pid).cpu_affinity() == [cores[number % len(cores)]]
        box.kill()


def test_a_silent_zygote_does_not_lower_the_tier(monkeypatch: pytest.MonkeyPatch) -> None:
    """바쁜 컴퓨터에서 늦게 뜬 것은 가둘 수 없다는 뜻이 아니다."""
    monkeypatch.setattr(nurseries, "START", 0.001)
    with pytest.raises(nurseries.Unresponsive):
        tiers.best.__wrapped__()
