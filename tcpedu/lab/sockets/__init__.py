"""소켓 프로그래밍의 본보기: 바이트 스트림 위의 메시지와, 여럿을 함께 받는 서버.

강의: lessons/12_socket_programming.ipynb
"""

from tcpedu.lab.sockets.framing import read_lines, recv_exactly, recv_message, send_message
from tcpedu.lab.sockets.servers import serve_echo, serve_echo_async, serve_echo_selectors

__all__ = [
    "read_lines", "recv_exactly", "recv_message", "send_message", "serve_echo", "serve_echo_async",
    "serve_echo_selectors",
]  # fmt: skip
