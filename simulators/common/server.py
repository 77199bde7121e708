"""A threaded WSGI server on 127.0.0.1, with keep-alive, TLS and broken lines.

Werkzeug's development server closes every connection and shakes hands in the
accepting thread. Clients of the real services keep their connections, and a
simulator must be able to cut one at any point, so both are changed here.
"""

from __future__ import annotations

import io
import socket
import ssl
import struct
import threading
import traceback
from collections.abc import Iterable
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from werkzeug.serving import ThreadedWSGIServer, WSGIRequestHandler

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication, WSGIEnvironment

HANDSHAKE_SECONDS = 10
IDLE_SECONDS = 120
DRAIN_SECONDS = 1
STOP_SECONDS = 5
TRUNCATE_KEY = "simulators.truncate"
"""Environ key: number of body bytes to send before the connection closes."""

_LINGER = struct.Struct("ii")


class ConnectionCut(ConnectionAbortedError):
    """The application asked for the connection to be cut without an answer."""


def cut(environ: WSGIEnvironment, *, reset: bool = False) -> ConnectionCut:
    """Prepare the cut of this request's connection; the caller raises the result.

    ``reset`` sends a TCP RST, otherwise the peer sees the connection close.
    """
    if reset:
        connection: socket.socket = environ["werkzeug.socket"]
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _LINGER.pack(1, 0))
    return ConnectionCut("cut by the simulator")


