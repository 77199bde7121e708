from odoo import api, models
from odoo.fields import Domain

from ..domain.privacy import masked_cpf, names_whole_numbers

NUMBER = "partner_cnpj_cpf"


def _mask_number(records, rows):
    """Mask the recipient's CPF in the rows of `read`."""
    # sudo: whoever reads a note may not be allowed to read its partner.
    partners = {record.id: record.sudo().partner_id for record in records}
    for row in rows:
        if partners[row["id"]]._b2c_hides_cpf():
            row[NUMBER] = masked_cpf(row[NUMBER] or "")
    return rows


def _whole_number_only(condition):
    """As of a partner: a consumer's note is found by the whole number."""
    if condition.field_expr != NUMBER:
        return condition
    if names_whole_numbers(condition.operator, condition.value):
        return condition
    return condition & Domain("partner_id.b2c_consumer", "=", False)


class FiscalDocument(models.Model):
    """The note shows the recipient's number as the partner does."""

    _inherit = "l10n_br_fiscal.document"

    def _read_format(self, fnames, load="_classic_read"):
        rows = super()._read_format(fnames, load)
        if NUMBER in fnames and not self.env.su:
            return _mask_number(self, rows)
        return rows

    @api.model
    def _search(self, domain, *args, **kwargs):
        if not self.env.su:
            domain = Domain(domain).map_conditions(_whole_number_only)
        return super()._search(domain, *args, **kwargs)


class AccountMove(models.Model):
    _inherit = "account.move"

    def _read_format(self, fnames, load="_classic_read"):
        rows = super()._read_format(fnames, load)
        if NUMBER in fnames and not self.env.su:
            return _mask_number(self, rows)
        return rows

    @api.model
    def _search(self, domain, *args, **kwargs):
        if not self.env.su:
            domain = Domain(domain).map_conditions(_whole_number_only)
        return super()._search(domain, *args, **kwargs)
