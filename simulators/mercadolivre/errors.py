"""Errors in the shape of the API: ``{message, error, status, cause}``."""

from __future__ import annotations

from typing import Any

from simulators.common.channel.errors import ApiError


class MlError(ApiError):
    """An answer of the API that is not a success."""

    def __init__(self, status: int, error: str, message: str, **extra: Any) -> None:
        payload: dict[str, Any] = {
            "message": message,
            "error": error,
            **extra,
            "status": status,
        }
        if "failed_shipments" not in extra:
            payload["cause"] = []
        super().__init__(status, payload)


def bad_request(message: str) -> MlError:
    """400 for a parameter or header that is wrong, missing or unknown."""
    return MlError(400, "bad_request", message)


def not_found(what: str, ref: object) -> MlError:
    """404."""
    return MlError(404, "not_found", f"{what} {ref} not found")


def forbidden(message: str) -> MlError:
    """403."""
    return MlError(403, "forbidden", message)


def invoice_error(error_code: str, message: str) -> MlError:
    """400 of the NF-e import with its ``error_code``."""
    return MlError(400, "bad_request", message, error_code=error_code)
