from odoo import models

from ..const import CHANNEL


class FiscalDocument(models.Model):
    _inherit = "l10n_br_fiscal.document"

    def _marketplace_parcels(self):
        """Of an order of Magalu only the deliveries that this NF-e is about."""
        parcels = super()._marketplace_parcels()
        theirs = parcels.filtered(lambda p: p.account_id.channel == CHANNEL)
        if not theirs:
            return parcels
        wanted = self._magalu_deliveries()
        meant = theirs.filtered(lambda parcel: parcel.external_id in wanted)
        return parcels - theirs + meant

    def _magalu_deliveries(self) -> set:
        """Deliveries of Magalu whose goods are on this NF-e."""
        lines = self.move_ids.invoice_line_ids.sale_line_ids
        theirs = lines.filtered(
            lambda line: (line.order_id.b2c_source or "").startswith(f"{CHANNEL}/")
        )
        return {line._magalu_delivery() for line in theirs} - {""}
