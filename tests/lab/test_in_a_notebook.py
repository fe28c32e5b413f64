"""스레드가 여럿인 진짜 노트북 커널에서도 된다."""

from pathlib import Path

import pytest

from tcpedu.lab.system import kernel_obstacle

nbclient = pytest.importorskip("nbclient")
nbformat = pytest.importorskip("nbformat")
OBSTACLE = kernel_obstacle()
ROOT = Path(__file__).parents[2]

PREPARE = f"""
import sys; sys.path.insert(0, {str(ROOT)!r})
import os, psutil
from tcpedu.lab.exchange import fetch, serve
from tcpedu.lab.scenes import ISS, open_wire
from tcpedu.protocol.connection import Connection
before = os.readlink("/proc/self/ns/net")
print(psutil.Process().num_threads() > 1)
"""
TALK = """
for name in ("fetch_lossy", "serve_lossy"):
    with open_wire(name) as wire:
        scene = wire.scene
        endpoint = Connection(scene.config, iss=ISS)
        if scene.kernel == "server":
            same = fetch(endpoint, wire) == scene.response
        else:
            serve(endpoint, wire, lambda request: scene.response)
            same = wire.peer_received() == scene.response
        print(name, wire.live, same)
"""
AFTER = """
print(psutil.Process().children(), os.readlink("/proc/self/ns/net") == before)
"""


@pytest.mark.slow
@pytest.mark.skipif(OBSTACLE is not None, reason=str(OBSTACLE))
def test_a_notebook_talks_to_the_kernel() -> None:
    cells = [nbformat.v4.new_code_cell(source) for source in (PREPARE, TALK, AFTER)]
    done = nbclient.NotebookClient(nbformat.v4.new_notebook(cells=cells), timeout=60, kernel_name="python3").execute()
    assert ["".join(output.text for output in cell.outputs) for cell in done.cells] == [
        "True\n",
        "fetch_lossy True True\nserve_lossy True True\n",
        "[] True\n",
    ]
