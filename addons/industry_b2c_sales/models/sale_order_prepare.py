from decimal import Decimal

from odoo import Command, models

from ..domain.decimals import dec
from ..domain.intake import IntakeLine, IntakeOrder, Problem
from ..domain.payload import dump, load
from ..domain.pricing import (
    CENT,
    NetLine,
    PaidLine,
    net_freight,
    net_lines,
    on_top_percent,
    spread,
)

_TURNS = 5


class SaleOrder(models.Model):
    """How an intake order becomes the values of a sale order."""

    _inherit = "sale.order"

    def _b2c_find_products(self, order: IntakeOrder) -> dict:
        """Hook: the product of each line, by the line's key.

        The base looks by internal reference among what the company may sell; a
        reference that two products have finds none.

        :returns: ``product.product`` by line key; lines without product are missing
        """
        company = self.env.company
        skus = [line.sku.strip() for line in order.lines if line.sku.strip()]
        products = self.env["product.product"].search(
            [
                ("default_code", "in", skus),
                ("company_id", "in", [False, company.id]),
                ("sale_ok", "=", True),
            ]
        )
        by_sku = products.grouped("default_code")
        found = {line.key: by_sku.get(line.sku.strip()) for line in order.lines}
        return {
            key: product
            for key, product in found.items()
            if product is not None and len(product) == 1
        }

    def _b2c_order_vals(self, order: IntakeOrder, partner, shipping, lines) -> dict:
        """Values of the sale order; ``lines`` come from `_b2c_line_vals`."""
        company = self.env.company
        return {
            "is_b2c": True,
            "company_id": company.id,
            "partner_id": partner.id,
            "partner_invoice_id": partner.id,
            "partner_shipping_id": shipping.id,
            "date_order": order.ordered_at.replace(tzinfo=None, microsecond=0),
            "client_order_ref": order.external_id,
            "fiscal_operation_id": company.sale_fiscal_operation_id.id,
            "ind_final": "1",
            # 2: not in person, by internet (Portal NF-e, B25b).
            "ind_pres": "2",
            "b2c_source": order.source,
            "b2c_external_id": order.external_id,
            "b2c_pack_id": order.pack_id or False,
            "b2c_paid_total": float(order.paid_total),
            "b2c_seller_discount": float(order.seller_discounts),
            "b2c_channel_discount": float(order.channel_discounts),
            "b2c_intermediary_vat": order.intermediary_vat,
            "b2c_intermediary_ref": order.intermediary_ref,
            "b2c_payment_data": [
                {
                    "method": payment.method,
                    "amount": str(payment.amount),
                    "brand": payment.brand,
                    "acquirer_cnpj": payment.acquirer_cnpj,
                    "auth_code": payment.auth_code,
                    "installments": payment.installments,
                }
                for payment in order.payments
            ],
            "order_line": [Command.create(vals) for vals in lines],
        }

    def _b2c_line_vals(self, order: IntakeOrder, products: dict) -> tuple:
        """The order's lines, and what of the amounts stands on the order.

        Priced with the IPI rate of each product's NCM. The tax engine has the last
        word, see `_b2c_price`: asking it first would compute all taxes twice.

        :returns: ``(list of line values, order values)``
        """
        company = self.env.company
        rates = [products[line.key]._b2c_ipi_percent(company) for line in order.lines]
        prices, totals = self._b2c_prices(order, rates, order.paid_total)
        lines = [
            {
                "product_id": products[line.key].id,
                "name": line.title or products[line.key].display_name,
                "product_uom_qty": float(line.quantity),
                # A line created in bulk does not inherit it from the order.
                "fiscal_operation_id": company.sale_fiscal_operation_id.id,
                **price,
            }
            for line, price in zip(order.lines, prices, strict=True)
        ]
        return lines, totals

    def _b2c_prices(
        self, order: IntakeOrder, rates: list[Decimal], total: Decimal
    ) -> tuple:
        """Prices, discounts and freight with which the note amounts to ``total``.

        The freight stands on the order (vFrete), and its shares on the lines, spread
        as the fiscal layer spreads it when delivery costs are by total.

        :param rates: percentage of each line that comes on top of its price
        :returns: ``(list of line values, order values)``
        """
        paid_lines = self._b2c_paid_lines(order, rates)
        freight = net_freight(paid_lines, order.freight)
        nets, gap = net_lines(paid_lines, freight, total)
        totals = {
            "force_compute_delivery_costs_by_total": True,
            "amount_freight_value": float(freight),
        }
        if gap:
            # What price and IPI cannot reach: see ``domain.pricing.ipi_included``.
            totals["amount_other_value"] = float(gap)
        weights = [net.gross for net in nets]
        shares = zip(spread(freight, weights), spread(gap, weights), strict=True)
        prices = [
            self._b2c_price_vals(net) | self._b2c_share_vals(*share)
            for net, share in zip(nets, shares, strict=True)
        ]
        return prices, totals

    def _b2c_price(self, order: IntakeOrder) -> list[Problem]:
        """Make sure that the order amounts to what was paid.

        When it does not, the tax engine found other taxes on top of the price than the
        IPI of the NCM: the prices are made again with what it found. Several taxes on
        top (ICMS-ST, FCP-ST) are rounded each for itself, so that more than one turn
        may be needed to come to the cent.
        """
        self.ensure_one()
        aim = order.paid_total
        for turn in range(_TURNS):
            gap = self._b2c_total_gap(order)
            if not gap:
                return []
            if turn:
                aim -= gap
            rates = [line._b2c_on_top_percent() for line in self.order_line]
            prices, totals = self._b2c_prices(order, rates, aim)
            for line, price in zip(self.order_line, prices, strict=True):
                line.write(price)
            self.write({"amount_other_value": 0.0} | totals)
        if self._b2c_total_gap(order):
            params = {"total": f"{self.amount_total:.2f}", "paid": order.paid_total}
            return [Problem("invoice_total_mismatch", params)]
        return []

    def _b2c_total_gap(self, order: IntakeOrder) -> Decimal:
        return dec(self.amount_total).quantize(CENT) - order.paid_total

    def _b2c_price_vals(self, net: NetLine) -> dict:
        return {
            "price_unit": float(net.unit_price),
            "discount_value": float(net.discount),
        }

    def _b2c_share_vals(self, freight: Decimal, other: Decimal) -> dict:
        return {"freight_value": float(freight), "other_value": float(other)}

    def _b2c_paid_lines(
        self, order: IntakeOrder, rates: list[Decimal]
    ) -> list[PaidLine]:
        """Lines as paid, the order's discount spread over them."""
        shares = spread(order.discount, [self._b2c_goods(line) for line in order.lines])
        return [
            PaidLine(
                quantity=line.quantity,
                unit_price=line.unit_price,
                discount=line.discount + share,
                ipi_percent=rate,
            )
            for line, share, rate in zip(order.lines, shares, rates, strict=True)
        ]

    def _b2c_goods(self, line: IntakeLine) -> Decimal:
        return line.quantity * line.unit_price - line.discount

    # ------------------------------------------------------------ incomplete products

    def _b2c_readiness(self) -> list[Problem]:
        """What the products of the order lack for its note."""
        self.ensure_one()
        return self.order_line.product_id._b2c_readiness(self.company_id)

    def _b2c_keep_payload(self, order: IntakeOrder):
        """Remember what the order was made from until its products are complete."""
        # sudo: the payload holds personal data, no screen shows it.
        self.sudo().b2c_pending_payload = dump(order)

    def _b2c_rebuild(self):
        """Make the lines again once the products are complete: their taxes were
        computed without NCM."""
        self.ensure_one()
        # sudo: see _b2c_keep_payload.
        payload = self.sudo().b2c_pending_payload
        if not payload:
            return []
        order = load(payload)
        if len(order.lines) != len(self.order_line):
            # A person has taken the lines in hand: the amounts are checked later.
            self.sudo().b2c_pending_payload = False
            return []
        company_self = self.with_company(self.company_id)
        products = {
            line.key: record.product_id
            for line, record in zip(order.lines, self.order_line, strict=True)
        }
        vals, totals = company_self._b2c_line_vals(order, products)
        commands = [Command.clear(), *map(Command.create, vals)]
        company_self.write({"order_line": commands})
        company_self.write(totals)
        problems = company_self._b2c_price(order)
        if not problems:
            self.sudo().b2c_pending_payload = False
        return problems


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    def _b2c_on_top_percent(self) -> Decimal:
        """What the tax engine adds to the line's price, in percent."""
        self.ensure_one()
        return on_top_percent(
            total=dec(self.fiscal_amount_total),
            on_top=dec(self.amount_tax_not_included),
            ipi=dec(self.ipi_value),
            ipi_percent=dec(self.ipi_percent),
        )
