from typing import NamedTuple

from odoo import api, models
from odoo.fields import Domain

from ..domain.allocation import Stock
from ..domain.decimals import dec
from ..domain.gtin import Size


class ClosedPlaces(NamedTuple):
    """Ids: places for units, places for cartons and pallets, types of such packages."""

    units: tuple[int, ...]
    locations: tuple[int, ...]
    package_types: tuple[int, ...]


class StockQuant(models.Model):
    _inherit = "stock.quant"

    def _get_gather_domain(
        self,
        product_id,
        location_id,
        lot_id=None,
        package_id=None,
        owner_id=None,
        strict=False,
    ):
        """A single unit is not reserved out of a closed carton or pallet."""
        domain = super()._get_gather_domain(
            product_id, location_id, lot_id, package_id, owner_id, strict
        )
        closed = self.env.context.get("b2c_closed_places")
        return domain & self._b2c_open_domain(closed) if closed else domain

    @api.model
    def _b2c_closed_places(self, company) -> ClosedPlaces | None:
        """Where a company keeps closed cartons and pallets; None when nowhere."""
        # sudo: whoever reserves need not read the set-up of the warehouse.
        places = (
            self.env["stock.location"]
            .sudo()
            .search([("b2c_size", "!=", False), ("company_id", "=", company.id)])
        )
        types = (
            self.env["stock.package.type"].sudo().search([("b2c_size", "!=", False)])
        )
        units = places.filtered(lambda place: place.b2c_size == Size.UNIT.value)
        if not types and places == units:
            return None
        return ClosedPlaces(
            tuple(units.ids), tuple((places - units).ids), tuple(types.ids)
        )

    @api.model
    def _b2c_open_domain(self, closed: ClosedPlaces) -> Domain:
        """The quants whose pieces lie there as single units.

        Closed is what stands in a place for cartons or pallets, unless a part of that
        place is one for units, and what is in a package of such a type.
        """
        domain = Domain("package_id", "=", False) | Domain(
            "package_id.package_type_id", "not in", closed.package_types
        )
        if closed.locations:
            place = ~Domain("location_id", "child_of", closed.locations)
            if closed.units:
                place |= Domain("location_id", "child_of", closed.units)
            domain &= place
        return domain

    @api.model
    def _b2c_sums(self, domain, closed: ClosedPlaces | None = None):
        """``(on hand, reserved)`` by product id; with ``closed`` of what is open."""
        domain = Domain(domain)
        if closed:
            domain &= self._b2c_open_domain(closed)
        groups = self._read_group(
            domain, ["product_id"], ["quantity:sum", "reserved_quantity:sum"]
        )
        return {product.id: (total, reserved) for product, total, reserved in groups}

    @api.model
    def _b2c_stocks(self, location, products, closed) -> dict[int, Stock]:
        """What lies below a location, by product id."""
        here = [
            ("location_id", "child_of", location.id),
            ("product_id", "in", products.ids),
        ]
        totals = self._b2c_sums(here)
        units = self._b2c_sums(here, closed) if closed else totals
        stocks = {}
        for product in products:
            on_hand, reserved = map(dec, totals.get(product.id, (0, 0)))
            in_units, of_units = map(dec, units.get(product.id, (0, 0)))
            stocks[product.id] = Stock(on_hand, on_hand - reserved, in_units - of_units)
        return stocks

    def _b2c_size(self) -> Size:
        """How the goods of this quant lie: as their package, else as their place."""
        self.ensure_one()
        package = self.package_id.package_type_id.b2c_size
        place = self.location_id
        while place and not package:
            package, place = place.b2c_size, place.location_id
        return Size(package or Size.UNIT)

    def _b2c_pieces(self, size: Size) -> float:
        """Pieces in one closed carton or pallet of this quant.

        A package is opened whole. A place without packages holds as many to the carton
        as the unit of measure of that size says, or loose pieces when there is none.
        """
        self.ensure_one()
        if self.package_id:
            return self.quantity
        product = self.product_id
        units = product.uom_ids.filtered(lambda uom: uom.b2c_size == size.value)
        return units[:1]._compute_quantity(1, product.uom_id) if units else 1.0
