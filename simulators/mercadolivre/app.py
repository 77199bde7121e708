"""The WSGI application: routing, faults, errors, request log."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from werkzeug.exceptions import HTTPException, MethodNotAllowed
from werkzeug.routing import Map, Rule
from werkzeug.wrappers import Request, Response

from simulators.common.server import TRUNCATE_KEY, cut

from . import api_orders, api_shipments, consent, control
from .const import CONTROL_PREFIX
from .engine import Engine, LogEntry
from .errors import MlError
from .faults import BEFORE, Fault, distort
from .lifecycle import TransitionRefused
from .payloads_common import to_json
from .routing import Answer, Route

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

_HTML = "<html><body><h1>{status} Service Temporarily Unavailable</h1></body></html>"
_ROUTES = (
    *api_orders.ROUTES,
    *api_shipments.ROUTES,
    *consent.ROUTES,
    *control.ROUTES,
)


class Application:
    """Answers requests; one transaction per request, faults outside of it."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self.stopping = threading.Event()
        """Set on shutdown, so that no ``timeout_*`` fault keeps a thread."""
        self._map = Map(
            [
                Rule(route.rule, methods=[route.method], endpoint=route)
                for route in _ROUTES
            ],
            strict_slashes=False,
        )

    def __call__(
        self, environ: WSGIEnvironment, start_response: StartResponse
    ) -> Iterable[bytes]:
        request = Request(environ)
        if request.path.startswith(CONTROL_PREFIX):
            return _response(self._run(request))(environ, start_response)
        fault = self._engine.faults.take(request.method, request.path)
        try:
            answer = self._faulty(request, fault) if fault else self._run(request)
        except ConnectionError:
            self._log(request, 0, fault)
            raise
        self._log(request, answer.status, fault)
        return _response(answer)(environ, start_response)

    def _run(self, request: Request) -> Answer:
        engine = self._engine
        try:
            route, args = self._match(request)
            error: MlError | None = None
            with engine.store.transaction():
                try:
                    engine.lifecycle.tick()
                    return route.run(engine, request, args)
                except MlError as caught:
                    if request.path.startswith(CONTROL_PREFIX):
                        raise
                    error = caught
            raise error
        except MlError as error:
            return Answer(error.payload, status=error.status)
        except TransitionRefused as error:
            payload = {"message": str(error), "error": "conflict", "status": 409}
            return Answer(payload, status=409)

    def _match(self, request: Request) -> tuple[Route, dict[str, Any]]:
        try:
            route, args = self._map.bind_to_environ(request.environ).match()
        except MethodNotAllowed as error:
            raise MlError(405, "method_not_allowed", "Method not allowed") from error
        except HTTPException as error:
            message = f"resource {request.path} not found"
            raise MlError(404, "not_found", message) from error
        return route, dict(args)

    def _faulty(self, request: Request, fault: Fault) -> Answer:
        if fault.kind in BEFORE:
            return self._refuse(request, fault)
        answer = self._run(request)
        if fault.kind == "timeout_after":
            self.stopping.wait(fault.seconds)
        if fault.kind in ("timeout_after", "reset_after"):
            raise cut(request.environ, reset=fault.kind == "reset_after")
        return _spoil(request, fault, answer)

    def _refuse(self, request: Request, fault: Fault) -> Answer:
        if fault.kind == "timeout_before":
            self.stopping.wait(fault.seconds)
        if fault.kind in ("timeout_before", "reset_before"):
            raise cut(request.environ, reset=fault.kind == "reset_before")
        if fault.kind == "http_error":
            html = _HTML.format(status=fault.status).encode()
            return Answer(
                raw=html, status=fault.status, content_type="text/html; charset=utf-8"
            )
        if fault.kind == "rate_limited":
            name = "local_rate_limited"
            return Answer(MlError(429, name, name).payload, status=429)
        extra = {"error_code": fault.error_code} if fault.error_code else {}
        planned = MlError(fault.status, fault.error, "Planned by a fault", **extra)
        return Answer(planned.payload, status=planned.status)

    def _log(self, request: Request, status: int, fault: Fault | None) -> None:
        self._engine.log.append(
            LogEntry(
                at=self._engine.clock.now().isoformat(),
                method=request.method,
                path=request.path,
                query=request.query_string.decode("latin-1"),
                status=status,
                fault=fault.kind if fault else None,
            )
        )


def _spoil(request: Request, fault: Fault, answer: Answer) -> Answer:
    """An answer that is there, but not as it should be."""
    if fault.kind == "not_propagated":
        return Answer(raw=b"", status=204)
    if fault.kind in ("truncated_json", "truncated_body"):
        body = _body(answer)
        if fault.kind == "truncated_body":
            request.environ[TRUNCATE_KEY] = len(body) // 2
            return answer
        answer.raw = body[: len(body) // 2]
        return answer
    if answer.raw is None and answer.status < 300:
        answer.payload = distort(fault, answer.payload)
        if fault.kind == "partial":
            answer.status = 206
            answer.headers["X-Content-Missing"] = ", ".join(fault.missing)
    return answer


def _body(answer: Answer) -> bytes:
    if answer.raw is not None:
        return answer.raw
    return to_json(answer.payload).encode()


def _response(answer: Answer) -> Response:
    return Response(
        _body(answer),
        status=answer.status,
        content_type=answer.content_type,
        headers=answer.headers,
    )
