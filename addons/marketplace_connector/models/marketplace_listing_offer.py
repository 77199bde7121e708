"""What the channel says about an offer, what we sent, and what a kit holds."""

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from odoo.addons.industry_b2c_sales.domain.decimals import dec

from ..rules.kit import Part, part_key

SENT = [
    ("unknown", "To be sent"),
    ("sending", "Being sent"),
    ("sent", "Up to date"),
    ("failed", "Will be tried again"),
    ("refused", "Refused"),
]


class MarketplaceListing(models.Model):
    """The offer itself. ``*_channel`` is what the channel has, ``*_sent`` what we tried
    to set last; `rules.offering.Sent` tells what the states mean."""

    _inherit = "marketplace.listing"

    component_ids = fields.One2many(
        "marketplace.listing.component", "listing_id", "Kit", copy=True
    )
    state = fields.Selection(
        [
            ("active", "On sale"),
            ("paused", "On pause"),
            ("closed", "Closed"),
            ("unknown", "Not known"),
        ],
        string="On the Channel",
        required=True,
        default="unknown",
        readonly=True,
    )
    state_raw = fields.Char("Channel's Word", readonly=True)
    gtin = fields.Char("GTIN", readonly=True)
    location = fields.Char("Channel Location", readonly=True)
    stock_pool = fields.Char(
        "Shared Stock",
        readonly=True,
        help="Offers with the same mark share one stock on the channel: it is sent "
        "once.",
    )
    url = fields.Char("Address", readonly=True)
    seen_at = fields.Datetime("Last Seen", readonly=True)
    vanished_at = fields.Datetime("Vanished", readonly=True)

    send_stock = fields.Boolean(
        default=True, help="Off: this offer's stock is kept by hand on the channel."
    )
    stock_state = fields.Selection(
        SENT, required=True, default="unknown", readonly=True
    )
    stock_channel = fields.Integer("Stock on the Channel", readonly=True)
    stock_sent = fields.Integer(readonly=True)
    stock_version = fields.Char(readonly=True)
    stock_pushed_at = fields.Datetime("Stock Sent at", readonly=True)
    stock_error = fields.Char("Problem with the Stock", readonly=True)
    stock_ours = fields.Integer("Our Stock", compute="_compute_ours")

    price_state = fields.Selection(
        [*SENT, ("held", "Waits for a person")],
        required=True,
        default="unknown",
        readonly=True,
    )
    price_channel = fields.Float(
        "Price on the Channel", digits="Product Price", readonly=True
    )
    price_sent = fields.Float("New Price", digits="Product Price", readonly=True)
    price_accepted = fields.Float(digits="Product Price", readonly=True)
    price_pushed_at = fields.Datetime("Price Sent at", readonly=True)
    price_error = fields.Char("Problem with the Price", readonly=True)

    _seen_idx = models.Index("(account_id, seen_at)")
    _pool_idx = models.Index("(account_id, stock_pool) WHERE stock_pool IS NOT NULL")

    @api.model_create_multi
    def create(self, vals_list):
        """Most offers have no variation: a screen says so with nothing."""
        for vals in vals_list:
            vals["variation_id"] = vals.get("variation_id") or ""
        return super().create(vals_list)

    @api.constrains("product_id", "component_ids")
    def _check_product_or_kit(self):
        for listing in self:
            if listing.product_id and listing.component_ids:
                raise ValidationError(
                    self.env._(
                        "%(offer)s: choose one product, or the parts of a kit.",
                        offer=listing.title or listing.item_id,
                    )
                )

    @api.depends_context("uid")
    @api.depends("product_id", "component_ids.product_id", "component_ids.quantity")
    def _compute_ours(self):
        self.stock_ours = 0
        # sudo: who looks after listings need not read policies and other orders.
        placed = self.sudo().filtered("account_id")
        for account, listings in placed.grouped("account_id").items():
            for listing_id, quantity in account._stock_targets(listings).items():
                self.browse(listing_id).stock_ours = quantity

    # ------------------------------------------------------------ what it holds

    def _product_of(self, line):
        """The product of an order's line: ours, or that part of the kit."""
        self.ensure_one()
        if not line.kit_of:
            return self.product_id
        return self.component_ids.product_id.filtered(
            lambda product: part_key(line.kit_of, product.id) == line.key
        )

    def _parts(self) -> list[Part]:
        """What one unit of the offer holds; a single product is a kit of one."""
        self.ensure_one()
        if self.product_id:
            return [_part(self.product_id, 1.0)]
        return [_part(one.product_id, one.quantity) for one in self.component_ids]


class MarketplaceListingComponent(models.Model):
    """So many units of a product in one kit."""

    _name = "marketplace.listing.component"
    _description = "Part of a Kit"
    _rec_name = "product_id"
    _check_company_auto = True

    listing_id = fields.Many2one(
        "marketplace.listing",
        required=True,
        index=True,
        ondelete="cascade",
        check_company=True,
    )
    company_id = fields.Many2one(
        related="listing_id.company_id", store=True, index=True
    )
    product_id = fields.Many2one(
        "product.product",
        required=True,
        index=True,
        ondelete="restrict",
        check_company=True,
        domain="[('sale_ok', '=', True)]",
    )
    quantity = fields.Float(required=True, default=1.0, digits="Product Unit")
    uom_id = fields.Many2one(related="product_id.uom_id")

    _product_uniq = models.UniqueIndex(
        "(listing_id, product_id)", "This product is a part of the kit already."
    )
    _quantity_positive = models.Constraint(
        "CHECK(quantity > 0)", "A kit holds at least some of each part."
    )

    @api.constrains("listing_id", "product_id")
    def _check_product_or_kit(self):
        self.listing_id._check_product_or_kit()


def _part(product, quantity: float) -> Part:
    units = dec(quantity)
    return Part(
        product=product.id,
        sku=product.default_code or "",
        units=units,
        weight=dec(product.lst_price) * units,
    )
