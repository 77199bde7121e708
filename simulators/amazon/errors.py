"""The error lists of the Selling Partner API and the errors of Login with Amazon."""

from __future__ import annotations

from simulators.common.channel.errors import ApiError


class SpError(ApiError):
    """``{"errors": [{code, message, details}]}``."""

    def __init__(
        self,
        status: int,
        code: str,
        message: str,
        details: str = "",
        headers: dict[str, str] | None = None,
    ) -> None:
        error = {"code": code, "message": message, "details": details}
        super().__init__(status, {"errors": [error]}, headers)


class LoginError(ApiError):
    """``{"error", "error_description"}`` of RFC 6749."""

    def __init__(self, code: str, words: str, status: int = 400) -> None:
        super().__init__(status, {"error": code, "error_description": words})


def bad_input(details: str) -> SpError:
    """400 InvalidInput; only the words tell what was wrong."""
    return SpError(400, "InvalidInput", "Request has missing or invalid input", details)


def not_found(what: str) -> SpError:
    """404."""
    return SpError(404, "NotFound", f"{what} was not found")
