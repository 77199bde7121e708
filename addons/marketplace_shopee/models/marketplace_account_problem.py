"""Shopee's refusals of an NF-e in sentences for the person who repairs them."""

from odoo import models

from ..const import CHANNEL


class MarketplaceAccount(models.Model):
    _inherit = "marketplace.account"

    def _invoice_problem(self, code, detail):
        if self.channel != CHANNEL:
            return super()._invoice_problem(code, detail)
        known = self._shopee_order_problems() | self._shopee_shop_problems()
        text = known.get(code) or super()._invoice_problem(code, detail)
        if code == "cfop" and detail:
            return f"{text} ({detail})"
        return text

    def _shopee_order_problems(self):
        """What the order or its NF-e has wrong."""
        _ = self.env._
        return {
            "invalid_nfe": _(
                "Shopee does not find this NF-e at the SEFAZ. Check whether it is "
                "authorised in production."
            ),
            "cancelled_nfe": _("The NF-e was cancelled at the SEFAZ."),
            "duplicate_key": _("Shopee holds this NF-e for another order already."),
            "issue_date": _("The NF-e is dated in the future: check the clock."),
            "invalid_key": _("Shopee does not accept the access key of the NF-e."),
            "invoice_status": _(
                "Shopee takes no NF-e for this order: its carrier works without one, "
                "or the order is in another state. Look at the order at Shopee and "
                "ship it there."
            ),
            "order_cancelled": _("The order was cancelled at Shopee."),
            "cfop": _(
                "Shopee does not accept the CFOP of the NF-e. Sales go with 5101, "
                "5102, 6107 or 6108, for example; shipments and bonuses do not."
            ),
            "xml_too_large": _("The XML is larger than the 1 MB that Shopee takes."),
        }

    def _shopee_shop_problems(self):
        """What company, account or application have wrong."""
        _ = self.env._
        return {
            "cnpj": _("The CNPJ of the NF-e is not the one registered at Shopee."),
            "uf": _("The state of the NF-e is not the one registered at Shopee."),
            "state_registration": _(
                "The state registration (IE) of the NF-e is not the one registered "
                "at Shopee."
            ),
            "issuer": _(
                "At Shopee the issuer of invoices is Shopee itself. In the Seller "
                "Centre choose “Other” under Shop Profile, invoice settings."
            ),
            "source_ip_undeclared": _(
                "The internet address of this server is not on the list of the "
                "application at Shopee. Declare it in the console of the Open Platform."
            ),
            "error_sign": _("Partner ID and partner key do not belong together."),
            "error_partner_key_expired": _(
                "The partner key has expired. Create a new one in the console of the "
                "Open Platform and fill it in here."
            ),
            "timestamp_expired": _(
                "The clock of this server is wrong by more than five minutes."
            ),
        }
