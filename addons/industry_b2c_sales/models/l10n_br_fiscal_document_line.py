from odoo import fields, models


class FiscalDocumentLine(models.Model):
    _inherit = "l10n_br_fiscal.document.line"

    # Every new partner looks for its lines: without the index that reads them all.
    partner_id = fields.Many2one(index=True)

    def write(self, vals):
        """An invoice made from an order writes its lines' values over themselves, and
        each time all that depends on them is looked for: a sixth of its time."""
        if self.env.context.get("b2c_quiet") and len(self) == 1:
            vals = {
                name: value
                for name, value in vals.items()
                if self._b2c_is_news(self._fields[name], value)
            }
            if not vals:
                return True
        return super().write(vals)

    def _b2c_is_news(self, field, value) -> bool:
        if field.type in ("one2many", "many2many"):
            return True
        known = field.convert_to_cache(self[field.name], self, validate=False)
        return field.convert_to_cache(value, self, validate=False) != known
