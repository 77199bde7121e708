"""The binding of a channel's order, and how a reading is applied to it."""

import logging

from psycopg2 import OperationalError

from odoo import api, fields, models

from odoo.addons.industry_b2c_sales.domain.axes import Axis, Fact, parse_state
from odoo.addons.industry_b2c_sales.domain.redact import redact
from odoo.addons.industry_b2c_sales.timing import aware, utc_now, whole_seconds

from ..const import CHUNK
from ..domain.contract import ChannelError, NotFound, Transient
from ..rules import living

_logger = logging.getLogger(__name__)


class OrderBusy(Exception):
    """Another job is at this order: no failure, it is read once that one has ended."""


class MarketplaceOrder(models.Model):
    """What the channel last said about one of its orders.

    Exists from the first reading on, also for orders that never become a sale order
    (not paid yet, cancelled before we had them, shipped by the channel). The sale
    order's axes are the truth about the sale; this record is the truth about the
    channel, and decides whether a reading is news.
    """

    _name = "marketplace.order"
    _description = "Marketplace Order"
    _order = "id desc"
    _rec_name = "external_id"
    _check_company_auto = True

    account_id = fields.Many2one(
        "marketplace.account", required=True, readonly=True, ondelete="restrict"
    )
    company_id = fields.Many2one(
        related="account_id.company_id", store=True, index=True
    )
    external_id = fields.Char("Channel Order", required=True, readonly=True)
    number = fields.Char(readonly=True)
    pack_id = fields.Char("Cart", readonly=True, index="btree_not_null")
    sale_order_id = fields.Many2one(
        "sale.order",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
    )
    parcel_ids = fields.Many2many(
        "marketplace.parcel",
        "marketplace_parcel_order_rel",
        "order_id",
        "parcel_id",
        readonly=True,
    )
    state = fields.Selection(
        [
            ("awaiting_payment", "Awaiting payment"),
            ("on_hold", "On hold"),
            ("ready", "Ready"),
            ("shipped", "Shipped"),
            ("delivered", "Delivered"),
            ("completed", "Completed"),
            ("cancel_requested", "Cancellation requested"),
            ("cancelled", "Cancelled"),
            ("superseded", "Replaced"),
            ("unknown", "Unknown"),
        ],
        required=True,
        readonly=True,
        index=True,
    )
    payment_state = fields.Selection(
        [
            ("pending", "Pending"),
            ("paid", "Paid"),
            ("rejected", "Rejected"),
            ("part_refunded", "Partly refunded"),
            ("refunded", "Refunded"),
            ("in_dispute", "In dispute"),
            ("charged_back", "Charged back"),
            ("unknown", "Unknown"),
        ],
        readonly=True,
    )
    state_raw = fields.Char("Channel's Word", readonly=True)
    flags = fields.Char(readonly=True)
    unknown_values = fields.Char(readonly=True)
    partial = fields.Boolean(
        readonly=True, help="The channel hid or left out something: read again later."
    )
    updated_at = fields.Datetime("Changed on the Channel", readonly=True)
    read_at = fields.Datetime("Last Read", readonly=True, index=True)
    digest = fields.Char(readonly=True)
    hold_until = fields.Datetime(readonly=True)
    ship_by = fields.Datetime(readonly=True)
    stale_count = fields.Integer(
        readonly=True, help="Readings that were older than what was known."
    )

    _external_uniq = models.UniqueIndex("(account_id, external_id)")

    # ------------------------------------------------------------ reading

    @api.model
    def _read_and_apply(self, account, ids) -> dict:
        """Read orders from the channel and apply them; ``{id: exception}`` of failures.

        First all calls, then all writes: no row is locked while we wait for the
        channel. Every order is applied on its own, a bad one stops nobody.

        An order that another job is at comes back as ``OrderBusy``, unread.
        """
        busy = self._lock_orders(account, ids)
        errors = {external_id: OrderBusy() for external_id in busy}
        ids = [external_id for external_id in ids if external_id not in busy]
        if not ids:
            return errors
        adapter = account._adapter()
        began = whole_seconds(utc_now())
        readings, failed = self._fetch(adapter, ids)
        errors.update(failed)
        to_create, applied = [], self.browse()
        for order in readings:
            try:
                buyer = self._buyer(adapter, account, order)
                with self.env.cr.savepoint():
                    binding = self._apply(account, order)
                    if buyer and not binding._has_sale():
                        to_create.append(binding._prepare_intake(order, buyer))
                if order.partial:
                    errors[order.external_id] = Transient("partial answer, read again")
                elif not binding._knows_newer(order):
                    applied |= binding
            except OperationalError:
                # Serialisation: the whole job runs again.
                raise
            except ChannelError as error:
                errors[order.external_id] = error
            except Exception as error:
                _logger.exception("Order %s could not be applied", order.external_id)
                errors[order.external_id] = error
        # The moment of the question: what is told from then on is not answered yet.
        applied.read_at = began
        self._create_sales(account, to_create)
        return errors

    @api.model
    def _fetch(self, adapter, ids):
        readings, errors = [], {}
        try:
            for result in adapter.orders(ids):
                if isinstance(result, tuple):
                    errors[result[0]] = result[1]
                else:
                    readings.append(result)
        except ChannelError as error:
            # What was read before the error is good.
            missing = error
        else:
            missing = NotFound("the channel did not answer for this order")
        seen = {order.external_id for order in readings}
        for external_id in ids:
            if external_id not in seen:
                errors.setdefault(external_id, missing)
        return readings, errors

    @api.model
    def _buyer(self, adapter, account, order):
        """The buyer's fiscal data, asked only for an order about to become a sale."""
        if living.decide(order, utc_now()) != living.Intake.CREATE:
            return None
        known = self.search_count(
            [
                ("account_id", "=", account.id),
                ("external_id", "=", order.external_id),
                "|",
                ("sale_order_id", "!=", False),
                ("follows_id", "!=", False),
            ],
            limit=1,
        )
        return None if known else adapter.buyer_fiscal(order)

    # ------------------------------------------------------------ applying

    @api.model
    def _apply(self, account, order):
        """Apply one reading: binding, parcels, events on the axes; the binding."""
        binding = self.search(
            [("account_id", "=", account.id), ("external_id", "=", order.external_id)]
        )
        news = living.freshness(
            order, aware(binding.updated_at), binding.digest or "", binding.partial
        )
        if binding and news == living.Freshness.STALE:
            binding.stale_count += 1
            return binding
        if binding and news == living.Freshness.SAME:
            return binding
        if not binding:
            binding = self.create(binding._prepare_binding(account, order))
            binding._find_sale()
        elif order.partial:
            # Something is missing or masked: states only, nothing else is believed.
            binding.partial = not binding.digest
        else:
            binding.write(binding._prepare_binding(account, order))
        if not order.partial:
            self.env["marketplace.parcel"]._upsert(binding, order)
        if binding.sale_order_id:
            binding._tell_sale(order)
        binding._settle_lost(order)
        binding._report_unknown(order)
        return binding

    def _knows_newer(self, order) -> bool:
        """Was the reading older than what is known?"""
        known, told = self.updated_at, whole_seconds(order.updated_at)
        return bool(known and told and told < known)

    def _tell_sale(self, order):
        """The sale order learns what the reading says: units, money, states."""
        sale, source = self.sale_order_id, self.account_id._b2c_source()
        if not order.partial:
            sale._b2c_note_refund(living.refunded(order))
        sale._b2c_follow_units(
            living.units_left(order),
            source=source,
            at=order.updated_at or order.created_at,
        )
        sale._b2c_log_facts(living.facts(order, source))

    @api.model
    def _lock_orders(self, account, ids) -> set:
        """One job at a time per order, also before there is a row to lock.

        Nobody ever waits for these locks; returns the ids that another job has.
        """
        self.env.cr.execute(
            """
            SELECT id
              FROM (SELECT id, pg_try_advisory_xact_lock(
                               hashtextextended(%s || '/' || id, 0)) AS ours
                      FROM unnest(%s::text[]) AS id) AS locks
             WHERE NOT ours
            """,
            [f"marketplace.order/{account.id}", list(ids)],
        )
        return {external_id for (external_id,) in self.env.cr.fetchall()}

    def _prepare_binding(self, account, order):
        ship_by = min(
            (p.ship_by for p in living.forward(order) if p.ship_by), default=None
        )
        return {
            "account_id": account.id,
            "external_id": order.external_id,
            "number": order.number or order.external_id,
            "pack_id": order.pack_id,
            "state": order.state.value,
            "payment_state": order.payment_state.value,
            "state_raw": order.state_raw,
            "flags": ", ".join(sorted(order.flags)),
            "unknown_values": ", ".join(order.unknown),
            "partial": order.partial,
            # A partial reading must not look as if everything of its moment was known.
            "digest": "" if order.partial else order.raw_digest,
            "updated_at": whole_seconds(order.updated_at),
            "hold_until": whole_seconds(order.hold_until),
            "ship_by": whole_seconds(ship_by),
        }

    def _settle_lost(self, order):
        """Cancelled before it became a sale order: what the intake kept is moot."""
        if self.sale_order_id or order.state not in living.LOST:
            return
        ref = "/".join(self._sale_identity())
        self.env["b2c.issue"].with_company(self.company_id)._solve(None, ref)

    def _report_unknown(self, order):
        """One work-queue item per value that nobody has a meaning for."""
        account = self.account_id._in_company_language()
        for value in order.unknown:
            self.env["b2c.issue"]._report(
                "channel_unmapped_state",
                company=account.company_id,
                external_ref=f"{account._b2c_source()}/{redact(value)}",
                message=account.env._(
                    "The channel used a value that is not known here: %(value)s "
                    "(first seen on order %(order)s). The order keeps its state.",
                    value=redact(value),
                    order=order.external_id,
                ),
                suggestion=account.env._(
                    "Look at the order on the channel and report the value to support."
                ),
            )

    # ------------------------------------------------------------ sale orders

    @api.model
    def _create_sales(self, account, intakes):
        """Hand payable orders to the intake, all at once.

        A bad order (unknown SKU, invalid CPF) is kept by the intake as a work-queue
        item; ``sale.order._b2c_intake`` links whatever came in, also after a replay.
        """
        if not intakes:
            return
        self.env["marketplace.listing"]._record_unmatched(account, intakes)
        self.env["sale.order"].with_company(account.company_id)._b2c_intake(intakes)

    def _shipping_gap(self) -> str:
        """Why these orders may not leave yet; empty = they may."""
        parcels = self.parcel_ids.filtered(lambda p: p.state != "cancelled")
        needing = parcels.filtered(lambda p: p.invoice_state != "not_required")
        if any(
            parcel.invoice_state != "accepted" or parcel._shows_dead_note()
            for parcel in needing
        ):
            return "xml_not_accepted"
        if not parcels or any(p.label_voided or not p.label_id for p in parcels):
            return "label_missing"
        return ""

    def _link_sale(self, sale):
        """The sale order was just made: tell it what happened meanwhile."""
        self.ensure_one()
        self._lead_or_follow(sale)
        # An order that waited in the work queue may have been cancelled since.
        sale._b2c_log_facts(
            [
                Fact(
                    axis=axis,
                    state=parse_state(axis, state),
                    raw=str(state),
                    source=self.account_id._b2c_source(),
                    at=aware(self.updated_at) or utc_now(),
                    uid=f"binding:{self.id}:{axis}:{state}:{self.updated_at}",
                )
                for axis, state in (
                    (Axis.ORDER, self.state),
                    (Axis.PAYMENT, self.payment_state),
                )
            ]
        )

    # ------------------------------------------------------------ people

    def action_reread(self):
        """Read these orders from the channel again, in the background."""
        self.check_access("read")
        slot = fields.Datetime.now().isoformat()
        for account, orders in self.grouped("account_id").items():
            # sudo: users see the inbox, only the machinery writes it.
            self.env["marketplace.inbox"].sudo()._insert(
                account.sudo(),
                [
                    account._hint(order.external_id, f"user:{order.external_id}:{slot}")
                    for order in orders[: 20 * CHUNK]
                ],
                auth="own",
            )
        self.env["marketplace.account"]._wake()
