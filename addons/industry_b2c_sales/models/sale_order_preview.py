from dataclasses import replace

from odoo import api, models

from ..domain.intake import IntakeOrder, IntakeResult, Problem, check
from .b2c_product_code import line_code


class SaleOrder(models.Model):
    """What would become of orders, without taking them in."""

    _inherit = "sale.order"

    @api.model
    def _b2c_preview(self, orders: list[IntakeOrder]) -> list[IntakeResult]:
        """The results that `_b2c_intake` would give, as far as they can be foreseen.

        Takes orders of one source whose lines have keys of their own. Nothing is
        written; the cost is a few queries for all of them.

        :returns: outcome ``ready`` instead of ``created``, otherwise as the intake
        """
        if not orders:
            return []
        known = self._b2c_known(orders)
        twins = self._b2c_twins(orders)
        every_line = tuple(line for order in orders for line in order.lines)
        products = self._b2c_find_products(replace(orders[0], lines=every_line))
        cities: dict = {}
        results = []
        for at, order in enumerate(orders):
            record = known.get(self._b2c_ref(order))
            if record:
                results.append(IntakeResult(order.external_id, "duplicate", record.id))
                continue
            problems = check(order) or self._b2c_foresee(order, products, cities)
            if at in twins:
                params = {"order": twins[at].name, "source": twins[at].b2c_source}
                problems = [Problem("duplicate_suspected", params)]
            outcome = "rejected" if problems else "ready"
            if not problems:
                problems = self._b2c_foresee_hold(order, products)
                outcome = "held" if problems else "ready"
            results.append(
                IntakeResult(order.external_id, outcome, problems=tuple(problems))
            )
        return results

    def _b2c_foresee(self, order, products, cities) -> list[Problem]:
        """What needs the database to be seen: company, products, city."""
        company = self.env.company
        if not company.sale_fiscal_operation_id:
            return [Problem("operation_missing", {"company": company.name})]
        unknown = [
            Problem("sku_unknown", {"sku": line_code(line), "line": line.title or "?"})
            for line in order.lines
            if line.key not in products
        ]
        address = order.consumer.address
        place = (address.city, address.city_ibge, address.uf, address.zip)
        if place not in cities:
            partners = self.env["res.partner"]
            cities[place] = partners._b2c_address_vals(address)[1]
        return unknown + cities[place]

    def _b2c_foresee_hold(self, order, products) -> list[Problem]:
        bought = self.env["product.product"].union(
            *(products[line.key] for line in order.lines)
        )
        return bought._b2c_readiness(self.env.company)
