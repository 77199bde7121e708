"""The seller cancels a sale: feedback ``fulfilled: false`` (API page "feedback de uma
venda"). It ends the whole order; single units are cancelled by the buyer or by ML."""

from __future__ import annotations

from collections.abc import Mapping

from odoo.addons.marketplace_connector.domain.contract import (
    ChannelError,
    OutcomeUnknown,
    Rejected,
    Transient,
)

from .client import Client
from .client_service import ServiceClient
from .errors import BUG, OPERATOR
from .mapping import is_dead
from .values import Json, drift_guarded, money

# Reason of the API and what the buyer reads (at most 160 characters).
_REASONS = {
    "out_of_stock": ("OUT_OF_STOCK", "O produto ficou sem estoque."),
    "undeliverable": (
        "OTHER_MY_RESPONSIBILITY",
        "Não conseguimos enviar o produto para este endereço.",
    ),
    "buyer_asked": ("BUYER_REGRETS", "Cancelamento a pedido do comprador."),
}


class CancelMixin:
    """CANCEL of the adapter."""

    _client: Client
    _service: ServiceClient

    def cancel(
        self, order_id: str, reason: str, lines: Mapping[str, int] | None = None
    ) -> None:
        """Cancel the whole sale; cancelled already is no error.

        Read-back: the order itself.

        :raise Rejected: ``partial_cancel`` for a part of the order; shipped already
        """
        if reason not in _REASONS:
            raise Rejected("cancel_reason", f"unknown reason {reason}", who=BUG)
        raw, _partial = self._client.order(order_id)
        if is_dead(raw):
            return
        if lines is not None and sum(lines.values()) < _units(raw):
            raise Rejected("partial_cancel", "only whole orders", who=OPERATOR)
        code, message = _REASONS[reason]
        try:
            self._service.post_feedback(order_id, code, message)
        except OutcomeUnknown as error:
            if not self._is_dead_now(order_id, error):
                raise Transient("the order is not cancelled") from error
        except Rejected as error:
            if not self._is_dead_now(order_id, error):
                raise

    def _is_dead_now(self, order_id: str, error: ChannelError) -> bool:
        try:
            return is_dead(self._client.order(order_id)[0])
        except ChannelError:
            raise error from None


@drift_guarded
def _units(raw: Json) -> int:
    return int(sum(money(row["quantity"]) for row in raw.get("order_items") or ()))
