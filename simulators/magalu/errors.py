"""Error answers in the shape of Magalu."""

from __future__ import annotations

from simulators.common.channel.errors import ApiError


def api_error(status: int, code: str, message: str) -> ApiError:
    """``{"error", "message"}``."""
    return ApiError(status, {"error": code, "message": message})


def bad_request(message: str) -> ApiError:
    """400: the request itself is wrong."""
    return api_error(400, "invalid_request", message)


def not_found(what: str, ref: object) -> ApiError:
    """404."""
    return api_error(404, "resource_not_found", f"{what} {ref} not found")


def refused(code: str, message: str) -> ApiError:
    """422: understood, and not acceptable."""
    return api_error(422, code, message)
