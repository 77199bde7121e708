"""OAuth 2 of ID Magalu: code, two hours of access, a refresh token that rotates.

The owner chooses one of his shops on the login page (``choose_tenants``), but the token
does not name it: it is looked up, or was filled in on the account before.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from urllib.parse import urlencode

from odoo.addons.marketplace_connector.domain.contract import (
    AuthDead,
    OutcomeUnknown,
    Rejected,
    TokenSet,
)

from ..const import ID_URL, REFRESH_LIFE, SCOPES
from .client import Client
from .errors import BUG, CONFIG
from .values import Json, drift_guarded, ident


@dataclass(frozen=True, slots=True)
class Application:
    """The application that is registered at Magalu.

    ``base_url``: another server instead of Magalu's ("" = theirs).
    """

    client_id: str
    client_secret: str = field(repr=False)
    base_url: str = ""


class OAuth:
    """Authorisation of one account."""

    def __init__(
        self,
        application: Application,
        client: Client,
        tenant: str,
        now: Callable[[], datetime],
    ) -> None:
        self._application = application
        self._client = client
        self._tenant = tenant
        self._now = now

    def authorize_url(self, state: str, redirect_uri: str) -> str:
        """Address of the login page; ``redirect_uri`` is the registered one."""
        query = {
            "client_id": self._application.client_id,
            "redirect_uri": redirect_uri,
            "scope": " ".join(SCOPES),
            "response_type": "code",
            "choose_tenants": "true",
            "state": state,
        }
        base = (self._application.base_url or ID_URL).rstrip("/")
        return f"{base}/login?{urlencode(query)}"

    def exchange_code(self, params: dict[str, str], redirect_uri: str) -> TokenSet:
        """``params``: the query of the call-back, with ``code`` or ``error``.

        :raise Rejected: ``several_tenants``: the account must name its shop first
        """
        if params.get("error"):
            raise AuthDead("authorisation denied", params["error"])
        if not params.get("code"):
            raise Rejected("invalid_request", "the call-back has no code", who=BUG)
        form = {
            "grant_type": "authorization_code",
            "code": params["code"],
            "redirect_uri": redirect_uri,
        }
        token = self._token(form, generation=0)
        return replace(token, account_ref=self._tenant_of(token.access))

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

    def _tenant_of(self, access: str) -> str:
        sellers = _sellers(self._client.tenants(access))
        if self._tenant in sellers:
            return self._tenant
        if len(sellers) == 1:
            return sellers[0]
        if not sellers:
            raise AuthDead("the login belongs to no shop", code="no_seller")
        raise Rejected(
            "several_tenants",
            f"tenants: {', '.join(sellers)}",
            who=CONFIG,
        )


@drift_guarded
def _sellers(tenants: list[Json]) -> list[str]:
    """Ids of the shops among the tenants: their type ends with SELLER."""
    return [
        ident(row["uuid"])
        for row in tenants
        if ident(row.get("type")).upper().endswith("SELLER")
    ]


def _token_set(payload: Json, asked_at: datetime, generation: int) -> TokenSet:
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
        refresh_expires_at=asked_at + REFRESH_LIFE,
        generation=generation,
    )
