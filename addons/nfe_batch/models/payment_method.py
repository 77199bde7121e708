from odoo import fields, models

from ..const import PAYMENT_METHODS


class AccountPaymentTerm(models.Model):
    _inherit = "account.payment.term"

    nfe_payment_method = fields.Selection(
        PAYMENT_METHODS,
        "Means of Payment in the NF-e",
        help="tPag of invoices with these terms, unless their payment method has one.",
    )


class AccountPaymentMethodLine(models.Model):
    _inherit = "account.payment.method.line"

    nfe_payment_method = fields.Selection(
        PAYMENT_METHODS, "Means of Payment in the NF-e"
    )
