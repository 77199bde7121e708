"""OAuth 2 of the API (page "autenticação e autorização").

The access token lives six hours. A refresh token works once: the answer brings
the next one, and only the last one issued is valid.
"""

from __future__ import annotations

import base64
import hashlib
import secrets
from typing import Any

from simulators.common.channel.engine import Credentials
from simulators.common.clock import Clock

from .const import (
    ACCESS_TOKEN_LIFE,
    AUTHORIZATION_CODE_LIFE,
    REFRESH_TOKEN_IDLE_LIFE,
)
from .errors import MlError
from .records import Seller
from .store import Store

_INVALID_GRANT = (
    "Error validating grant. Your authorization code or refresh token may be "
    "expired or it was already used"
)


class OAuth:
    """Issues, rotates, checks and kills tokens."""

    def __init__(
        self, store: Store, clock: Clock, seller: Seller, credentials: Credentials
    ) -> None:
        self._store = store
        self._clock = clock
        self._seller = seller
        self.credentials = credentials
        self.reuse_kills_grant = False
        """Whether a second use of a refresh token ends the whole grant."""

    def authorize(
        self, redirect_uri: str | None = None, code_challenge: str | None = None
    ) -> str:
        """The seller agrees on the consent page; returns the code."""
        code = f"TG-{secrets.token_hex(12)}-{self._seller.user_id}"
        expires_at = self._clock.now() + AUTHORIZATION_CODE_LIFE
        with self._store.transaction():
            self._store.add_token(
                code,
                "code",
                expires_at,
                redirect_uri=redirect_uri,
                code_challenge=code_challenge,
            )
        return code

    def exchange(self, form: dict[str, str]) -> dict[str, Any]:
        """``POST /oauth/token``."""
        grant = form.get("grant_type")
        if grant not in ("authorization_code", "refresh_token"):
            error = "unsupported_grant_type" if grant else "invalid_request"
            raise MlError(400, error, f"grant_type {grant!r} is not supported")
        self._check_client(form)
        if grant == "refresh_token":
            return self._refresh(form.get("refresh_token"))
        return self._first(form)

    def check(self, authorization: str | None) -> None:
        """Refuse anything but a living ``Authorization: Bearer`` token."""
        scheme, _, token = (authorization or "").partition(" ")
        if scheme.lower() != "bearer" or not token:
            raise MlError(401, "unauthorized", "authorization value not present")
        row = self._store.find_token(token, "access")
        if row is None or row["dead"] or row["expires_at"] <= self._clock.now():
            raise MlError(401, "invalid_token", "invalid access token")

    def kill_grant(self) -> None:
        """The seller revokes the application (or changes the password)."""
        self._store.kill_tokens()

    def _check_client(self, form: dict[str, str]) -> None:
        given = Credentials(form.get("client_id", ""), form.get("client_secret", ""))
        if given != self.credentials:
            raise MlError(400, "invalid_client", "invalid client_id or client_secret")

    def _first(self, form: dict[str, str]) -> dict[str, Any]:
        code, redirect_uri = form.get("code"), form.get("redirect_uri")
        if not code or not redirect_uri:
            raise MlError(400, "invalid_request", "code and redirect_uri are required")
        row = self._use(code, "code")
        if row["redirect_uri"] not in (None, redirect_uri):
            raise _invalid_grant()
        challenge = row["code_challenge"]
        if challenge and challenge != _s256(form.get("code_verifier", "")):
            raise _invalid_grant()
        return self._issue()

    def _refresh(self, token: str | None) -> dict[str, Any]:
        if not token:
            raise MlError(400, "invalid_request", "refresh_token is required")
        self._use(token, "refresh")
        return self._issue()

    def _use(self, token: str, kind: str) -> dict[str, Any]:
        row = self._store.find_token(token, kind)
        if row is None or row["expires_at"] <= self._clock.now():
            raise _invalid_grant()
        if row["dead"]:
            if self.reuse_kills_grant:
                self.kill_grant()
            raise _invalid_grant()
        self._store.kill_tokens(token=token)
        return row

    def _issue(self) -> dict[str, Any]:
        user_id, now = self._seller.user_id, self._clock.now()
        stamp = now.strftime("%m%d%H")
        app = self.credentials.client_id
        access = f"APP_USR-{app}-{stamp}-{secrets.token_hex(16)}-{user_id}"
        refresh = f"TG-{secrets.token_hex(12)}-{user_id}"
        self._store.kill_tokens(kind="refresh")
        self._store.add_token(access, "access", now + ACCESS_TOKEN_LIFE)
        self._store.add_token(refresh, "refresh", now + REFRESH_TOKEN_IDLE_LIFE)
        return {
            "access_token": access,
            "token_type": "bearer",
            "expires_in": int(ACCESS_TOKEN_LIFE.total_seconds()),
            "scope": "offline_access read write",
            "user_id": user_id,
            "refresh_token": refresh,
        }


def _invalid_grant() -> MlError:
    return MlError(400, "invalid_grant", _INVALID_GRANT)


def _s256(verifier: str) -> str:
    digest = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
