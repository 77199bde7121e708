from odoo import api, models
from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)

REASONS = {
    "xml_not_accepted": _lt("The channel has not accepted the NF-e yet"),
    "label_missing": _lt("There is no valid label yet"),
}


class B2cGuardVerdict(models.Model):
    _inherit = "b2c.guard.verdict"

    @api.model
    def _reason_text(self, code):
        text = REASONS.get(code)
        return self.env._(text) if text else super()._reason_text(code)
