from odoo import api, models


class MarketplaceOutbox(models.Model):
    _inherit = "marketplace.outbox"

    @api.model
    def _enqueue(self, documents):
        """A note about several deliveries goes to none: Magalu would refuse it, or
        attach the amount of both to one. A person decides."""
        mixed = documents.filtered(lambda doc: len(doc._magalu_deliveries()) > 1)
        for document in mixed:
            document._magalu_report_mixed()
        return super()._enqueue(documents - mixed)


class FiscalDocument(models.Model):
    _inherit = "l10n_br_fiscal.document"

    def _magalu_report_mixed(self):
        """The work queue tells what to do with a note of several deliveries."""
        order = self._marketplace_sales()[:1]
        account = order.marketplace_account_id._in_company_language()
        texts = account.env
        self.env["b2c.issue"]._report(
            "magalu_note_of_several_deliveries",
            record=self,
            order=order,
            company=self.company_id,
            message=texts._(
                "NF-e %(number)s holds goods of %(count)s deliveries of order "
                "%(order)s. Magalu takes one NF-e for each delivery: this one was not "
                "sent.",
                number=self.document_number,
                count=len(self._magalu_deliveries()),
                order=order.b2c_external_id,
            ),
            suggestion=texts._(
                "Cancel the NF-e and invoice the order again: one invoice for each "
                "delivery is made by itself."
            ),
        )
