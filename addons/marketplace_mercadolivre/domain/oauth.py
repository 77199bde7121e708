"""OAuth 2 of Mercado Livre (API page "autenticação e autorização").

The refresh token works once; the answer brings the next one. Only ``invalid_grant``
tells that the grant is gone: on any other error the old pair must be kept.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from odoo.addons.marketplace_connector.domain.contract import (
    AuthDead,
    OutcomeUnknown,
    Rejected,
    TokenSet,
)

from ..const import API_URL, AUTH_URL
from .client import Client
from .values import ident


@dataclass(frozen=True, slots=True)
class Application:
    """The application that is registered at Mercado Livre.

    ``base_url``: another server instead of Mercado Livre's ("" = theirs).
    """

    client_id: str
    client_secret: str = field(repr=False)
    base_url: str = ""


class OAuth:
    """Authorisation of one account."""

    def __init__(
        self, application: Application, client: Client, now: Callable[[], datetime]
    ) -> None:
        self._application = application
        self._client = client
        self._now = now

    def authorize_url(self, state: str, redirect_uri: str, verifier: str | None) -> str:
        """Address of the consent page; ``redirect_uri`` must be byte-equal to the
        registered one, so what varies belongs into ``state``."""
        query = {
            "response_type": "code",
            "client_id": self._application.client_id,
            "redirect_uri": redirect_uri,
            "state": state,
        }
        if verifier:
            query["code_challenge"] = _s256(verifier)
            query["code_challenge_method"] = "S256"
        return f"{self._consent_page()}?{urlencode(query)}"

    def exchange_code(
        self, params: dict[str, str], redirect_uri: str, verifier: str | None
    ) -> TokenSet:
        """``params``: the query of the call-back, with ``code`` or ``error``."""
        if params.get("error"):
            raise AuthDead("authorisation denied", params["error"])
        if not params.get("code"):
            raise Rejected("invalid_request", "the call-back has no code", who="bug")
        form = {
            "grant_type": "authorization_code",
            "code": params["code"],
            "redirect_uri": redirect_uri,
        }
        if verifier:
            form["code_verifier"] = verifier
        return self._token(form, generation=0)

    def refresh(self, token: TokenSet) -> TokenSet:
        """The next pair. After OutcomeUnknown the old refresh token may be used up."""
        if not token.refresh:
            raise AuthDead("there is no refresh token")
        form = {"grant_type": "refresh_token", "refresh_token": token.refresh}
        return self._token(form, generation=token.generation + 1)

    def _token(self, form: dict[str, str], generation: int) -> TokenSet:
        secrets = {
            "client_id": self._application.client_id,
            "client_secret": self._application.client_secret,
        }
        asked_at = self._now()
        payload = self._client.token({**form, **secrets})
        return _token_set(payload, asked_at, generation)

    def _consent_page(self) -> str:
        base = self._application.base_url.rstrip("/")
        return AUTH_URL if base in ("", API_URL) else f"{base}/authorization"


def _token_set(
    payload: dict[str, Any], asked_at: datetime, generation: int
) -> TokenSet:
    try:
        access = str(payload["access_token"])
        life = timedelta(seconds=int(payload["expires_in"]))
    except (KeyError, TypeError, ValueError) as exc:
        # The old pair is used up and the new one is not understood.
        raise OutcomeUnknown("the answer holds no token") from exc
    return TokenSet(
        access=access,
        expires_at=asked_at + life,
        refresh=payload.get("refresh_token"),
        account_ref=ident(payload.get("user_id")) or None,
        generation=generation,
    )


def _s256(verifier: str) -> str:
    digest = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
