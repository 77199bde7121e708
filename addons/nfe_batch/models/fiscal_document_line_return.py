from decimal import Decimal

from odoo import api, fields, models

from ..domain import difal
from .fiscal_document_line import money, number
from .fiscal_tax import TAX_DATE

COSTS = ("freight_value", "insurance_value", "other_value", "discount_value")
NOT_RETURNED = ("em_digitacao", "cancelada", "denegada", "inutilizada")
"""Situations of a note that takes nothing back: a draft may never be more."""
RETURNED = "nfe_returned"
"""Context: (id of the returned line, part of it) of what the journal computes."""

ICMS_EXTRA = {
    "icms_dest_base": "icms_destination_base",
    "icms_dest_value": "icms_destination_value",
    "icms_origin_value": "icms_origin_value",
    "icms_relief": "icms_relief_value",
}
"""Amounts of the ICMS beside base and value: the engine's name, the field."""
ICMS_RATES = {
    "icms_dest_perc": "icms_destination_percent",
    "icms_origin_perc": "icms_origin_percent",
    "icms_sharing_percent": "icms_sharing_percent",
}


class FiscalDocumentLineReturn(models.Model):
    """A line that takes goods back bears the taxes that they were sold with.

    The engine would compute them anew: by today's rates, with the IPI of the NCM on
    goods that were only resold, without FCP, without the cents of the sale. So the
    taxes are those of the returned line, their amounts by the returned part of it.
    """

    _inherit = "l10n_br_fiscal.document.line"

    nfe_returned_line_id = fields.Many2one(
        "l10n_br_fiscal.document.line",
        "Returned Line",
        copy=False,
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
        help="The line of the original note whose goods come back.",
    )

    @api.depends("nfe_returned_line_id")
    def _compute_fiscal_tax_ids(self):
        result = super()._compute_fiscal_tax_ids()
        if not self.env.context.get("skip_compute_fiscal_tax_ids"):
            for line in self.filtered("nfe_returned_line_id"):
                sold = line.nfe_returned_line_id
                line.fiscal_tax_ids = sold.fiscal_tax_ids
                line.icms_tax_benefit_id = sold.icms_tax_benefit_id
                line.ipi_guideline_id = sold.ipi_guideline_id
                line.tax_classification_id = sold.tax_classification_id
        return result

    @api.depends("nfe_returned_line_id")
    def _compute_tax_fields(self):
        """By the rules of the day of issue, also when it is not today."""
        for day, lines in self.grouped(lambda line: line._nfe_tax_date()).items():
            if day:
                lines = lines.with_context(**{TAX_DATE: day})
            super(FiscalDocumentLineReturn, lines)._compute_tax_fields()

    def _nfe_tax_date(self):
        """Day of issue in the state of the issuer; False when it is today, or open."""
        document = self.document_id
        if not document.document_date:
            return False
        day = document._nfe_local(document.document_date).date()
        return day != document.company_id._nfe_today() and day

    def _prepare_tax_fields(self, compute_result):
        """The caller takes the sums from the same result, so it is changed."""
        if self.nfe_returned_line_id:
            self.nfe_returned_line_id._nfe_mirror(compute_result, self._nfe_part())
        return super()._prepare_tax_fields(compute_result)

    def _nfe_part(self):
        """How much of the returned line comes back: by quantity, and by price when a
        part of the price only is given back.

        :return: Decimal from 0 to 1
        """
        sold = self.nfe_returned_line_id
        whole = number(sold.quantity, 6) * number(sold.price_unit, 10)
        part = number(self.quantity, 6) * number(self.price_unit, 10)
        return part / whole if whole else Decimal(0)

    def _nfe_mirror(self, result, part):
        """Put the amounts of this line, times ``part``, into a result of the engine.

        :param dict result: of ``compute_taxes``, changed in place
        :param Decimal part: the part of this line that comes back
        """
        for domain, values in result.get("taxes", {}).items():
            if f"{domain}_value" not in self._fields:
                continue
            before = values.get("tax_value", 0.0)
            values["base"] = self._nfe_back(f"{domain}_base", part)
            values["tax_value"] = self._nfe_back(f"{domain}_value", part)
            values["percent_amount"] = self[f"{domain}_percent"]
            if domain == "icms":
                self._nfe_mirror_icms(values, part)
            result[_sum_of(values)] += values["tax_value"] - before

    def _nfe_mirror_icms(self, values, part):
        for name, field in ICMS_EXTRA.items():
            values[name] = self._nfe_back(field, part)
        for name, field in ICMS_RATES.items():
            values[name] = self[field]

    def _nfe_back(self, field, part):
        return float(difal.share(money(self[field]), part))

    # === WHAT GOES WITH THE GOODS === #

    def _nfe_returnable(self, documents=None):
        """What of these lines was not returned yet. Drafts do not count.

        :param documents: ``l10n_br_fiscal.document`` records that count although they
            are drafts: those that are being confirmed
        :return: dict of line → quantity, in the unit of the line
        """
        if not self:
            return {}
        returned = self._read_group(
            [
                ("nfe_returned_line_id", "in", self.ids),
                "|",
                ("document_id", "in", documents.ids if documents else []),
                ("document_id.state_edoc", "not in", NOT_RETURNED),
            ],
            ["nfe_returned_line_id"],
            ["quantity:sum"],
        )
        back = {line.id: quantity for line, quantity in returned}
        return {line: round(line.quantity - back.get(line.id, 0.0), 6) for line in self}

    def write(self, vals):
        result = super().write(vals)
        if {"quantity", "proxy_quantity"} & vals.keys():
            self.filtered("nfe_returned_line_id")._nfe_share_costs()
        return result

    def _nfe_share_costs(self):
        for line in self:
            costs = line.nfe_returned_line_id._nfe_costs(line.quantity)
            news = {name: cost for name, cost in costs.items() if line[name] != cost}
            if news:
                line.write(news)

    def _nfe_costs(self, quantity):
        """Freight, insurance, other costs and discount of a quantity of this line.

        :return: dict of field → amount
        """
        part = number(quantity, 6) / (number(self.quantity, 6) or 1)
        return {name: self._nfe_back(name, part) for name in COSTS}


def _sum_of(values):
    """Which sum of the engine's result a tax counts in."""
    if values.get("tax_withholding"):
        return "amount_withholding"
    return "amount_included" if values.get("tax_include") else "amount_not_included"
