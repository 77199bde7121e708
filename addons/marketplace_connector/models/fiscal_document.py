"""The NF-e of a marketplace sale: payment, intermediary, and the way to the channel."""

from decimal import Decimal

from odoo import models

from odoo.addons.nfe_batch.domain.document import Intermediary

from ..rules.payment import payments


class FiscalDocument(models.Model):
    _inherit = "l10n_br_fiscal.document"

    def _marketplace_sales(self):
        """Consumer orders that these documents invoice."""
        return self.move_ids.invoice_line_ids.sale_line_ids.order_id.filtered("is_b2c")

    def _marketplace_parcels(self):
        """Hook: the parcels that this NF-e is for; all of its orders' by default."""
        return self._marketplace_sales().marketplace_order_ids.parcel_ids

    def _nfe_prepare_payments(self):
        """How the consumer paid the channel (NT 2025.001), not how it pays us."""
        base = super()._nfe_prepare_payments()
        orders = self._marketplace_sales()
        if not orders or self.edoc_purpose != "1":
            return base
        paid = [row for order in orders for row in order.b2c_payment_data or []]
        total = Decimal(str(self.fiscal_amount_total)).quantize(Decimal("0.01"))
        lang = self.company_id.partner_id.lang or "pt_BR"
        label = self.with_context(lang=lang).env._("Paid on the marketplace")
        return payments(paid, total, label) or base

    def _nfe_prepare_intermediary(self):
        """The marketplace and our seller id there."""
        orders = self._marketplace_sales().filtered("b2c_intermediary_vat")
        if not orders:
            return super()._nfe_prepare_intermediary()
        order = orders[0]
        return Intermediary(
            cnpj="".join(filter(str.isalnum, order.b2c_intermediary_vat)),
            seller_id=order.b2c_intermediary_ref or order.b2c_source,
        )

    def _nfe_after_authorize(self):
        result = super()._nfe_after_authorize()
        self.env["marketplace.outbox"]._enqueue(self)
        return result

    def _nfe_after_cancel(self):
        result = super()._nfe_after_cancel()
        rows = self.env["marketplace.outbox"].search([("document_id", "in", self.ids)])
        rows._block("nfe_cancelled")
        rows.filtered(lambda row: row.state == "accepted")._tell_cancelled()
        return result
