from collections import defaultdict
from decimal import Decimal

from odoo import api, fields, models
from odoo.tools import SQL

from ..const import WAIT_SELECTION
from ..domain.allocation import (
    Need,
    Pool,
    Stock,
    Wait,
    allocate,
    policies_for,
)
from ..domain.decimals import dec

_WAITING = ("confirmed", "waiting", "partially_available")


class StockMove(models.Model):
    """Consumers and B2B reserve from one stock: in turns, and within the policies."""

    _inherit = "stock.move"

    b2c_wait = fields.Selection(
        WAIT_SELECTION,
        string="Why Not Reserved",
        readonly=True,
        copy=False,
        index="btree_not_null",
    )

    def _action_assign(self, force_qty=False):
        """One after the other for products that consumers buy; consumer orders only if
        they may go on, and as far as the policies go. What B2B gets is decided by core
        alone."""
        reserving = self.filtered(
            lambda move: (
                move.state in _WAITING and not move._should_bypass_reservation()
            )
        )
        consumer = reserving._b2c_consumer_moves()
        refused = consumer._b2c_refused()
        allowed, consumer = self - refused, consumer - refused
        for company, moves in (reserving - refused).grouped("company_id").items():
            self.env["b2c.shared.stock"]._take_turn(
                company, moves.product_id, (moves & consumer).product_id
            )
        if not consumer or force_qty:
            return super(StockMove, allowed)._action_assign(force_qty=force_qty)
        super(StockMove, allowed - consumer)._action_assign()
        for company, moves in consumer.grouped("company_id").items():
            closed = self.env["stock.quant"]._b2c_closed_places(company)
            granted = moves._b2c_allocate(company, closed)
            if closed:
                granted = granted.with_context(b2c_closed_places=closed)
            super(StockMove, granted)._action_assign()
        return None

    def _b2c_consumer_moves(self):
        """The deliveries of consumer orders among these moves."""
        # sudo: a picker who reserves may not read sale orders.
        return self.filtered(
            lambda move: (
                move.sudo().sale_line_id.order_id.is_b2c
                and move.location_dest_id.usage == "customer"
            )
        )

    def _b2c_refused(self):
        """Those whose order must not go on: who reserves here asked no guard."""
        # sudo: see _b2c_consumer_moves.
        orders = self.sudo().sale_line_id.order_id._b2c_refused_by_log("reserve")
        if not orders:
            return self.browse()
        return self.filtered(lambda move: move.sudo().sale_line_id.order_id in orders)

    def _b2c_allocate(self, company, closed):
        """Note on each move why it must wait; the moves that may be reserved now."""
        # sudo: a picker who reserves may not read the policies.
        policies = self.env["b2c.stock.policy"].sudo()._b2c_of(company)
        if not policies and not closed:
            # Nothing is kept for anybody: what core finds is right.
            self.filtered("b2c_wait").b2c_wait = False
            return self
        needs = self._b2c_needs(policies)
        held = self._b2c_held() if policies else {}
        outcome = allocate(needs, self._b2c_stocks(closed), held)
        stuck = self.env["b2c.open.task"]._propose(company, outcome.shortages, needs)
        kept = {need.key for need in needs if (need.pool, need.opens) in stuck}
        self._b2c_note_waits(outcome.waits, kept)
        return self.filtered(lambda move: move.id in outcome.granted)

    def _b2c_note_waits(self, waits, kept):
        """Write why each move waits, where that is new.

        :param kept: ids of moves for which nothing can be opened
        """

        def reason(move):
            wait = waits.get(move.id)
            if wait is Wait.OPEN and move.id in kept:
                wait = Wait.B2B
            return wait.value if wait else False

        for wait, moves in self.grouped(reason).items():
            moves.filtered(lambda move, wait=wait: move.b2c_wait != wait).write(
                {"b2c_wait": wait}
            )

    def _b2c_needs(self, policies) -> list[Need]:
        """What the moves still lack, with the policies that bind them."""
        needs = []
        # sudo: see _b2c_consumer_moves.
        for move in self.sudo():
            source = move.sale_line_id.order_id.b2c_source or ""
            product = move.product_id
            category = product.categ_id.parent_path or ""
            needs.append(
                Need(
                    key=move.id,
                    pool=(product.id, move.location_id.id),
                    source=source,
                    quantity=dec(move._b2c_missing()),
                    policies=policies_for(policies, source, product.id, category),
                )
            )
        return needs

    def _b2c_missing(self) -> float:
        """What is not reserved yet, in the unit of measure of the product."""
        self.ensure_one()
        missing = self.product_uom_qty - self.quantity
        return self.product_uom._compute_quantity(
            missing, self.product_id.uom_id, rounding_method="HALF-UP"
        )

    def _b2c_stocks(self, closed) -> dict[Pool, Stock]:
        """What lies below each location that the moves take from."""
        quants = self.env["stock.quant"]
        return {
            (product_id, location.id): stock
            for location, moves in self.grouped("location_id").items()
            for product_id, stock in quants._b2c_stocks(
                location, moves.product_id, closed
            ).items()
        }

    def _b2c_held(self) -> dict[Pool, dict[str, Decimal]]:
        """What consumer orders hold of the pools of these moves, by channel account."""
        held: dict[Pool, dict[str, Decimal]] = defaultdict(dict)
        for location, moves in self.grouped("location_id").items():
            rows = self._b2c_reserved(moves.company_id, moves.product_id, location)
            for product_id, source, quantity in rows:
                held[product_id, location.id][source] = dec(quantity)
        return held

    @api.model
    def _b2c_reserved(self, company, products, root=None):
        """``(product id, channel account, quantity)`` of what consumer orders have
        reserved, below ``root`` only if told."""
        self.env["stock.move.line"].flush_model()
        self.flush_model(["state", "sale_line_id", "company_id"])
        place = (
            SQL("place.parent_path LIKE %s", f"{root.parent_path}%") if root else None
        )
        return self.env.execute_query(
            SQL(
                """
                SELECT line.product_id, COALESCE(o.b2c_source, ''),
                       SUM(line.quantity_product_uom)::float
                  FROM stock_move_line line
                  JOIN stock_location place ON place.id = line.location_id
                  JOIN stock_move move ON move.id = line.move_id
                  JOIN sale_order_line so_line ON so_line.id = move.sale_line_id
                  JOIN sale_order o ON o.id = so_line.order_id
                 WHERE move.company_id = %s
                   AND line.product_id IN %s
                   AND move.state IN ('partially_available', 'assigned')
                   AND o.is_b2c
                   AND %s
              GROUP BY 1, 2
                """,
                company.id,
                tuple(products.ids),
                place or SQL("TRUE"),
            )
        )
