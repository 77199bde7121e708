"""Answers that are no success, raised by handlers."""

from __future__ import annotations

from typing import Any


class ApiError(Exception):
    """An answer of the API that is not a success; channels shape the payload.

    State written before it is raised is kept: the real service, too, may change
    something and still answer with an error.
    """

    def __init__(
        self, status: int, payload: Any, headers: dict[str, str] | None = None
    ) -> None:
        super().__init__(f"{status}: {payload}")
        self.status = status
        self.payload = payload
        self.headers = headers or {}


class ControlError(ApiError):
    """A request to the control plane that makes no sense; it changes nothing."""

    def __init__(self, message: str, status: int = 400) -> None:
        name = {404: "not_found", 409: "conflict"}.get(status, "bad_request")
        super().__init__(
            status, {"message": message, "error": name, "status": status, "cause": []}
        )


class TransitionRefused(Exception):
    """The change is impossible in the present state."""
