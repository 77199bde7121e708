from odoo import api, models

from .fiscal_document_line_return import RETURNED
from .fiscal_tax import TAX_DATE


class FiscalTax(models.Model):
    _inherit = "l10n_br_fiscal.tax"

    def compute_taxes(self, **kwargs):
        """The journal asks the engine itself: it gets what stands on the note."""
        result = super().compute_taxes(**kwargs)
        returned = self.env.context.get(RETURNED)
        if returned:
            line_id, part = returned
            line = self.env["l10n_br_fiscal.document.line"].browse(line_id)
            line._nfe_mirror(result, part)
        return result


class AccountTax(models.Model):
    _inherit = "account.tax"

    def _add_br_tax_details_in_base_line(
        self, base_line, company, rounding_method=None
    ):
        """The journal's taxes by the day of issue, and those of a returned line."""
        record = base_line["record"]
        context = {}
        if record._name == "account.move.line":
            context = record._nfe_tax_context()
        if not context:
            return super()._add_br_tax_details_in_base_line(
                base_line, company, rounding_method
            )
        seen = {**base_line, "record": record.with_context(**context)}
        super()._add_br_tax_details_in_base_line(seen, company, rounding_method)
        base_line["tax_details"] = seen["tax_details"]
        return None


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    def _nfe_tax_context(self):
        """What the engine cannot see of the line that it computes."""
        line, context = self.fiscal_document_line_id, {}
        day = line and line._nfe_tax_date()
        if day:
            context[TAX_DATE] = day
        if line.nfe_returned_line_id:
            context[RETURNED] = (line.nfe_returned_line_id.id, line._nfe_part())
        return context

    @api.depends("nfe_returned_line_id")
    def _compute_totals(self):
        others = self.browse()
        for line in self:
            context = line.nfe_returned_line_id and line._nfe_tax_context()
            if context:
                super(AccountMoveLine, line.with_context(**context))._compute_totals()
            else:
                others += line
        if others:
            super(AccountMoveLine, others)._compute_totals()

    def copy_data(self, default=None):
        """A reversed line knows what it takes back: what was not returned before."""
        result = super().copy_data(default=default)
        if not self.env.context.get("nfe_reversal"):
            return result
        lefts = self.fiscal_document_line_id._nfe_returnable()
        for line, values in zip(self, result, strict=True):
            sold = line.fiscal_document_line_id
            if not sold or line.display_type != "product":
                continue
            values["nfe_returned_line_id"] = sold.id
            left = lefts[sold]
            if 0 < left < sold.quantity:
                values |= {"quantity": left, "proxy_quantity": left}
                values |= sold._nfe_costs(left)
        return result


class AccountMove(models.Model):
    _inherit = "account.move"

    def _reverse_moves(self, default_values_list=None, cancel=False):
        reversal = self.with_context(nfe_reversal=True)
        return (
            super(AccountMove, reversal)
            ._reverse_moves(default_values_list=default_values_list, cancel=cancel)
            .with_env(self.env)
        )

    def _nfe_keep_returned(self, quantities):
        """Leave in a credit note what comes back.

        :param dict quantities: line of the original note → quantity
        """
        for line in self.invoice_line_ids:
            quantity = quantities.get(line.nfe_returned_line_id)
            if not quantity:
                line.unlink()
            elif quantity != line.quantity:
                line.quantity = quantity
