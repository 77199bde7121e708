"""OAuth 2 of ID Magalu: two hours of access, a refresh token that works once."""

from __future__ import annotations

import secrets
from typing import Any

from simulators.common.channel.engine import Credentials
from simulators.common.channel.errors import ApiError
from simulators.common.channel.store import Store
from simulators.common.clock import Clock

from .const import ACCESS_TOKEN_LIFE, AUTHORIZATION_CODE_LIFE, REFRESH_TOKEN_LIFE
from .errors import api_error


class OAuth:
    """Issues, rotates, checks and kills tokens."""

    def __init__(self, store: Store, clock: Clock, credentials: Credentials) -> None:
        self._store = store
        self._clock = clock
        self.credentials = credentials

    def authorize(self, redirect_uri: str | None = None) -> str:
        """The seller agrees and chooses his shop; returns the code."""
        code = f"MAG-{secrets.token_hex(12)}"
        due = self._clock.now() + AUTHORIZATION_CODE_LIFE
        with self._store.transaction():
            self._store.add_token(code, "code", due, redirect_uri=redirect_uri)
        return code

    def exchange(self, form: dict[str, str]) -> dict[str, Any]:
        """``POST /oauth/token``."""
        given = Credentials(form.get("client_id", ""), form.get("client_secret", ""))
        if given != self.credentials:
            raise _error(401, "invalid_client", "Client authentication failed")
        grant = form.get("grant_type")
        if grant == "authorization_code":
            row = self._use(form.get("code", ""), "code")
            if row["redirect_uri"] not in (None, form.get("redirect_uri")):
                raise _invalid_grant()
        elif grant == "refresh_token":
            self._use(form.get("refresh_token", ""), "refresh")
        else:
            raise _error(400, "unsupported_grant_type", f"{grant} is not supported")
        return self._issue()

    def check(self, authorization: str | None) -> None:
        """Refuse anything but a living ``Authorization: Bearer`` token."""
        scheme, _, token = (authorization or "").partition(" ")
        row = self._store.find_token(token, "access")
        living = row and not row["dead"] and row["expires_at"] > self._clock.now()
        if scheme.lower() != "bearer" or not living:
            raise api_error(401, "unauthorized", "the token is invalid or has expired")

    def _use(self, token: str, kind: str) -> dict[str, Any]:
        row = self._store.find_token(token, kind)
        if row is None or row["dead"] or row["expires_at"] <= self._clock.now():
            raise _invalid_grant()
        self._store.kill_tokens(token=token)
        return row

    def _issue(self) -> dict[str, Any]:
        now = self._clock.now()
        access, refresh = secrets.token_urlsafe(32), secrets.token_urlsafe(32)
        self._store.kill_tokens(kind="refresh")
        self._store.add_token(access, "access", now + ACCESS_TOKEN_LIFE)
        self._store.add_token(refresh, "refresh", now + REFRESH_TOKEN_LIFE)
        return {
            "access_token": access,
            "token_type": "Bearer",
            "expires_in": int(ACCESS_TOKEN_LIFE.total_seconds()),
            "refresh_token": refresh,
            "scope": "open:order-order-seller:read",
            "created_at": int(now.timestamp()),
        }


def _error(status: int, code: str, text: str) -> ApiError:
    return ApiError(status, {"error": code, "error_description": text})


def _invalid_grant() -> ApiError:
    text = "The authorization grant is invalid, expired, revoked or was used"
    return _error(400, "invalid_grant", text)
