"""The control plane: JSON over plain HTTP, on a port of its own.

It has no counterpart at a real SEFAZ. Tests, the demonstration and the training
mode read the books and steer clock, pauses and faults through it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from werkzeug.wrappers import Request, Response

from .office import HOME

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

    from .simulator import SefazSimulator

Json = dict[str, Any]


class ControlApplication:
    """Routes ``/__ctl/<name>``; errors of the caller answer 400 with a text."""

    def __init__(self, simulator: SefazSimulator) -> None:
        self._simulator = simulator
        self._routes: dict[tuple[str, str], Callable[[Json], Any]] = {
            ("GET", "health"): self._health,
            ("GET", "notes"): lambda _: simulator.notes(),
            ("GET", "voided"): lambda _: simulator.voided(),
            ("GET", "log"): lambda _: simulator.log(),
            ("GET", "counters"): lambda _: simulator.counters(),
            ("GET", "usage"): lambda _: simulator.usage(),
            ("GET", "clock"): lambda _: self._clock(),
            ("POST", "clock"): self._move_clock,
            ("POST", "fault"): self._fault,
            ("POST", "plan"): lambda body: self._done(lambda: simulator.plan(**body)),
            ("POST", "release"): lambda _: self._done(simulator.release),
            ("POST", "pause"): self._pause,
            ("POST", "dfe"): lambda body: {"nsu": simulator.inject(**body)},
            ("POST", "taxpayer"): lambda body: self._done(
                lambda: simulator.register(**body)
            ),
            ("POST", "settings"): lambda body: simulator.configure(**body),
            ("POST", "reset"): lambda _: self._done(simulator.reset),
        }

    def __call__(
        self, environ: WSGIEnvironment, start_response: StartResponse
    ) -> Iterable[bytes]:
        request = Request(environ)
        return self._answer(request)(environ, start_response)

    def _answer(self, request: Request) -> Response:
        name = request.path.removeprefix("/__ctl/")
        route = self._routes.get((request.method, name))
        if route is None:
            return _json({"error": "unknown command"}, 404)
        try:
            body = json.loads(request.get_data() or b"{}")
            return _json(route(body))
        except (ValueError, TypeError, KeyError) as error:
            return _json({"error": str(error)}, 400)

    def _health(self, _: Json) -> Json:
        return {
            "status": "ok",
            "url": self._simulator.url,
            "uf": self._simulator.office.uf,
            "environment": self._simulator.office.environment,
            "paused": self._simulator.office.paused,
            "offices": {
                role: office.paused for role, office in self._simulator.offices.items()
            },
            "held": self._simulator.held,
            **self._clock(),
        }

    def _clock(self) -> Json:
        return {"now": self._simulator.clock.now().isoformat()}

    def _move_clock(self, body: Json) -> Json:
        if "set" in body:
            self._simulator.clock.set(datetime.fromisoformat(body["set"]))
        else:
            self._simulator.clock.advance(timedelta(seconds=body["advance_seconds"]))
        return self._clock()

    def _pause(self, body: Json) -> Json:
        self._simulator.pause(body.get("cstat"), body.get("office", HOME))
        return {"ok": True}

    def _fault(self, body: Json) -> Json:
        self._simulator.fault(**body)
        return {"ok": True}

    @staticmethod
    def _done(action: Callable[[], None]) -> Json:
        action()
        return {"ok": True}


def _json(content: Any, status: int = 200) -> Response:
    return Response(json.dumps(content), status, mimetype="application/json")
