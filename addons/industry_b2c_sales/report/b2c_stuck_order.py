from odoo import api, fields, models
from odoo.tools import SQL

STAGES = [
    ("awaiting_payment", "Waiting for the channel"),
    ("quarantine", "Not taken in"),
    ("confirm", "To confirm"),
    ("reserve", "To reserve"),
    ("invoice", "To invoice"),
    ("authorize", "NF-e to authorise"),
    ("accept", "To be accepted by channel"),
    ("hand_over", "To hand over"),
]


class B2cStuckOrder(models.Model):
    """Where each open consumer order stands now, since when and why.

    An order that was not taken in stands here with its issue. What is delivered to the
    carrier or cancelled is not open any more.
    """

    _name = "b2c.stuck.order"
    _description = "Order on Its Way"
    _auto = False
    _order = "since, id"
    _rec_name = "external_ref"
    _depends = {
        "sale.order": [
            "company_id",
            "state",
            "is_b2c",
            "partner_id",
            "b2c_source",
            "b2c_external_id",
            "b2c_order_state",
            "b2c_payment_state",
            "b2c_fiscal_state",
            "b2c_parcel_state",
            "b2c_confirmed_at",
            "b2c_reserved_at",
        ],
        "b2c.order.event": ["order_id", "axis", "state", "at", "received_at"],
        "b2c.issue": ["company_id", "state", "order_id", "external_ref", "first_seen"],
    }

    company_id = fields.Many2one("res.company", readonly=True)
    order_id = fields.Many2one("sale.order", readonly=True)
    issue_id = fields.Many2one("b2c.issue", readonly=True)
    source = fields.Char(string="Channel Account", readonly=True)
    external_ref = fields.Char(string="Channel Order", readonly=True)
    stage = fields.Selection(STAGES, readonly=True)
    since = fields.Datetime(readonly=True)
    minutes = fields.Float(
        string="Waiting (min)", readonly=True, aggregator="max", digits=(16, 0)
    )
    reason = fields.Text(compute="_compute_reason", string="Why")

    @api.depends("issue_id", "order_id")
    @api.depends_context("lang")
    def _compute_reason(self):
        """What the issue says, else what the guard said last."""
        for row in self:
            row.reason = row.issue_id.message or row.order_id.b2c_hold_reason

    def action_open(self):
        """The issue that keeps the order, else the order."""
        self.ensure_one()
        return (self.issue_id or self.order_id).get_formview_action()

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT x.id, x.company_id, x.order_id, x.issue_id, x.source, x.external_ref,
                   x.stage, x.since,
                   EXTRACT(EPOCH FROM %(now)s::timestamp - x.since) / 60 AS minutes
              FROM (%(orders)s UNION ALL %(quarantine)s) x
            """,
            now=fields.Datetime.now(),
            orders=self._orders_query(),
            quarantine=self._quarantine_query(),
        )

    def _orders_query(self) -> SQL:
        """Open orders; the last step that was done tells since when they stand."""
        return SQL(
            """
            SELECT so.id * 2 AS id, so.company_id, so.id AS order_id, i.id AS issue_id,
                   so.b2c_source AS source, so.b2c_external_id AS external_ref,
                   CASE WHEN so.b2c_order_state <> 'ready'
                             OR so.b2c_payment_state IS DISTINCT FROM 'paid'
                        THEN 'awaiting_payment'
                        WHEN so.state <> 'sale' THEN 'confirm'
                        WHEN so.b2c_fiscal_state IN ('sent', 'processing', 'rejected')
                        THEN 'accept'
                        WHEN so.b2c_fiscal_state IN ('authorized', 'accepted')
                        THEN 'hand_over'
                        WHEN so.b2c_fiscal_state IN ('invoiced', 'nfe_rejected')
                        THEN 'authorize'
                        WHEN so.b2c_reserved_at IS NULL THEN 'reserve'
                        ELSE 'invoice'
                        END AS stage,
                   COALESCE(
                       GREATEST(e.moved_at, so.b2c_confirmed_at, so.b2c_reserved_at),
                       so.create_date) AS since
              FROM sale_order so
         LEFT JOIN LATERAL (
                   SELECT MAX(ev.received_at) AS moved_at
                     FROM b2c_order_event ev
                    WHERE ev.order_id = so.id
                      AND ev.axis IN ('order', 'payment', 'fiscal')
                   ) e ON TRUE
         LEFT JOIN LATERAL (
                   SELECT MAX(bi.id) AS id
                     FROM b2c_issue bi
                    WHERE bi.order_id = so.id AND bi.state = 'open'
                   ) i ON TRUE
             WHERE so.is_b2c AND so.state <> 'cancel'
               AND so.b2c_order_state IN
                   ('awaiting_payment', 'on_hold', 'ready', 'cancel_requested')
               AND COALESCE(so.b2c_parcel_state, '') NOT IN
                   ('handed_over', 'in_transit', 'failed', 'lost', 'delivered',
                    'returning', 'returned')
            """
        )

    def _quarantine_query(self) -> SQL:
        """Orders that were not taken in: one row each, under the oldest issue."""
        return SQL(
            """
            SELECT MIN(bi.id) * 2 + 1 AS id, bi.company_id, NULL::integer AS order_id,
                   MIN(bi.id) AS issue_id,
                   REGEXP_REPLACE(bi.external_ref, '/[^/]*$', '') AS source,
                   REGEXP_REPLACE(bi.external_ref, '^.*/', '') AS external_ref,
                   'quarantine' AS stage, MIN(bi.first_seen) AS since
              FROM b2c_issue bi
             WHERE bi.state = 'open' AND bi.replay = '_b2c_replay_intake'
               AND bi.external_ref IS NOT NULL AND bi.order_id IS NULL
             GROUP BY bi.company_id, bi.external_ref
            """
        )
