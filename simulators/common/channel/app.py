"""The WSGI application: routing, faults, errors, request log."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import TYPE_CHECKING, Any

from werkzeug.exceptions import HTTPException, MethodNotAllowed
from werkzeug.routing import Map, Rule
from werkzeug.wrappers import Request, Response

from simulators.common.server import TRUNCATE_KEY, cut

from . import control
from .engine import ChannelEngine, LogEntry
from .errors import ApiError, ControlError, TransitionRefused
from .faults import BEFORE, Fault
from .routing import Answer, Route

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

_HTML = "<html><body><h1>{status} Service Temporarily Unavailable</h1></body></html>"


class Application:
    """Answers requests; one transaction per request, faults outside of it."""

    def __init__(self, engine: ChannelEngine) -> None:
        self._engine = engine
        self._map = _map((*engine.routes, *control.ROUTES, *engine.controls))

    def __call__(
        self, environ: WSGIEnvironment, start_response: StartResponse
    ) -> Iterable[bytes]:
        request = Request(environ)
        if _is_control(request):
            return _response(self._run(request))(environ, start_response)
        engine = self._engine
        fault = engine.faults.take(request.method, request.path)
        if engine.latency:
            engine.stopping.wait(engine.latency.total_seconds())
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
            error: ApiError | None = None
            with engine.store.transaction():
                try:
                    engine.tick()
                    return route.run(engine, request, args)
                except ApiError as caught:
                    if _is_control(request):
                        raise
                    error = caught
            raise error
        except ApiError as caught:
            return _refusal(caught)
        except TransitionRefused as refused:
            return _refusal(ControlError(str(refused), 409))

    def _match(self, request: Request) -> tuple[Route, dict[str, Any]]:
        try:
            route, args = self._map.bind_to_environ(request.environ).match()
        except HTTPException as error:
            status = 405 if isinstance(error, MethodNotAllowed) else 404
            if _is_control(request):
                raise ControlError(f"no such control: {request.path}", status) from None
            raise self._engine.unknown_route(request, status) from error
        return route, dict(args)

    def _faulty(self, request: Request, fault: Fault) -> Answer:
        if fault.kind in BEFORE:
            return self._refuse(request, fault)
        answer = self._run(request)
        if fault.kind == "timeout_after":
            self._engine.stopping.wait(fault.seconds)
        if fault.kind in ("timeout_after", "reset_after"):
            raise cut(request.environ, reset=fault.kind == "reset_after")
        if fault.kind == "truncated_body":
            request.environ[TRUNCATE_KEY] = len(answer.body) // 2
            return answer
        return self._engine.spoil(fault, answer)

    def _refuse(self, request: Request, fault: Fault) -> Answer:
        if fault.kind == "timeout_before":
            self._engine.stopping.wait(fault.seconds)
        if fault.kind in ("timeout_before", "reset_before"):
            raise cut(request.environ, reset=fault.kind == "reset_before")
        if fault.kind == "http_error":
            html = _HTML.format(status=fault.status).encode()
            return Answer(
                raw=html, status=fault.status, content_type="text/html; charset=utf-8"
            )
        if fault.kind == "rate_limited":
            return _refusal(self._engine.rate_limited())
        return _refusal(self._engine.planned_error(fault))

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


@cache
def _map(routes: tuple[Route, ...]) -> Map:
    """Compiled once per channel: tests start a simulator each."""
    rules = [
        Rule(route.rule, methods=[route.method], endpoint=route) for route in routes
    ]
    return Map(rules, strict_slashes=False)


def _is_control(request: Request) -> bool:
    return request.path.startswith(control.PREFIX)


def _refusal(error: ApiError) -> Answer:
    return Answer(error.payload, status=error.status, headers=error.headers)


def _response(answer: Answer) -> Response:
    return Response(
        answer.body,
        status=answer.status,
        content_type=answer.content_type,
        headers=answer.headers,
    )
