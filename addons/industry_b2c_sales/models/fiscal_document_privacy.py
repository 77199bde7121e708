from odoo import api, models
from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tools import SQL

from ..domain.privacy import masked_cpf, names_whole_numbers

NUMBER = "partner_cnpj_cpf"


class RecipientPrivacy(models.AbstractModel):
    """A document shows the recipient's number as the partner does.

    Code of the server reads ``partner_cnpj_cpf`` as ever; what is masked is the answer
    to a client, see `res_partner_privacy.py`. Where the partner has an answer of its
    own (export, groups) it is the one that is asked.
    """

    _name = "b2c.recipient.privacy"
    _description = "Recipient's Number on a Document"

    # The way from the document to the number, as a client may go it.
    _b2c_number_path = ("partner_id", "vat")

    # ------------------------------------------------------------ ways out

    def _read_format(self, fnames, load="_classic_read"):
        # What `onchange` answers passes here too.
        rows = super()._read_format(fnames, load)
        if NUMBER not in fnames or self.env.su:
            return rows
        # sudo: whoever reads a note may not be allowed to read its partner.
        partners = {record.id: record.sudo().partner_id for record in self}
        for row in rows:
            if partners[row["id"]]._b2c_hides_cpf():
                row[NUMBER] = masked_cpf(row[NUMBER] or "")
        return rows

    def _export_rows(self, fields, *, _is_toplevel_call=True):
        """Who has the group exports whole numbers and leaves a trace, others masked."""
        if not self.env.su:
            fields = [
                list(self._b2c_number_path) if path and path[0] == NUMBER else path
                for path in fields
            ]
        return super()._export_rows(fields, _is_toplevel_call=_is_toplevel_call)

    # ------------------------------------------------------------ ways to guess

    @api.model
    def _search(self, domain, *args, **kwargs):
        if not self.env.su:
            domain = Domain(domain).map_conditions(self._b2c_whole_number_only)
        return super()._search(domain, *args, **kwargs)

    @api.model
    def _b2c_whole_number_only(self, condition):
        """As of a partner: a consumer's note is found by the whole number."""
        if condition.field_expr != NUMBER:
            return condition
        if names_whole_numbers(condition.operator, condition.value):
            return condition
        return condition & Domain("partner_id.b2c_consumer", "=", False)

    def _read_group_groupby(self, alias, groupby_spec, query):
        if groupby_spec == NUMBER and not self.env.su:
            groupby_spec = ".".join(self._b2c_number_path)
        return super()._read_group_groupby(alias, groupby_spec, query)

    def _read_group_select(self, aggregate_spec, query):
        if aggregate_spec.split(":")[0] == NUMBER and not self.env.su:
            raise AccessError(self.env._("CPF and CNPJ cannot be aggregated."))
        return super()._read_group_select(aggregate_spec, query)

    def _order_field_to_sql(self, alias, field_name, direction, nulls, query):
        """Nothing stands in the order of the numbers: it would tell them."""
        if field_name == NUMBER and not self.env.su:
            return SQL()
        return super()._order_field_to_sql(alias, field_name, direction, nulls, query)


class FiscalDocument(models.Model):
    _name = "l10n_br_fiscal.document"
    _inherit = ["l10n_br_fiscal.document", "b2c.recipient.privacy"]

    def _compute_document_name(self):
        """The complete name ends with the recipient's number."""
        name = super()._compute_document_name()
        vat = self.partner_id.vat
        if self.partner_id._b2c_hides_cpf():
            return name.replace(vat, masked_cpf(vat))
        return name


class AccountMove(models.Model):
    _name = "account.move"
    _inherit = ["account.move", "b2c.recipient.privacy"]

    _b2c_number_path = ("fiscal_document_id", "partner_id", "vat")
