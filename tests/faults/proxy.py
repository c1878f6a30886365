"""A proxy as those before many servers: it passes bytes on, and cuts connections that are silent for some time."""

from __future__ import annotations

import select
import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from types import TracebackType

from typing_extensions import Self

_CHUNK = 65536


class CuttingProxy:
    """Runs as a context manager, in threads of its own.

    Args:
        port: of the server behind it, on this machine.
        patience: seconds of silence, in both directions, after which it cuts.
    """

    def __init__(self, port: int, patience: float) -> None:
        self._server = port
        self._patience = patience
        self._threads: list[threading.Thread] = []
        self._is_over = False
        self.cuts = 0

    @property
    def address(self) -> str:
        """Scheme, host and port."""
        return f"http://127.0.0.1:{self._listening.getsockname()[1]}"

    def __enter__(self) -> Self:
        self._listening = socket.create_server(("127.0.0.1", 0))
        self._begin(self._accept)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._is_over = True
        with suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        for thread in self._threads:
            thread.join()

    def _begin(self, work: Callable[..., None], *arguments: socket.socket) -> None:
        thread = threading.Thread(target=work, args=arguments, name="cutting-proxy")
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        with suppress(OSError):  # it was closed
            while True:
                client, _ = self._listening.accept()
                self._begin(self._connect, client)

    def _connect(self, client: socket.socket) -> None:
        with client, suppress(OSError), socket.create_connection(("127.0.0.1", self._server)) as server:
            self._pass_on(client, server)

    def _pass_on(self, client: socket.socket, server: socket.socket) -> None:
        others = {client: server, server: client}
        while not self._is_over:
            ready, _, _ = select.select(list(others), [], [], self._patience)
            if not ready:
                self.cuts += 1
                return
            for each in ready:
                data = each.recv(_CHUNK)
                if not data:
                    return
                others[each].sendall(data)
