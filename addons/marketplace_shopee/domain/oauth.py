"""Authorisation of a shop (guide "Authorization and Authentication").

The code works once and for ten minutes, the refresh token once and for thirty days.
The seller chooses how long the grant lives, at most a year.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from urllib.parse import urlencode

from odoo.addons.marketplace_connector.domain.contract import (
    AuthDead,
    ChannelError,
    OutcomeUnknown,
    Rejected,
    TokenSet,
)

from ..const import API_URL, AUTH_URL, EPOCH_LIMIT, REFRESH_LIFE
from .client import Client
from .errors import BUG, OPERATOR
from .signing import Partner
from .values import Json, ident, moment


class OAuth:
    """Tokens of one shop."""

    def __init__(self, partner: Partner, client: Client) -> None:
        self._partner = partner
        self._client = client

    def authorize_url(self, state: str, redirect_uri: str) -> str:
        """Address where the shop's owner agrees; nothing in it expires."""
        query = {
            "partner_id": self._partner.partner_id,
            "auth_type": "seller",
            "redirect_uri": redirect_uri,
            "response_type": "code",
            "state": state,
        }
        base = self._partner.base_url.rstrip("/")
        page = AUTH_URL if base in ("", API_URL) else f"{base}/auth"
        return f"{page}?{urlencode(query)}"

    def exchange_code(self, params: dict[str, str]) -> TokenSet:
        """``params``: the query of the call-back, with ``code`` and ``shop_id``."""
        code, shop = params.get("code"), params.get("shop_id")
        if not code:
            raise AuthDead("authorisation denied", params.get("error") or "no_code")
        if params.get("main_account_id") or not shop:
            raise Rejected("main_account", "not the account of one shop", who=OPERATOR)
        body = {"code": code, "shop_id": _number(shop)}
        try:
            token = self._token("token/get", body, shop, None)
        except Rejected as error:
            if error.code == "invalid_code":
                raise AuthDead(str(error), error.code) from error
            raise
        return self._with_grant(token, shop)

    def refresh(self, token: TokenSet) -> TokenSet:
        """The next pair. After OutcomeUnknown the old refresh token may be used up;
        within four hours Shopee answers it with the same new pair."""
        if not token.refresh:
            raise AuthDead("there is no refresh token")
        shop = self._partner.shop_id
        body = {"refresh_token": token.refresh, "shop_id": _number(shop)}
        return self._token("access_token/get", body, shop, token)

    def _token(
        self, path: str, body: Json, shop: str, old: TokenSet | None
    ) -> TokenSet:
        asked_at = self._partner.now()
        body["partner_id"] = _number(self._partner.partner_id)
        payload = self._client.token(path, body)
        try:
            access, life = str(payload["access_token"]), int(payload["expire_in"])
            refresh = str(payload["refresh_token"])
        except (KeyError, TypeError, ValueError) as exc:
            # The old pair is used up and the new one is not understood.
            raise OutcomeUnknown("the answer holds no token") from exc
        return TokenSet(
            access=access,
            expires_at=_expiry(life, asked_at),
            refresh=refresh,
            refresh_expires_at=asked_at + REFRESH_LIFE,
            grant_expires_at=old.grant_expires_at if old else None,
            account_ref=ident(payload.get("shop_id")) or shop,
            generation=old.generation + 1 if old else 0,
        )

    def _with_grant(self, token: TokenSet, shop: str) -> TokenSet:
        """When the seller's permission ends; the connection stands without knowing."""
        expires: datetime | None = None
        with suppress(ChannelError, TypeError, ValueError):
            info = self._client.shop_info(token.access, shop)
            expires = moment(info.get("expire_time"))
        return replace(token, grant_expires_at=expires)


def _expiry(life: int, asked_at: datetime) -> datetime:
    """Seconds by the wire, a moment by the documentation's sample."""
    if life > EPOCH_LIMIT:
        return datetime.fromtimestamp(life, timezone.utc)
    return asked_at + timedelta(seconds=life)


def _number(value: str) -> int:
    if not value.isdigit():
        raise Rejected("error_param", "partner and shop are numbers", who=BUG)
    return int(value)
