from odoo import api, fields, models
from odoo.tools import email_normalize_all


class NfeReceiver(models.Model):
    """Somebody besides the customer who gets the XML of a company's notes."""

    _name = "nfe.receiver"
    _description = "NF-e Receiver"
    _order = "role, id"
    _check_company_auto = True

    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    partner_id = fields.Many2one(
        "res.partner", "Contact", required=True, check_company=True
    )
    role = fields.Selection(
        [
            ("accountant", "Accountant"),
            ("carrier", "Carrier"),
            ("insurer", "Insurer"),
            ("other", "Other"),
        ],
        default="accountant",
        required=True,
    )
    fiscal_operation_ids = fields.Many2many(
        "l10n_br_fiscal.operation",
        string="Fiscal Operations",
        help="Only notes of these operations. Empty: all notes.",
    )
    every_note = fields.Boolean(
        "Each Note", help="XML and DANFE by e-mail, as soon as the note is authorised."
    )
    monthly = fields.Boolean("Monthly Package", default=True)
    active = fields.Boolean(default=True)

    @api.depends("partner_id")
    def _compute_display_name(self):
        for record in self:
            record.display_name = record.partner_id.display_name

    def _emails(self):
        """Addresses of self, each once."""
        return list(
            dict.fromkeys(
                email for record in self for email in record.partner_id._nfe_emails()
            )
        )

    def _wants(self, document):
        """Those of self who get this note."""
        return self.filtered(
            lambda row: (
                row.every_note
                and (
                    not row.fiscal_operation_ids
                    or document.fiscal_operation_id in row.fiscal_operation_ids
                )
            )
        )


class ResPartner(models.Model):
    _inherit = "res.partner"

    nfe_email = fields.Char(
        "NF-e E-mail", help="Addresses for XML and DANFE. Empty: the contact's e-mail."
    )
    nfe_mail = fields.Selection(
        [("always", "Always"), ("never", "Never")],
        "Gets the NF-e by E-mail",
        help="Empty: as the company decides for its customers.",
    )

    def _nfe_emails(self):
        """Normalised addresses for XML and DANFE."""
        self.ensure_one()
        company = self.commercial_partner_id
        text = self.nfe_email or company.nfe_email or self.email or company.email
        return email_normalize_all(text or "")
