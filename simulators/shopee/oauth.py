"""Signatures and tokens (guide "Authorization and Authentication").

The access token lives four hours, the one before it five minutes more. A refresh token
works once; with ``echo_refresh`` a second use within four hours answers the same pair
again, as the FAQ promises.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from datetime import timedelta
from typing import Any

from werkzeug.wrappers import Request

from simulators.common.channel.engine import Credentials
from simulators.common.channel.store import Store
from simulators.common.clock import Clock

from .const import (
    ACCESS_LIFE,
    CLOCK_WINDOW,
    CODE_LIFE,
    GRANT_LIFE,
    OLD_ACCESS_GRACE,
    REFRESH_ECHO,
    REFRESH_LIFE,
)
from .errors import ShopeeError
from .records import Shop


class OAuth:
    """Issues, rotates, checks and kills tokens; checks every signature."""

    def __init__(
        self, store: Store, clock: Clock, shop: Shop, credentials: Credentials
    ) -> None:
        self._store = store
        self._clock = clock
        self._shop = shop
        self.credentials = credentials
        self.echo_refresh = False
        self.ip_refused = False

    @property
    def grant_expires(self) -> int:
        """Epoch second at which the seller's permission ends."""
        stored = self._store.get_setting("grant_expires")
        return int(stored or (self._clock.now() + GRANT_LIFE).timestamp())

    def authorize(self) -> str:
        """The seller agrees on the consent page; returns the code."""
        code = secrets.token_hex(16)
        now = self._clock.now()
        with self._store.transaction():
            expires = int((now + GRANT_LIFE).timestamp())
            self._store.set_setting("grant_expires", expires)
            self._store.add_token(code, "code", now + CODE_LIFE)
        return code

    def exchange(self, body: dict[str, Any]) -> dict[str, Any]:
        """``POST /api/v2/auth/token/get``."""
        self._check_body(body, "code")
        row = self._store.find_token(str(body["code"]), "code")
        if row is None or row["dead"] or row["expires_at"] <= self._clock.now():
            message = "The code is expired or used or invalid."
            raise ShopeeError("invalid_code", message)
        self._store.kill_tokens(token=str(body["code"]))
        return self._issue()

    def refresh(self, body: dict[str, Any]) -> dict[str, Any]:
        """``POST /api/v2/auth/access_token/get``."""
        self._check_body(body, "refresh_token")
        token, now = str(body["refresh_token"]), self._clock.now()
        row = self._store.find_token(token, "refresh")
        if row is None:
            raise _dead_refresh()
        if row["dead"]:
            echo = self._store.get_setting(f"echo.{token}")
            if self.echo_refresh and echo and echo["until"] > now.timestamp():
                return dict(echo["pair"])
            raise _dead_refresh()
        if row["expires_at"] <= now:
            message = "Your refresh_token expired."
            raise ShopeeError("refresh_token_expired", message, 403)
        self._store.kill_tokens(token=token)
        pair = {
            **self._issue(),
            "partner_id": int(self.credentials.client_id),
            "shop_id": self._shop.shop_id,
        }
        until = (now + REFRESH_ECHO).timestamp()
        self._store.set_setting(f"echo.{token}", {"until": until, "pair": pair})
        return pair

    def check_shop(self, request: Request) -> None:
        """Refuse anything but a call signed with a living token of the shop."""
        args = request.args
        for name in ("access_token", "shop_id"):
            if not args.get(name):
                raise _unsigned(f"There is no {name} in query.")
        self._check_sign(request, args["access_token"] + args["shop_id"])
        if args["shop_id"] != str(self._shop.shop_id):
            message = "Partner and shop has no linked."
            raise ShopeeError("shop_no_linked", message, 403)
        row = self._store.find_token(args["access_token"], "access")
        if row is None or row["dead"] or row["expires_at"] <= self._clock.now():
            message = "Invalid access_token, please have a check."
            raise ShopeeError("invalid_acceess_token", message, 403)

    def check_public(self, request: Request) -> None:
        """Refuse anything but a call signed by the application."""
        self._check_sign(request, "")

    def _check_sign(self, request: Request, tail: str) -> None:
        args = request.args
        for name in ("partner_id", "timestamp", "sign"):
            if not args.get(name):
                raise _unsigned(f"There is no {name} in query.")
        if args["partner_id"] != self.credentials.client_id:
            raise ShopeeError("error_auth", "partner_id is invalid", 403)
        stamp = args["timestamp"]
        now = int(self._clock.now().timestamp())
        window = CLOCK_WINDOW / timedelta(seconds=1)
        if not stamp.isdigit() or abs(now - int(stamp)) > window:
            raise ShopeeError("error_param", "Timestamp is expired.", 403)
        base = f"{self.credentials.client_id}{request.path}{stamp}{tail}"
        if not hmac.compare_digest(self.sign(base.encode()), args["sign"]):
            raise ShopeeError("error_sign", "Wrong sign.", 403)
        if self.ip_refused:
            message = (
                "Request Source IP (127.0.0.1) is undeclared. Please declare all your "
                "IP addresses in the Shopee Open Platform Console"
            )
            raise ShopeeError("source_ip_undeclared", message, 403)

    def sign(self, base: bytes) -> str:
        """HMAC-SHA256 of the partner key, lower-case hex."""
        key = self.credentials.client_secret.encode()
        return hmac.new(key, base, hashlib.sha256).hexdigest()

    def _check_body(self, body: dict[str, Any], name: str) -> None:
        allowed = {name, "partner_id", "shop_id"}
        if set(body) != allowed or not body[name]:
            raise _unsigned(f"{', '.join(sorted(allowed))} are required in the body.")
        if body["partner_id"] != int(self.credentials.client_id):
            raise ShopeeError("error_auth", "partner_id is invalid", 403)
        if body["shop_id"] != self._shop.shop_id:
            raise ShopeeError("invalid_shop_id", "The shop_id is invalid.")

    def _issue(self) -> dict[str, Any]:
        now = self._clock.now()
        access, refresh = secrets.token_hex(16), secrets.token_hex(16)
        old = self._store.get_setting("access")
        if old:
            row = self._store.find_token(old, "access")
            grace = now + OLD_ACCESS_GRACE
            if row and not row["dead"] and row["expires_at"] > grace:
                self._store.drop_token(old)
                self._store.add_token(old, "access", grace)
        self._store.set_setting("access", access)
        self._store.add_token(access, "access", now + ACCESS_LIFE)
        self._store.add_token(refresh, "refresh", now + REFRESH_LIFE)
        return {
            "error": "",
            "message": "",
            "request_id": secrets.token_hex(16),
            "access_token": access,
            "refresh_token": refresh,
            "expire_in": int(ACCESS_LIFE.total_seconds()),
        }


def _dead_refresh() -> ShopeeError:
    return ShopeeError("error_auth", "Invalid refresh_token.", 403)


def _unsigned(message: str) -> ShopeeError:
    return ShopeeError("error_param", message, 403)
