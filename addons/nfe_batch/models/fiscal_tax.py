from odoo import api, models

from odoo.addons.l10n_br_fiscal.constants.fiscal import (
    CFOP_DESTINATION_EXTERNAL,
    NFE_IND_IE_DEST_9,
    TAX_DOMAIN_ICMS_FCP,
)

from ..domain import difal
from .fiscal_document_line import money, number

TAX_DATE = "nfe_tax_date"
"""Context: the day of issue of what is computed, when it is not today."""


class FiscalTax(models.Model):
    """What the engine gets wrong for a consumer in another state.

    It takes the base of the DIFAL from a fixed list of states, and the FCP inside a
    double base from a result that does not exist yet; it leaves both in the base of
    IBS and CBS. All else stays the engine's.
    """

    _inherit = "l10n_br_fiscal.tax"

    @api.model
    def _compute_icms(self, tax, taxes_dict, **kwargs):
        """The share of the destination by the rule of its state.

        The engine marks the lines that owe one with ``icms_sharing_percent``.
        """
        result = super()._compute_icms(tax, taxes_dict, **kwargs)
        icms = taxes_dict[tax.tax_domain]
        if "icms_sharing_percent" in icms:
            owed = self._nfe_difal(icms, kwargs["company"], kwargs["partner"])
            icms["icms_dest_base"] = float(owed.base)
            icms["icms_dest_value"] = float(owed.value)
        return result

    def _nfe_difal(self, icms, company, partner):
        """Self are all taxes of the line: the FCP is among them before its turn.

        :param dict icms: the engine's result of the interstate ICMS
        :return: ``domain.difal.Difal``
        """
        day = self.env.context.get(TAX_DATE) or company._nfe_today()
        fcp = (tax for tax in self if tax.tax_domain == TAX_DOMAIN_ICMS_FCP)
        return difal.compute(
            kind=self.env["nfe.difal.rule"]._nfe_base(partner.state_id, day),
            base=money(icms["base"]),
            origin_value=money(icms["tax_value"]),
            rate=number(icms["icms_dest_perc"]),
            fcp_rate=number(sum(tax.percent_amount for tax in fcp)),
        )

    @api.model
    def _compute_icmsfcp(self, tax, taxes_dict, **kwargs):
        """No FCP without a share of the destination.

        With an empty base (exempt, taxed before) the engine falls back to the price.
        """
        result = super()._compute_icmsfcp(tax, taxes_dict, **kwargs)
        cfop = kwargs.get("cfop")
        to_consumer_elsewhere = (
            cfop
            and cfop.destination == CFOP_DESTINATION_EXTERNAL
            and kwargs["partner"].ind_ie_dest == NFE_IND_IE_DEST_9
        )
        if to_consumer_elsewhere and not taxes_dict.get("icms", {}).get(
            "icms_dest_base"
        ):
            result.update(base=0.0, tax_value=0.0)
        return result

    @api.model
    def _compute_ibs(self, tax, taxes_dict, **kwargs):
        self._nfe_leave_destination_out(tax, taxes_dict)
        return super()._compute_ibs(tax, taxes_dict, **kwargs)

    @api.model
    def _compute_cbs(self, tax, taxes_dict, **kwargs):
        self._nfe_leave_destination_out(tax, taxes_dict)
        return super()._compute_cbs(tax, taxes_dict, **kwargs)

    def _nfe_leave_destination_out(self, tax, taxes_dict):
        """IBS and CBS bear no ICMS, to whichever state it is due, nor the FCP.

        LC 214/2025, art. 12, § 2º, V; NT 2025.002, rule UB16-10: the base leaves out
        vICMS, vICMSUFDest, vFCP and vFCPUFDest. The engine takes vICMS off only.
        """
        icms, fcp = taxes_dict.get("icms", {}), taxes_dict.get("icmsfcp", {})
        taxes_dict[tax.tax_domain]["remove_from_base"] += icms.get(
            "icms_dest_value", 0.0
        ) + fcp.get("tax_value", 0.0)
