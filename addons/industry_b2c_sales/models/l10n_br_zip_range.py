from odoo import api, models, tools
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from ..domain.intake import digits
from ..domain.postal import ListedCity, city_of_zip, match_cities


class ZipRange(models.Model):
    """The CEPs of each municipality, from Odoo's own table (`l10n_br`).

    It names Odoo's list of cities, which has no IBGE codes; `l10n_br_base` brings the
    list with codes that a note needs. The two are matched by name and state.
    """

    _inherit = "l10n_br.zip.range"
    _order = "start"
    _rec_name = "start"

    @api.constrains("start", "end")
    def _check_b2c_overlap(self):
        for postal in self:
            others = Domain("id", "!=", postal.id)
            others &= Domain("start", "<=", postal.end)
            if self.search_count(others & Domain("end", ">=", postal.start), limit=1):
                raise ValidationError(
                    self.env._("This CEP range overlaps another one.")
                )

    @api.model_create_multi
    def create(self, vals_list):
        self.env.registry.clear_cache("stable")
        return super().create(vals_list)

    def write(self, vals):
        self.env.registry.clear_cache("stable")
        return super().write(vals)

    @api.ondelete(at_uninstall=True)
    def _unlink_clear_cache(self):
        self.env.registry.clear_cache("stable")

    @api.model
    def _b2c_place(self, cep: str):
        """The municipality of a CEP (eight digits), with its IBGE code.

        :returns: ``(whether the table has the CEP, city)``; no city when the table's
            is not in the list with codes
        """
        city = city_of_zip(self._b2c_ranges(), cep)
        return city is not None, self.env["res.city"].browse(city or ())

    @api.model
    @tools.ormcache(cache="stable")
    def _b2c_ranges(self) -> tuple[tuple[str, str, int], ...]:
        """First and last CEP and the municipality (0: not known), by first CEP."""
        # sudo: the cache serves all users; CEPs and cities are public.
        ranges = self.sudo().search(Domain.TRUE, order="start")
        cities = ranges.env["res.city"].search([("country_id.code", "=", "BR")])
        official = match_cities(
            ListedCity(city.id, city.name, city.state_id.code or "", city.ibge_code)
            for city in cities
        )
        return tuple(
            (digits(one.start), digits(one.end), official.get(one.city_id.id, 0))
            for one in ranges
        )


class City(models.Model):
    """A change of the list changes which CEPs have a municipality."""

    _inherit = "res.city"

    @api.model_create_multi
    def create(self, vals_list):
        self.env.registry.clear_cache("stable")
        return super().create(vals_list)

    def write(self, vals):
        self.env.registry.clear_cache("stable")
        return super().write(vals)
