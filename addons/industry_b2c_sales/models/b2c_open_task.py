from datetime import timedelta
from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..const import CLOSED_SELECTION
from ..domain.allocation import Need, Pool, Wait
from ..domain.gtin import Size
from ..domain.opening import Closed, Opening, plan

# What somebody could not open is not proposed to the next one at once.
REST = timedelta(hours=24)


class B2cOpenTask(models.Model):
    """Open a carton or a pallet and bring its pieces to the unit pick face.

    Life: todo → done (makes the internal transfer) or cancelled. Tasks are proposed by
    a reservation that finds too few single units; the orders that wait go on by
    themselves when one is done.
    """

    _name = "b2c.open.task"
    _description = "Open Carton or Pallet"
    _order = "state desc, id"
    _rec_name = "product_id"
    _check_company_auto = True

    company_id = fields.Many2one(
        "res.company", required=True, index=True, readonly=True
    )
    state = fields.Selection(
        [("todo", "To Do"), ("done", "Done"), ("cancelled", "Cancelled")],
        required=True,
        default="todo",
        readonly=True,
        index=True,
    )
    product_id = fields.Many2one(
        "product.product", required=True, readonly=True, check_company=True, index=True
    )
    size = fields.Selection(CLOSED_SELECTION, required=True, readonly=True)
    count = fields.Integer(string="How Many", required=True, readonly=True)
    quantity = fields.Float(
        string="Pieces", digits="Product Unit", required=True, readonly=True
    )
    location_id = fields.Many2one(
        "stock.location", string="From", required=True, readonly=True
    )
    package_id = fields.Many2one("stock.package", readonly=True)
    location_dest_id = fields.Many2one(
        "stock.location", string="Unit Pick Face", required=True, readonly=True
    )
    picking_id = fields.Many2one("stock.picking", string="Transfer", readonly=True)
    closed_by_id = fields.Many2one("res.users", string="By", readonly=True)
    closed_at = fields.Datetime(string="At", readonly=True)

    # ------------------------------------------------------------ propose

    @api.model
    def _propose(self, company, shortages, needs: list[Need]) -> set:
        """Make the tasks for what the unit pick face lacks.

        :param shortages: pieces by (pool, what may be opened), from ``allocate``
        :returns: keys of the shortages for which nothing can be opened
        """
        # sudo: tasks are made by the reservation, whoever started it.
        tasks = self.sudo().with_company(company)
        stuck = set()
        for (pool, sizes), quantity in shortages.items():
            mine = [need for need in needs if need.pool == pool]
            minimum = max(p.b2b_minimum for need in mine for p in need.policies)
            quantity += tasks._awaited(pool, [need.key for need in mine])
            if not tasks._propose_for(company, pool, quantity, sizes, minimum):
                stuck.add((pool, sizes))
        return stuck

    def _awaited(self, pool: Pool, move_ids) -> Decimal:
        """Pieces that other moves of a pool wait for already."""
        product_id, location_id = pool
        moves = self.env["stock.move"].search(
            [
                ("product_id", "=", product_id),
                ("location_id", "=", location_id),
                ("b2c_wait", "=", Wait.OPEN.value),
                ("state", "in", ("confirmed", "waiting", "partially_available")),
                ("id", "not in", move_ids),
            ]
        )
        return sum((Decimal(str(move._b2c_missing())) for move in moves), Decimal(0))

    def _propose_for(self, company, pool: Pool, quantity, sizes, minimum) -> bool:
        """Is something to be opened for ``quantity`` pieces, now or already?"""
        product = self.env["product.product"].browse(pool[0])
        root = self.env["stock.location"].browse(pool[1])
        pending = self.search(
            [
                ("state", "=", "todo"),
                ("product_id", "=", product.id),
                ("location_id", "child_of", root.id),
            ]
        )
        quantity -= Decimal(str(sum(pending.mapped("quantity"))))
        if quantity <= 0:
            return True
        quants = self._closed_quants(company, product, root)
        places = [self._place(quant, pending) for quant in quants]
        openings = plan(quantity, places, sizes, minimum)
        self.create(
            [
                self._prepare_task_vals(company, quants.browse(one.key), one)
                for one in openings
            ]
        )
        return bool(openings or pending)

    def _closed_quants(self, company, products, root):
        """Closed stock, without what somebody has just refused to open."""
        quants = self.env["stock.quant"]
        closed = quants._b2c_closed_places(company)
        here = quants.search(
            [("product_id", "in", products.ids), ("location_id", "child_of", root.id)]
        )
        refused = self.search(
            [
                ("state", "=", "cancelled"),
                ("product_id", "in", products.ids),
                ("closed_at", ">=", fields.Datetime.now() - REST),
            ]
        )
        keys = {
            (task.product_id, task.location_id, task.package_id) for task in refused
        }
        return (here - here.filtered_domain(quants._b2c_open_domain(closed))).filtered(
            lambda quant: (
                (quant.product_id, quant.location_id, quant.package_id) not in keys
            )
        )

    @api.model
    def _closed_places(self, company, products, root) -> dict[int, list[Closed]]:
        """What could be opened below a location, by product id."""
        # sudo: what may be offered does not depend on who asks.
        tasks = self.sudo().with_company(company)
        quants = tasks._closed_quants(company, products, root)
        return {
            product.id: [tasks._place(quant, tasks.browse()) for quant in own]
            for product, own in quants.grouped("product_id").items()
        }

    def _place(self, quant, pending) -> Closed:
        """A quant as plain data; what other tasks take from it is gone."""
        size = quant._b2c_size()
        taken = pending.filtered(
            lambda task: (
                (task.location_id, task.package_id)
                == (quant.location_id, quant.package_id)
            )
        )
        free = quant.quantity - quant.reserved_quantity - sum(taken.mapped("quantity"))
        return Closed(
            key=quant.id,
            size=size,
            free=Decimal(str(max(free, 0.0))),
            per=Decimal(str(quant._b2c_pieces(size))),
            age=int(quant.in_date.timestamp()) if quant.in_date else 0,
        )

    def _prepare_task_vals(self, company, quant, opening: Opening) -> dict:
        product = quant.product_id
        return {
            "company_id": company.id,
            "product_id": product.id,
            "size": quant._b2c_size().value,
            "count": opening.count,
            "quantity": float(opening.quantity),
            "location_id": quant.location_id.id,
            "package_id": quant.package_id.id,
            "location_dest_id": self._pick_face(quant.location_id, product).id,
        }

    def _pick_face(self, location, product):
        """Where single units of the product lie, else where putaway sends them."""
        stock = location.warehouse_id.lot_stock_id or location
        faces = self.env["stock.location"].search(
            [("b2c_size", "=", Size.UNIT.value), ("id", "child_of", stock.id)]
        )
        here = self.env["stock.quant"].search(
            [
                ("product_id", "=", product.id),
                ("location_id", "child_of", faces.ids),
                ("package_id", "=", False),
            ],
            limit=1,
        )
        return here.location_id or (faces[:1] or stock)._get_putaway_strategy(product)

    # ------------------------------------------------------------ do, cancel

    def action_do(self):
        """The goods lie in the unit pick face now: book it."""
        for task in self._ensure_open():
            task._close("done", task._transfer())
        self._wake_orders()

    def action_cancel(self):
        """It could not be opened: it is not proposed again for a day."""
        for task in self._ensure_open():
            task._close("cancelled")

    def _ensure_open(self):
        """:raises UserError: one of the tasks is closed, or somebody works on it"""
        self.check_access("read")
        locked = self.try_lock_for_update()
        locked.invalidate_recordset(["state"])
        if locked != self or any(task.state != "todo" for task in self):
            raise UserError(self.env._("Somebody else has just closed this task."))
        return self

    def _close(self, state, picking=None):
        # sudo: tasks are read-only for users; the buttons are the way to close them.
        self.sudo().write(
            {
                "state": state,
                "picking_id": picking and picking.id,
                "closed_by_id": self.env.uid,
                "closed_at": fields.Datetime.now(),
            }
        )

    def _transfer(self):
        """Make and finish the internal transfer of the pieces.

        :raises UserError: somebody has taken the carton or pallet meanwhile
        """
        self.ensure_one()
        company = self.company_id
        self.env["b2c.shared.stock"]._take_turn(
            company, self.product_id, self.product_id.browse()
        )
        free = self.env["stock.quant"]._get_available_quantity(
            self.product_id, self.location_id, package_id=self.package_id, strict=True
        )
        if self.product_id.uom_id.compare(free, self.quantity) < 0:
            raise UserError(
                self.env._(
                    "Only %(free)s of %(product)s are free in %(location)s.",
                    free=free,
                    product=self.product_id.display_name,
                    location=(self.package_id or self.location_id).display_name,
                )
            )
        picking = self.env["stock.picking"].create(self._prepare_picking_vals())
        picking.action_confirm()
        # Confirming reserves by the removal strategy; this carton is the opened one.
        picking.do_unreserve()
        move = picking.move_ids
        move.move_line_ids = [
            fields.Command.create(
                move._prepare_move_line_vals(quantity=self.quantity)
                | {"package_id": self.package_id.id, "picked": True}
            )
        ]
        picking._action_done()
        return picking

    def _prepare_picking_vals(self) -> dict:
        kind = self.location_id.warehouse_id.int_type_id
        places = {
            "location_id": self.location_id.id,
            "location_dest_id": self.location_dest_id.id,
        }
        move = {
            "product_id": self.product_id.id,
            "product_uom": self.product_id.uom_id.id,
            "product_uom_qty": self.quantity,
            "company_id": self.company_id.id,
        }
        return {
            "picking_type_id": kind.id,
            "company_id": self.company_id.id,
            "origin": self.env._(
                "Open %(product)s", product=self.product_id.display_name
            ),
            "move_ids": [fields.Command.create(move | places)],
        } | places

    def _wake_orders(self):
        """Put the orders on their way that waited for the pieces."""
        moves = self.env["stock.move"].search(
            [
                ("product_id", "in", self.product_id.ids),
                ("company_id", "in", self.company_id.ids),
                ("b2c_wait", "=", Wait.OPEN.value),
            ]
        )
        moves.sale_line_id.order_id._b2c_queue_advance()
