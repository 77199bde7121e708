"""Signs every call with the partner key, and checks what Shopee signed.

Source: developer guides "Authorization and Authentication" and "Push Mechanism". No
separators, lower-case hex, the key is text. The clock may be wrong by five minutes.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime

from odoo.addons.marketplace_connector.domain.http import Call

from .values import epoch


def signature(key: str, base: str | bytes) -> str:
    """HMAC-SHA256 in lower-case hex."""
    message = base.encode() if isinstance(base, str) else base
    return hmac.new(key.encode(), message, hashlib.sha256).hexdigest()


def push_signature(key: str, url: str, body: bytes) -> str:
    """Of a push: the address as it is registered, a bar, the body byte for byte."""
    return signature(key, f"{url}|".encode() + body)


@dataclass(frozen=True, slots=True)
class Partner:
    """The application that is registered at Shopee, bound to one shop.

    ``base_url``: another server instead of Shopee's ("" = theirs).
    """

    partner_id: str
    key: str = field(repr=False)
    shop_id: str
    now: Callable[[], datetime]
    base_url: str = ""

    def shop_call(self, call: Call, token: str, shop_id: str = "") -> Call:
        """Signed for one shop; Shopee's way to pass a token is the query."""
        shop = shop_id or self.shop_id
        stamp = str(epoch(self.now()))
        base = f"{self.partner_id}{call.path}{stamp}{token}{shop}"
        return self._signed(call, stamp, base, access_token=token, shop_id=shop)

    def public_call(self, call: Call) -> Call:
        """Signed for the application alone: tokens and push messages."""
        stamp = str(epoch(self.now()))
        return self._signed(call, stamp, f"{self.partner_id}{call.path}{stamp}")

    def _signed(self, call: Call, stamp: str, base: str, **more: str) -> Call:
        common = {
            "partner_id": self.partner_id,
            "timestamp": stamp,
            "sign": signature(self.key, base),
        }
        return replace(call, params={**call.params, **common, **more})
