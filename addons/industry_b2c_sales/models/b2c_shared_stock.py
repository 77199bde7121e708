from collections import defaultdict

from odoo import api, fields, models
from odoo.tools import SQL


class B2cSharedStock(models.Model):
    """A product that consumer orders reserve, and whose turn it is to reserve it.

    Core reserves twice what two transactions want at once: it skips the locked quant
    and makes a new one. So whoever reserves a shared product first takes its row here.
    The row is written, not only locked: a transaction that began before the last
    reservation, and so cannot see it, fails and runs again instead of counting old
    figures (PostgreSQL's repeatable read).

    Rows are made by the first consumer order; a product that only B2B buys has none.
    """

    _name = "b2c.shared.stock"
    _description = "Shared Stock"
    _rec_name = "product_id"
    _order = "product_id, id"

    company_id = fields.Many2one("res.company", required=True, index=True)
    product_id = fields.Many2one(
        "product.product", required=True, index=True, ondelete="cascade"
    )
    reserved_at = fields.Datetime(string="Last Reservation", readonly=True)
    uom_id = fields.Many2one(related="product_id.uom_id")
    quantity = fields.Float(
        string="On Hand", compute="_compute_quantities", digits="Product Unit"
    )
    b2c_quantity = fields.Float(
        string="Reserved for Consumers",
        compute="_compute_quantities",
        digits="Product Unit",
    )
    other_quantity = fields.Float(
        string="Reserved for Others",
        compute="_compute_quantities",
        digits="Product Unit",
    )
    free_quantity = fields.Float(
        string="Free", compute="_compute_quantities", digits="Product Unit"
    )
    open_quantity = fields.Float(
        string="Free as Units",
        compute="_compute_quantities",
        digits="Product Unit",
        help="Not in closed cartons or pallets.",
    )

    _product_uniq = models.UniqueIndex("(company_id, product_id)")

    @api.depends_context("uid")
    def _compute_quantities(self):
        quants = self.env["stock.quant"]
        for company, rows in self.grouped("company_id").items():
            products = rows.product_id
            root = [
                ("company_id", "=", company.id),
                ("location_id.usage", "=", "internal"),
                ("product_id", "in", products.ids),
            ]
            totals = quants._b2c_sums(root)
            closed = quants._b2c_closed_places(company)
            opened = quants._b2c_sums(root, closed) if closed else totals
            held = defaultdict(float)
            moves = self.env["stock.move"]
            for product_id, _source, amount in moves._b2c_reserved(company, products):
                held[product_id] += amount
            for row in rows:
                on_hand, reserved = totals.get(row.product_id.id, (0.0, 0.0))
                mine = held[row.product_id.id]
                in_units = opened.get(row.product_id.id, (0.0, 0.0))
                row.quantity = on_hand
                row.b2c_quantity = mine
                row.other_quantity = reserved - mine
                row.free_quantity = on_hand - reserved
                row.open_quantity = in_units[0] - in_units[1]

    # ------------------------------------------------------------ turns

    @api.model
    def _take_turn(self, company, products, register):
        """Be the only one who reserves these products until the transaction ends.

        Rows are taken in the order of the products, so that two cannot wait for each
        other. When only consumer orders reserve, nobody waits: their job comes back.
        B2B waits until it is its turn.

        :param register: products of consumer orders: rows that are missing are made
        :raises psycopg2.errors.LockNotAvailable: somebody else reserves
        :raises psycopg2.errors.SerializationFailure: somebody else has reserved since
            this transaction began; Odoo and queue_job run it again
        """
        nowait = register == products
        missing = set(register.ids) - self._lock_rows(company, products.ids, nowait)
        if missing:
            self._enroll(company, missing)
            self._lock_rows(company, missing, nowait)

    @api.model
    def _lock_rows(self, company, product_ids, nowait: bool) -> set[int]:
        """Lock and mark the rows; the ids of the products that have one."""
        # Not logged as errors: losing is part of the game.
        self.env.cr.execute(
            SQL(
                """
                UPDATE b2c_shared_stock
                   SET reserved_at = now() AT TIME ZONE 'UTC'
                 WHERE id IN (
                       SELECT id
                         FROM b2c_shared_stock
                        WHERE company_id = %s AND product_id IN %s
                     ORDER BY product_id
                          FOR NO KEY UPDATE %s
                 )
             RETURNING product_id
                """,
                company.id,
                tuple(product_ids),
                SQL("NOWAIT") if nowait else SQL(),
            ),
            log_exceptions=False,
        )
        return {product_id for (product_id,) in self.env.cr.fetchall()}

    @api.model
    def _enroll(self, company, product_ids):
        self.env.execute_query(
            SQL(
                """
                INSERT INTO b2c_shared_stock
                            (company_id, product_id, create_uid, write_uid,
                             create_date, write_date)
                     SELECT %s, product_id, %s, %s, now() AT TIME ZONE 'UTC',
                            now() AT TIME ZONE 'UTC'
                       FROM unnest(%s) AS product_id
                   ORDER BY product_id
                ON CONFLICT DO NOTHING
                  RETURNING id
                """,
                company.id,
                self.env.uid,
                self.env.uid,
                sorted(product_ids),
            )
        )