class _Handler(WSGIRequestHandler):
    """One connection: handshake in its own thread, keep-alive, silent log."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    timeout = IDLE_SECONDS

    def log(self, type: str, message: str, *args: Any) -> None:
        """Stay quiet: a simulator keeps its own request log."""

    def connection_dropped(
        self, error: BaseException, environ: WSGIEnvironment | None = None
    ) -> None:
        """Never serve a second request on a line that was cut."""
        self.close_connection = True

    def run_wsgi(self) -> None:
        """Run the application on a body that was read to its end.

        Werkzeug drains the connection after the answer, which on a kept
        connection would eat the next request; the answer goes out in one piece.
        """
        if self.headers.get("Expect", "").lower().strip() == "100-continue":
            self.wfile.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        environ = self.make_environ()
        length = int(environ.get("CONTENT_LENGTH") or 0)
        stream = environ["wsgi.input"]
        chunked = environ.get("wsgi.input_terminated")
        body = stream.read() if chunked else stream.read(length)
        environ["wsgi.input"] = io.BytesIO(body)
        environ["CONTENT_LENGTH"] = str(len(body))
        try:
            self._answer(environ)
        except (ConnectionError, TimeoutError, ssl.SSLError) as error:
            self.connection_dropped(error, environ)
        except Exception:
            traceback.print_exc()
            self.close_connection = True
            self._send("500 Internal Server Error", [], b"", environ)

    def _answer(self, environ: WSGIEnvironment) -> None:
        started: list[tuple[str, list[tuple[str, str]]]] = []

        def start_response(
            status: str, headers: list[tuple[str, str]], exc_info: Any = None
        ) -> Any:
            started[:] = [(status, headers)]
            return None

        chunks: Iterable[bytes] = self.server.app(environ, start_response)
        try:
            body = b"".join(chunks)
        finally:
            getattr(chunks, "close", lambda: None)()
        status, headers = started[0]
        self._send(status, headers, body, environ)

    def _send(
        self,
        status: str,
        headers: list[tuple[str, str]],
        body: bytes,
        environ: WSGIEnvironment,
    ) -> None:
        code, _, reason = status.partition(" ")
        self.send_response(int(code), reason)
        names = {name.lower() for name, _ in headers}
        for name, value in headers:
            self.send_header(name, value)
        if "content-length" not in names:
            self.send_header("Content-Length", str(len(body)))
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        keep = environ.get(TRUNCATE_KEY)
        if environ["REQUEST_METHOD"] != "HEAD":
            self.wfile.write(body if keep is None else body[:keep])
        self.wfile.flush()
        if keep is not None:
            self.close_connection = True


def _drain(connection: socket.socket) -> None:
    """Let the client read why it was refused: closing with its request unread would
    reset the line, and the alert could be lost (TLS 1.3 sends both at once)."""
    connection.settimeout(DRAIN_SECONDS)
    with suppress(OSError):
        connection.shutdown(socket.SHUT_WR)
        while connection.recv(65536):
            pass


class _Server(ThreadedWSGIServer):
    """Accepts without shaking hands, and knows its open connections."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(
        self,
        host: str,
        port: int,
        app: WSGIApplication,
        ssl_context: ssl.SSLContext | None,
    ) -> None:
        super().__init__(host, port, app, _Handler)
        self.ssl_context = ssl_context
        self._open: dict[socket.socket, threading.Thread] = {}
        self._open_lock = threading.Lock()

    def get_request(self) -> tuple[socket.socket, Any]:
        connection, address = super().get_request()
        if self.ssl_context is not None:
            connection = self.ssl_context.wrap_socket(
                connection, server_side=True, do_handshake_on_connect=False
            )
        return connection, address

    def process_request(self, request: Any, client_address: Any) -> None:
        """Serve a connection in a thread that ``close_connections`` can end."""
        thread = threading.Thread(
            target=self.process_request_thread,
            args=(request, client_address),
            daemon=True,
        )
        with self._open_lock:
            self._open[request] = thread
        thread.start()

    def finish_request(self, request: Any, client_address: Any) -> None:
        if isinstance(request, ssl.SSLSocket):
            request.settimeout(HANDSHAKE_SECONDS)
            try:
                request.do_handshake()
            except (OSError, ValueError):
                _drain(request)
                return
        super().finish_request(request, client_address)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A broken line is an ordinary event here."""

    def shutdown_request(self, request: Any) -> None:
        with self._open_lock:
            self._open.pop(request, None)
        if _is_reset(request):
            self.close_request(request)
        else:
            super().shutdown_request(request)

    def close_connections(self) -> None:
        """Close the connections that clients keep open, and end their threads."""
        with self._open_lock:
            connections = dict(self._open)
        for connection in connections:
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue
        for thread in connections.values():
            thread.join(STOP_SECONDS)


def _is_reset(connection: socket.socket) -> bool:
    try:
        raw = connection.getsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _LINGER.size)
    except OSError:
        return False
    return _LINGER.unpack(raw)[0] == 1


class WsgiServer:
    """Serve ``app`` from a background thread until stopped.

    ``port=0`` takes a free port, known from construction on. Usable as a
    context manager. ``stop`` closes the connections clients still hold.
    """

    def __init__(
        self,
        app: WSGIApplication,
        host: str = "127.0.0.1",
        port: int = 0,
        ssl_context: ssl.SSLContext | None = None,
    ) -> None:
        self._server = _Server(host, port, app, ssl_context)
        self._thread: threading.Thread | None = None
        self.host = host
        self.port: int = self._server.port
        self.scheme = "http" if ssl_context is None else "https"

    @property
    def url(self) -> str:
        """Base address without a trailing slash."""
        return f"{self.scheme}://{self.host}:{self.port}"

    def start(self) -> WsgiServer:
        """Start serving and return at once."""
        self._thread = threading.Thread(
            target=self._server.serve_forever,
            kwargs={"poll_interval": 0.01},
            name=f"simulator-{self.port}",
            daemon=True,
        )
        self._thread.start()
        return self

    def stop(self) -> None:
        """Stop accepting and cut what is open; harmless when not started."""
        if self._thread is not None:
            self._server.shutdown()
            self._thread.join()
            self._thread = None
        self._server.close_connections()
        self._server.server_close()

    def __enter__(self) -> WsgiServer:
        return self.start()

    def __exit__(self, *exc_info: object) -> None:
        self.stop()
