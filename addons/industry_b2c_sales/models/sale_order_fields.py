from odoo import api, models
from odoo.exceptions import AccessError

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
# Compared with ``is``: a client may send any context, but not this object.
_MACHINERY = object()


class SaleOrder(models.Model):
    """Nobody forges a consumer order, or the facts about one."""

    _inherit = "sale.order"

    @api.model
    def _b2c_as_machinery(self):
        """For the intake, which makes orders with the rights of any user."""
        return self.with_context(b2c_machinery=_MACHINERY)

    @api.model_create_multi
    def create(self, vals_list):
        """:raises AccessError: a value that follows the log comes from outside"""
        trusted = self.env.su or self.env.context.get("b2c_machinery") is _MACHINERY
        if not trusted:
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
