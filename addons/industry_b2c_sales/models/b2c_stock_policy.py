from decimal import Decimal

from odoo import api, fields, models

from ..domain.allocation import Policy
from ..domain.gtin import Size


class B2cStockPolicy(models.Model):
    """What the orders of a channel may hold of the stock that B2B sells from too.

    All policies bind that cover an order: the one for all channels, and the one for its
    own. Of two for the same channel the narrower one counts (product, then category).
    Without any a consumer order may take what is free and have cartons opened.
    """

    _name = "b2c.stock.policy"
    _description = "Reservation Policy"
    _order = "sequence, id"
    _check_company_auto = True

    name = fields.Char(required=True)
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=10)
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    channel = fields.Char(
        string="Channel Account",
        help="Beginning of the channel account of the orders (mercadolivre, "
        "mercadolivre/1234). Empty: all consumer orders together.",
    )
    product_id = fields.Many2one(
        "product.product", check_company=True, index="btree_not_null"
    )
    categ_id = fields.Many2one(
        "product.category", string="Category", index="btree_not_null"
    )
    share = fields.Float(
        string="Share (%)",
        default=100.0,
        help="The most that the orders may hold at once, of the stock on hand.",
    )
    b2b_minimum = fields.Float(
        string="Minimum Left for B2B",
        digits="Product Unit",
        help="Pieces that no consumer order reserves: they stay free.",
    )
    open_carton = fields.Boolean(string="Open Cartons", default=True)
    open_pallet = fields.Boolean(string="Open Pallets")

    _share_percent = models.Constraint(
        "CHECK(share >= 0 AND share <= 100)", "The share is a percentage: 0 to 100."
    )
    _minimum_positive = models.Constraint(
        "CHECK(b2b_minimum >= 0)", "The minimum left for B2B cannot be negative."
    )

    @api.model
    def _b2c_of(self, company) -> list[Policy]:
        """The policies of a company as plain data, in their order."""
        return [
            policy._b2c_data()
            for policy in self.search([("company_id", "=", company.id)])
        ]

    def _b2c_data(self) -> Policy:
        self.ensure_one()
        opens = {Size.CARTON: self.open_carton, Size.PALLET: self.open_pallet}
        return Policy(
            key=self.id,
            channel=(self.channel or "").strip(),
            product=self.product_id.id or 0,
            category=self.categ_id.parent_path or "",
            share=Decimal(str(self.share)),
            b2b_minimum=Decimal(str(self.b2b_minimum)),
            opens=frozenset(size for size, allowed in opens.items() if allowed),
        )
