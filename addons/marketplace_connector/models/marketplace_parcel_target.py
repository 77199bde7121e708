"""What an NF-e is attached to on the channel: one target, one or more parcels."""

from odoo import fields, models

from ..rules import living
from ..rules.command import FEATURES, Kind

SHARED = ("order", "pack")


class MarketplaceParcel(models.Model):
    _inherit = "marketplace.parcel"

    own_freight = fields.Boolean(
        "Our Own Carrier",
        readonly=True,
        help="The channel does not carry it: we tell it the tracking code.",
    )

    def _same_target(self):
        """Self and the other parcels whose NF-e is attached to the same thing."""
        shared = self.filtered(lambda one: one.target_unit in SHARED and one.target_ref)
        if not shared:
            return self
        return self | self.search(
            [
                ("account_id", "in", shared.account_id.ids),
                ("target_unit", "in", list(SHARED)),
                ("target_ref", "in", shared.mapped("target_ref")),
            ]
        )

    def _one_per_target(self):
        """One parcel of each target: its NF-e is handed over once."""
        first = {}
        for parcel in self:
            own = parcel.external_id
            ref = parcel.target_ref if parcel.target_unit in SHARED else own
            first.setdefault((parcel.account_id, parcel.target_unit, ref), parcel)
        return self.browse().concat(*first.values())

    def _adopt_place_holders(self, binding, order, values):
        """The parcel that stood for an order without parcels becomes its first one.

        :param values: values of the reading by parcel id
        """
        named = {target.external_id for target in order.invoice_targets} - set(values)
        parcels = [parcel.external_id for parcel in living.forward(order)]
        holders = binding.parcel_ids.filtered(lambda one: one.external_id in named)
        known = self.search(
            [
                ("account_id", "=", binding.account_id.id),
                ("external_id", "in", parcels),
            ]
        )
        free = [ref for ref in parcels if ref not in known.mapped("external_id")]
        for holder, ref in zip(holders, free, strict=False):
            holder.external_id = ref

    def _shows_dead_note(self) -> bool:
        """Does the channel hold an NF-e that was cancelled meanwhile?"""
        self.ensure_one()
        held = self._same_target().outbox_ids.document_id.filtered(
            lambda document: document.document_key == self.invoice_key
        )
        return "cancelada" in held.mapped("state_edoc")

    def _forget_note(self, key):
        """The channel knows that the NF-e was cancelled: the new one may go there."""
        parcels = self._same_target().filtered(lambda one: one.invoice_key == key)
        parcels.write({"invoice_state": "needed", "invoice_key": False})
        sales = parcels.channel_order_ids.sale_order_id
        self.env["marketplace.outbox"]._enqueue(sales._marketplace_documents())


class MarketplaceOutbox(models.Model):
    _inherit = "marketplace.outbox"

    def _tell_cancelled(self):
        """The channel holds NF-e that were cancelled at the SEFAZ.

        Where it cannot be told, a person is asked only about orders that go on: with a
        cancelled order nobody looks at its note.
        """
        for row in self:
            can_tell = row.account_id._has_feature(FEATURES[Kind.INVOICE_CANCELLED])
            for binding in row.parcel_id.channel_order_ids[:1]:
                lost = {binding.state, binding.sale_order_id.b2c_order_state}
                if can_tell or not lost & {"cancelled", "superseded"}:
                    self.env["marketplace.command"]._tell(
                        Kind.INVOICE_CANCELLED,
                        binding,
                        parcel=row.parcel_id,
                        args={"key": row.document_key},
                    )
