from decimal import Decimal

from odoo import fields, models

from ..domain import document as nfe
from ..domain.preflight_items import is_valid_gtin
from ..domain.preflight_taxes import REFUSED_DELIVERY

INTERSTATE, CONSUMER, NOT_CONTRIBUTOR = "2", "1", "9"
ICMS_WITHOUT_SHARE = ("40", "41", "50", "60", "103", "300", "400", "500")
"""Codes with nothing to share with the state of the consumer."""


def money(value):
    """A monetary field as Decimal with two places."""
    return Decimal(str(round(value or 0.0, 2))).quantize(Decimal("0.01"))


def number(value, places=4):
    """A quantity or a rate as Decimal, without noise of the float."""
    return Decimal(str(round(value or 0.0, places)))


class FiscalDocumentLine(models.Model):
    """A line as plain data (``domain.document.Item``)."""

    _inherit = "l10n_br_fiscal.document.line"

    # Each write of a partner looks its lines up: a sequential scan without the index.
    partner_id = fields.Many2one(index=True)

    def _nfe_item_data(self):
        """Read the line into plain data.

        :return: ``domain.document.Item``
        """
        self.ensure_one()
        product = self.product_id
        unit = self._nfe_unit(self.uom_id)
        return nfe.Item(
            code=product.default_code or str(product.id or self.id),
            description=self.name or product.name or "",
            ncm=self.ncm_id.code_unmasked or "",
            cfop=self.cfop_id.code or "",
            unit=unit,
            quantity=number(self.quantity),
            unit_price=number(self.price_unit, 10),
            gross=money(self.price_gross),
            taxes=self._nfe_taxes_data(),
            gtin=self._nfe_gtin(),
            cest=self.cest_id.code_unmasked or "",
            ex_tipi=self.ncm_id.exception or "",
            benefit_code=self.icms_tax_benefit_code or "",
            freight=money(self.freight_value),
            insurance=money(self.insurance_value),
            discount=money(self.discount_value),
            other=money(self.other_value),
            order_ref=self.partner_order or "",
            order_line=self.partner_order_line or "",
            info=(self.additional_data or "").strip(),
            **self._nfe_tax_unit_data(),
        )

    def _nfe_other_tax_unit(self):
        """Is the line taxed by another unit than it is sold by?"""
        return bool(self.uot_id and self.uom_id and self.uot_id != self.uom_id)

    def _nfe_tax_unit_data(self):
        """uTrib and what goes with it, when it is not the unit that is sold. The price
        comes from vProd: OCA's may be rounded, and it must give vProd back."""
        quantity = number(self.fiscal_quantity)
        if not quantity or not self._nfe_other_tax_unit():
            return {}
        return {
            "tax_unit": self._nfe_unit(self.uot_id),
            "tax_quantity": quantity,
            "tax_unit_price": round(money(self.price_gross) / quantity, 10),
            "tax_gtin": self._nfe_gtin() and self._nfe_product_gtin(),
        }

    def _nfe_unit(self, uom):
        return (uom.code or uom.name or "").strip().upper()[:6]

    def _nfe_gtin(self):
        """cEAN; an internal code is not told the SEFAZ.

        A carton that is taxed by the unit has its own GTIN-14, and the unit's stands
        in cEANTrib. The SEFAZ takes both or none of them (rejections 885 and 886).
        """
        own = self._nfe_product_gtin()
        product = self.product_id
        if not self._nfe_other_tax_unit() or self.uom_id == product.uom_id:
            return own
        sizes = product.product_uom_ids.filtered(lambda one: one.uom_id == self.uom_id)
        return own and next(filter(is_valid_gtin, sizes.mapped("barcode")), "")

    def _nfe_product_gtin(self):
        barcode = self.product_id.barcode or ""
        return barcode if is_valid_gtin(barcode) else ""

    def _nfe_taxes_data(self):
        document = self.document_id
        if (
            document.edoc_purpose in (nfe.CREDIT, nfe.DEBIT)
            and document.edoc_refund_credit_type not in REFUSED_DELIVERY
        ):
            return nfe.Taxes(ibs_cbs=self._nfe_ibs_cbs_data())
        return nfe.Taxes(
            icms=self._nfe_icms_data(),
            ipi=self._nfe_ipi_data(),
            pis=self._nfe_contribution_data("pis"),
            cofins=self._nfe_contribution_data("cofins"),
            icms_uf_dest=self._nfe_icms_uf_dest_data(),
            ibs_cbs=self._nfe_ibs_cbs_data(),
            selective=self._nfe_selective_tax_data(),
            approximate=money(self.estimate_tax),
            returned_share=number(self.p_devol, 2),
            returned_ipi=money(self.ipi_devol_value),
        )

    def _nfe_icms_data(self):
        # With a share for the consumer's state its FCP goes into that group.
        fcp = not self._nfe_shares_icms()
        retained = self.icms_cst_code in ("60", "500")
        operation = round(money(self.icms_base) * number(self.icms_percent) / 100, 2)
        deferred = operation - money(self.icms_value)
        return nfe.Icms(
            origin=self.icms_origin or "",
            code=self.icms_cst_code or "",
            base=money(self.icms_base),
            rate=number(self.icms_percent),
            value=money(self.icms_value),
            base_reduction=number(self.icms_reduction),
            operation_value=operation,
            deferral_rate=round(deferred * 100 / operation, 4)
            if operation
            else nfe.ZERO,
            deferred_value=deferred,
            fcp_base=money(self.icmsfcp_base) if fcp else nfe.ZERO,
            fcp_rate=number(self.icmsfcp_percent) if fcp else nfe.ZERO,
            fcp_value=money(self.icmsfcp_value) if fcp else nfe.ZERO,
            relief_value=money(self.icms_relief_value),
            relief_reason=self.icms_relief_id.code or "",
            relief_deducted=self.icms_relief_type == "1",
            st_base_mode=self.icmsst_base_type or "4",
            st_margin=number(self.icmsst_mva_percent),
            st_base_reduction=number(self.icmsst_reduction),
            st_base=money(self.icmsst_base),
            st_rate=number(self.icmsst_percent),
            st_value=money(self.icmsst_value),
            fcp_st_base=money(self.icmsfcpst_base),
            fcp_st_rate=number(self.icmsfcpst_percent),
            fcp_st_value=money(self.icmsfcpst_value),
            retained_base=money(self.icmsst_wh_base) if retained else None,
            retained_rate=number(self.icmsst_wh_percent),
            retained_substitute=money(self.icms_substitute),
            retained_value=money(self.icmsst_wh_value),
            fcp_retained_base=money(self.icmsfcp_base_wh),
            fcp_retained_rate=number(self.icmsfcp_wh_percent),
            fcp_retained_value=money(self.icmsfcp_value_wh),
            effective_reduction=number(self.icms_effective_reduction),
            effective_base=money(self.icms_effective_base),
            effective_rate=number(self.icms_effective_percent),
            effective_value=money(self.icms_effective_value),
            credit_rate=number(self.icmssn_percent),
            credit_value=money(self.icmssn_credit_value),
        )

    def _nfe_shares_icms(self):
        """Interstate sale to a final consumer who pays no ICMS (EC 87/2015)."""
        document = self.document_id
        return (
            document._nfe_destination() == INTERSTATE
            and document.ind_final == CONSUMER
            and document.partner_id.ind_ie_dest == NOT_CONTRIBUTOR
            and self.icms_cst_code not in ICMS_WITHOUT_SHARE
        )

    def _nfe_icms_uf_dest_data(self):
        if not self._nfe_shares_icms() or not self.icms_destination_base:
            return None
        return nfe.IcmsUfDest(
            base=money(self.icms_destination_base),
            rate=number(self.icms_destination_percent),
            interstate_rate=number(self.icms_origin_percent or self.icms_percent),
            value=money(self.icms_destination_value),
            fcp_base=money(self.icmsfcp_base),
            fcp_rate=number(self.icmsfcp_percent),
            fcp_value=money(self.icmsfcp_value),
            sender_value=money(self.icms_origin_value),
        )

    def _nfe_ipi_data(self):
        if not self.ipi_cst_code:
            return None
        return nfe.Ipi(
            cst=self.ipi_cst_code,
            framework=self.ipi_guideline_id.code or "999",
            base=money(self.ipi_base),
            rate=number(self.ipi_percent),
            value=money(self.ipi_value),
            **self._nfe_by_unit("ipi"),
        )

    def _nfe_contribution_data(self, tax):
        """PIS or COFINS; the engine has the same four fields for both."""
        return nfe.Contribution(
            cst=self[f"{tax}_cst_code"] or "",
            base=money(self[f"{tax}_base"]),
            rate=number(self[f"{tax}_percent"]),
            value=money(self[f"{tax}_value"]),
            **self._nfe_by_unit(tax),
        )

    def _nfe_by_unit(self, tax):
        """What is due by unit tells quantity and BRL per unit instead of a rate."""
        quantity = number(self.fiscal_quantity)
        if self[f"{tax}_base_type"] != "quantity" or not quantity:
            return {}
        per_unit = round(money(self[f"{tax}_value"]) / quantity, 4)
        return {"quantity": quantity, "unit_rate": per_unit}

    def _nfe_selective_tax_data(self):
        """Hook: the Imposto Seletivo, which the layer below does not compute yet.

        :return: ``domain.document.SelectiveTax``, or None
        """
        return None

    def _nfe_ibs_cbs_data(self):
        """In 2026 the whole IBS is the state's: 0.1 % (LC 214/2025, art. 343)."""
        classification = self.tax_classification_id.code
        cst = self.cbs_cst_code or self.ibs_cst_code
        if not (classification and cst):
            return None
        return nfe.IbsCbs(
            cst=cst,
            classification=classification,
            base=money(self.cbs_base) if self.cbs_base else None,
            state_rate=number(self.ibs_percent),
            state_value=money(self.ibs_value),
            cbs_rate=number(self.cbs_percent),
            cbs_value=money(self.cbs_value),
            state_reduction=number(self.ibs_reduction),
            cbs_reduction=number(self.cbs_reduction),
        )
