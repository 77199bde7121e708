from odoo import fields, models

from ..domain.intake import IntakeLine


class B2cProductCode(models.Model):
    """What a channel calls a product, when it is not our internal reference.

    Written on the screen, mostly from the issue of an order with an unknown code. The
    channel account may be left empty: then the code holds for every channel.
    """

    _name = "b2c.product.code"
    _description = "Product Code of a Channel"
    _order = "source, code"
    _rec_name = "code"
    _check_company_auto = True

    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company, index=True
    )
    source = fields.Char(
        string="Channel Account", help="For example mercadolivre/1234; empty: any."
    )
    code = fields.Char(required=True, help="The code as the channel writes it.")
    product_id = fields.Many2one(
        "product.product",
        required=True,
        ondelete="cascade",
        index=True,
        check_company=True,
        domain="[('sale_ok', '=', True)]",
    )

    _code_uniq = models.UniqueIndex(
        "(company_id, COALESCE(source, ''), code)",
        "This code of the channel account has a product already.",
    )

    def _find(self, source: str, codes: list[str]) -> dict:
        """``product.product`` by code; the channel account's own word comes first."""
        found = self.search(
            [
                ("company_id", "=", self.env.company.id),
                ("code", "in", codes),
                ("source", "in", [source, False]),
            ]
        )
        own_last = found.sorted(lambda one: bool(one.source))
        return {one.code: one.product_id for one in own_last}

    def _set(self, source: str, products: dict):
        """Remember the product of each code of a channel account."""
        known = self.search(
            [
                ("company_id", "=", self.env.company.id),
                ("source", "=", source),
                ("code", "in", list(products)),
            ]
        ).grouped("code")
        for code, product in products.items():
            if code in known:
                known[code].product_id = product
            else:
                self.create({"source": source, "code": code, "product_id": product.id})


def line_code(line: IntakeLine) -> str:
    """What names the goods of a line: its SKU, else the channel's listing."""
    listing = filter(None, (line.item_id, line.variation_id))
    return line.sku.strip() or "/".join(listing)
