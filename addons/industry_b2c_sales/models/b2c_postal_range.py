from odoo import api, fields, models, tools
from odoo.fields import Domain

from ..domain.postal import city_of_zip


class B2cPostalRange(models.Model):
    """The CEPs of a municipality, where a company wants them checked.

    Empty at first: without a range the city of an address is found by its IBGE code or
    its name. A range tells the city of an address that has none, and holds an order
    whose city and CEP contradict each other. Geography is the same for all companies.
    """

    _name = "b2c.postal.range"
    _description = "CEP Range"
    _order = "zip_from"
    _rec_name = "zip_from"

    zip_from = fields.Char("First CEP", required=True, size=8)
    zip_to = fields.Char("Last CEP", required=True, size=8)
    city_id = fields.Many2one(
        "res.city",
        "Municipality",
        required=True,
        ondelete="cascade",
        index=True,
        domain=[("ibge_code", "!=", False)],
    )

    _zip_format = models.Constraint(
        "CHECK (zip_from ~ '^[0-9]{8}$' AND zip_to ~ '^[0-9]{8}$' "
        "AND zip_from <= zip_to)",
        "A CEP range has a first and a last CEP of eight digits, in this order.",
    )
    _zip_overlap = models.Constraint(
        "EXCLUDE USING gist (int4range(zip_from::int, zip_to::int, '[]') WITH &&)",
        "This CEP range overlaps another one.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        self.env.registry.clear_cache()
        return super().create(vals_list)

    def write(self, vals):
        self.env.registry.clear_cache()
        return super().write(vals)

    @api.ondelete(at_uninstall=True)
    def _unlink_clear_cache(self):
        self.env.registry.clear_cache()

    @api.model
    def _city_of_zip(self, cep: str):
        """The municipality of a CEP (eight digits) in the table, or none."""
        return self.env["res.city"].browse(city_of_zip(self._ranges(), cep))

    @api.model
    @tools.ormcache()
    def _ranges(self) -> tuple[tuple[str, str, int], ...]:
        # sudo: the cache serves all users; CEPs are public.
        ranges = self.sudo().search(Domain.TRUE, order="zip_from")
        return tuple((item.zip_from, item.zip_to, item.city_id.id) for item in ranges)
