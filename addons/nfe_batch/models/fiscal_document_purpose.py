from odoo import fields, models


class FiscalDocumentPurpose(models.Model):
    """Types of credit and debit notes (NT 2025.002) that the layer below lacks."""

    _inherit = "l10n_br_fiscal.document"

    edoc_refund_credit_type = fields.Selection(
        selection_add=[
            ("01", "Fines and interest"),
            ("02", "Presumed IBS credit on the balance due in the ZFM"),
            ("03", "Delivery refused or recipient not found"),
            ("04", "Lower values"),
            ("05", "Transfer of credit in a succession"),
            ("06", "Delivery refused in part"),
        ]
    )
    edoc_refund_debit_type = fields.Selection(
        selection_add=[
            ("06", "Payment in advance"),
            ("07", "Loss of stock"),
            ("08", "Leaving the Simples Nacional"),
        ]
    )
