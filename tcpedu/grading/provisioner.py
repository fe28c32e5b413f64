"""주피터의 커널 공급자(kernel provisioner): `tcpedu-box` 커널을 상자에서 띄운다.

통로는 비밀 폴더의 유닉스 소켓이다. 채점기가 미리 열어 상자에 넘기므로 네트워크 이름공간을 건너고, 상자는 그 폴더를
볼 필요가 없다. 한 번 쓰고 버리는 커널이라 점잖게 끄지 않는다.
"""

import asyncio
import os
import signal
import socket
import tempfile
from importlib.metadata import EntryPoint
from typing import Any

from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
from jupyter_client.provisioning import KernelProvisionerBase, KernelProvisionerFactory

from tcpedu.grading import tiers
from tcpedu.grading.nursery import Box, nursery

SOCKETS = 64  # 상자마다 미리 만드는 TCP 소켓. 한 번 쓴 것은 다시 쓰지 못한다
_GROUP = "jupyter_client.kernel_provisioners"
_CHANNELS = ("shell", "iopub", "stdin", "control", "hb")


class BoxProvisioner(KernelProvisionerBase):
    """상자 하나가 커널 하나다."""

    box: Box | None = None
    folder: Any = None
    place = -1  # 통로가 있는 폴더
    listeners: tuple[socket.socket, ...] = ()
    connection: Any = None

    @property
    def has_process(self) -> bool:
        return self.box is not None

    async def poll(self) -> int | None:
        return None if self.box is not None and self.box.alive() else 1

    async def wait(self) -> int | None:
        while await self.poll() is None:
            await asyncio.sleep(0.02)
        self.end()
        return 0

    async def send_signal(self, signum: int) -> None:
        if signum == signal.SIGINT and self.box is not None:
            self.box.interrupt()
        elif signum != 0:
            self.end()

    def end(self) -> None:
        """상자를 곧바로 끝낸다."""
        if self.box is not None:
            self.box.kill()
            self.box = None

    async def kill(self, restart: bool = False) -> None:
        self.end()

    async def terminate(self, restart: bool = False) -> None:
        self.end()

    async def pre_launch(self, **kwargs: Any) -> dict[str, Any]:
        """통로를 연다. 커널의 환경과 명령은 씨앗 과정이 이미 정했다."""
        manager: Any = self.parent
        self.folder = tempfile.TemporaryDirectory(prefix="tcpedu-ipc-", ignore_cleanup_errors=True)
        # 유닉스 소켓의 경로는 107바이트까지다. 임시 폴더의 이름이 길어도 되게 fd로 가리킨다.
        self.place = os.open(self.folder.name, os.O_PATH | os.O_DIRECTORY)
        manager.transport, manager.ip = "ipc", f"/proc/self/fd/{self.place}/kernel"
        self.listeners = tuple(_listen(f"{manager.ip}-{number}") for number in range(1, len(_CHANNELS) + 1))
        for number, channel in enumerate(_CHANNELS, 1):
            setattr(manager, f"{channel}_port", number)
        self.connection = manager.get_connection_info()
        return {**kwargs, "cmd": []}

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> Any:
        key = self.connection["key"].decode()
        try:
            self.box = nursery(tiers.best().name).box(self.listeners, key=key, sockets=SOCKETS)
        except BaseException:
            await self.cleanup()  # 뜨지 못한 커널은 주피터가 치우지 않는다
            raise
        finally:
            for one in self.listeners:
                one.close()
        return self.connection

    async def cleanup(self, restart: bool = False) -> None:
        if self.place >= 0:
            os.close(self.place)
            self.place = -1
        if self.folder is not None:
            self.folder.cleanup()


def _listen(path: str) -> socket.socket:
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    listener.bind(path)
    listener.listen(16)
    listener.setblocking(False)
    return listener


class BoxSpecManager(KernelSpecManager):
    """`tcpedu-box`를 아는 목록. 다른 이름은 보통의 커널이다."""

    def get_kernel_spec(self, kernel_name: str) -> KernelSpec:
        if kernel_name != tiers.SANDBOX:
            return super().get_kernel_spec(kernel_name)
        if tiers.require().name == "C":  # 가둘 수 없지만 교사가 믿는다고 했다
            return super().get_kernel_spec("python3")
        register()
        metadata = {"kernel_provisioner": {"provisioner_name": tiers.SANDBOX, "config": {}}}
        return KernelSpec(argv=[tiers.SANDBOX], display_name="tcpedu 상자", language="python", metadata=metadata)


def register() -> None:
    """설치된 꾸러미의 등록(entry point)이 없어도 주피터가 이 공급자를 찾게 한다."""
    factory = KernelProvisionerFactory.instance()
    entry = EntryPoint(tiers.SANDBOX, f"{__name__}:{BoxProvisioner.__name__}", _GROUP)
    factory.provisioners.setdefault(tiers.SANDBOX, entry)
