from odoo import api, models

# One cent, with the noise of a float.
ROUNDING = 0.0149


class FiscalTax(models.Model):
    _inherit = "l10n_br_fiscal.tax"

    @api.model
    def _compute_ipi(self, tax, taxes_dict, **kwargs):
        """A rounding cent (vOutro) bears no IPI.

        Other expenses are part of the IPI base (RIPI, Decreto 7.212/2010, art. 190),
        but the cent that closes the gap between price and IPI is no expense: with IPI
        on it the note would jump over what was paid again.
        """
        if 0 < kwargs.get("other_value", 0.0) < ROUNDING:
            kwargs["other_value"] = 0.0
        return super()._compute_ipi(tax, taxes_dict, **kwargs)
