"""Errors in the shape of the platform: ``{error, message, request_id}``, mostly with
HTTP 200."""

from __future__ import annotations

import secrets
from typing import Any

from simulators.common.channel.errors import ApiError


class ShopeeError(ApiError):
    """An answer that is not a success; ``extra``: what else the body holds."""

    def __init__(
        self, error: str, message: str, status: int = 200, **extra: Any
    ) -> None:
        body = {"error": error, "message": message, "request_id": secrets.token_hex(16)}
        super().__init__(status, {**body, **extra})


def bad_param(message: str) -> ShopeeError:
    """``error_param``."""
    return ShopeeError("error_param", f"Wrong parameters, detail: {message}.")


def no_order() -> ShopeeError:
    """``error_not_found``: for an order of nobody and of another shop."""
    message = "Wrong parameters, detail: the order is not found."
    return ShopeeError("error_not_found", message)


def refused(error: str, message: str) -> ShopeeError:
    """A rule of one module: ``logistics.…``, ``order.…``."""
    return ShopeeError(error, message)
