from odoo import api, models
from odoo.exceptions import AccessError

from ..told import is_machinery

# What the guard, the note and the money go by. Written by the code of this server only:
# a field that is read-only on a screen is open to every other call of a client.
PROTECTED = frozenset(
    {
        "is_b2c",
        "b2c_source",
        "b2c_external_id",
        "b2c_pack_id",
        "b2c_paid_total",
        "b2c_seller_discount",
        "b2c_channel_discount",
        "b2c_intermediary_vat",
        "b2c_intermediary_ref",
        "b2c_payment_data",
        "b2c_pending_payload",
        "b2c_order_state",
        "b2c_payment_state",
        "b2c_fiscal_state",
        "b2c_parcel_state",
        "b2c_return_state",
        "b2c_settlement_state",
        "b2c_state_unknown",
        "b2c_last_fact_at",
        "b2c_held",
        "b2c_hold_note",
        "b2c_override_until",
        "b2c_changing",
    }
)
_DEFAULTS = frozenset(f"default_{name}" for name in PROTECTED)


class SaleOrder(models.Model):
    """Nobody forges a consumer order, or the facts about one."""

    _inherit = "sale.order"

    @api.model_create_multi
    def create(self, vals_list):
        """:raises AccessError: a value that follows the log comes from outside"""
        if not (self.env.su or is_machinery(self.env)):
            forged = {
                name
                for vals in vals_list
                for name in PROTECTED.intersection(vals)
                if vals[name]
            }
            self._b2c_refuse_forged(forged | _DEFAULTS.intersection(self.env.context))
        return super().create(vals_list)

    def write(self, vals):
        """:raises AccessError: see `create`"""
        if not self.env.su:
            self._b2c_refuse_forged(PROTECTED.intersection(vals))
        return super().write(vals)

    @api.model
    def _b2c_refuse_forged(self, names):
        if names:
            raise AccessError(
                self.env._(
                    "What is known about a consumer order follows its log and is not "
                    "written by hand: %s.",
                    ", ".join(sorted(names)),
                )
            )
