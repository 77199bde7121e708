"""Login with Amazon (guide "authorize applications"): the shop's owner consents in
Seller Central, which calls back with ``spapi_oauth_code`` and ``selling_partner_id``.

The access token lives one hour; the refresh token stays the same until the owner takes
the consent back, so nothing is lost when an answer is.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from urllib.parse import urlencode

from odoo.addons.marketplace_connector.domain.contract import (
    AuthDead,
    Rejected,
    TokenSet,
    Transient,
)

from ..const import CONSENT_PATH, CONSENT_URL
from .client import Client
from .errors import CONFIG
from .values import Json


@dataclass(frozen=True, slots=True)
class Application:
    """The application that is registered at Amazon.

    ``application_id`` (amzn1.sp.solution.…) names it in Seller Central, ``client_id``
    and ``client_secret`` at Login with Amazon. ``draft``: not published in the
    Appstore, which the consent page must be told. ``base_url``: another server instead
    of Amazon's ("" = theirs).
    """

    client_id: str
    client_secret: str = field(repr=False)
    application_id: str = ""
    draft: bool = False
    base_url: str = ""


class OAuth:
    """Authorisation of one account."""

    def __init__(
        self, application: Application, client: Client, now: Callable[[], datetime]
    ) -> None:
        self._application = application
        self._client = client
        self._now = now

    def authorize_url(self, state: str, redirect_uri: str) -> str:
        """Address of the consent page in Seller Central.

        :raise Rejected: the account has no application ID
        """
        application = self._application
        if not application.application_id:
            raise Rejected("application_id", "no application ID", who=CONFIG)
        query = {
            "application_id": application.application_id,
            "state": state,
            "redirect_uri": redirect_uri,
        }
        if application.draft:
            query["version"] = "beta"
        page = (application.base_url.rstrip("/") or CONSENT_URL) + CONSENT_PATH
        return f"{page}?{urlencode(query)}"

    def exchange_code(self, params: dict[str, str], redirect_uri: str) -> TokenSet:
        """``params``: the query of the call-back. The code lives five minutes.

        A seller who wrote the application for himself gets no code: his ``params`` hold
        the ``refresh_token`` that Seller Central showed him.
        """
        if params.get("error"):
            raise AuthDead("authorisation denied", params["error"])
        seller = params.get("selling_partner_id") or None
        if params.get("refresh_token"):
            shown = params["refresh_token"]
            return self.refresh(TokenSet("", self._now(), shown, account_ref=seller))
        code = params.get("spapi_oauth_code") or params.get("code")
        if not code:
            raise Rejected("invalid_request", "the call-back has no code", who="bug")
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": redirect_uri,
        }
        return self._token(form, seller, "", generation=0)

    def refresh(self, token: TokenSet) -> TokenSet:
        """A new access token; the refresh token is kept when the answer has none."""
        if not token.refresh:
            raise AuthDead("there is no refresh token")
        form = {"grant_type": "refresh_token", "refresh_token": token.refresh}
        generation = token.generation + 1
        return self._token(form, token.account_ref, token.refresh, generation)

    def _token(
        self, form: dict[str, str], seller: str | None, refresh: str, generation: int
    ) -> TokenSet:
        secrets = {
            "client_id": self._application.client_id,
            "client_secret": self._application.client_secret,
        }
        asked_at = self._now()
        payload = self._client.token({**form, **secrets})
        try:
            access = str(payload["access_token"])
            life = timedelta(seconds=int(payload["expires_in"]))
        except (KeyError, TypeError, ValueError) as exc:
            raise Transient("the answer holds no token") from exc
        return TokenSet(
            access=access,
            expires_at=asked_at + life,
            refresh=_refresh(payload) or refresh or None,
            account_ref=seller,
            generation=generation,
        )


def _refresh(payload: Json) -> str:
    return str(payload.get("refresh_token") or "")
