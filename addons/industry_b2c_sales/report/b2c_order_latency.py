from datetime import timedelta

from odoo import fields, models
from odoo.tools import SQL

STEPS = [
    ("paid", "1. Ordered → paid"),
    ("received", "2. Paid → received here"),
    ("taken_in", "3. Received → taken in"),
    ("confirmed", "4. Taken in → confirmed"),
    ("reserved", "5. Confirmed → reserved"),
    ("invoiced", "6. Reserved → invoiced"),
    ("authorized", "7. Invoiced → NF-e authorised"),
    ("accepted", "8. NF-e authorised → accepted by channel"),
    ("handed_over", "9. NF-e authorised → handed over"),
    ("to_reserved", "Total: paid → reserved"),
]
# Older orders are history: the report answers how the process runs now.
DAYS = 31


class B2cOrderLatency(models.Model):
    """How long each step of each consumer order took, read from log and stamps.

    Nothing is stored for it. A step is there once it ended; the first facts count, so
    an invoice made anew changes nothing. Before an order is *received* with its
    payment the time is the consumer's and the channel's, after that it is ours. An
    order that was in quarantine was received when its issue was opened.
    """

    _name = "b2c.order.latency"
    _description = "Time of an Order's Step"
    _auto = False
    _order = "order_id desc, number"
    _rec_name = "step"
    _depends = {
        "sale.order": [
            "company_id",
            "is_b2c",
            "b2c_source",
            "b2c_external_id",
            "b2c_ordered_at",
            "b2c_confirmed_at",
            "b2c_reserved_at",
        ],
        "b2c.order.event": ["order_id", "axis", "state", "at", "received_at"],
        "b2c.issue": ["company_id", "external_ref", "order_id", "first_seen"],
    }

    order_id = fields.Many2one("sale.order", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    source = fields.Char(string="Channel Account", readonly=True)
    number = fields.Integer(readonly=True, aggregator=None)
    step = fields.Selection(STEPS, readonly=True)
    started_at = fields.Datetime(string="From", readonly=True)
    ended_at = fields.Datetime(string="To", readonly=True)
    day = fields.Date(readonly=True, help="Day of the end, in the company's time zone.")
    seconds = fields.Float(readonly=True, aggregator="avg")
    minutes = fields.Float(readonly=True, aggregator="avg", digits=(16, 1))

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT t.order_id * 16 + s.number AS id, t.order_id, t.company_id, t.source,
                   s.number, s.step, s.started_at, s.ended_at,
                   (s.ended_at AT TIME ZONE 'UTC' AT TIME ZONE t.tz)::date AS day,
                   EXTRACT(EPOCH FROM s.ended_at - s.started_at) AS seconds,
                   EXTRACT(EPOCH FROM s.ended_at - s.started_at) / 60 AS minutes
              FROM (%(times)s) t
        CROSS JOIN LATERAL (VALUES
                   (0, 'paid', t.ordered_at, t.paid_at),
                   (1, 'received', t.paid_at, t.received_at),
                   (2, 'taken_in', t.received_at, t.taken_in_at),
                   (3, 'confirmed', t.taken_in_at, t.confirmed_at),
                   (4, 'reserved', t.confirmed_at, t.reserved_at),
                   (5, 'invoiced', t.reserved_at, t.invoiced_at),
                   (6, 'authorized', t.invoiced_at, t.authorized_at),
                   (7, 'accepted', t.authorized_at, t.accepted_at),
                   (8, 'handed_over', t.authorized_at, t.handed_over_at),
                   (9, 'to_reserved', t.paid_at, t.reserved_at)
                   ) AS raw (number, step, started_at, ended_at)
        CROSS JOIN LATERAL (SELECT raw.number, raw.step, raw.started_at,
                                   GREATEST(raw.ended_at, raw.started_at) AS ended_at
                   ) s
             WHERE raw.started_at IS NOT NULL AND raw.ended_at IS NOT NULL
            """,
            times=self._times_query(),
        )

    def _times_query(self) -> SQL:
        """One row per consumer order: when each step was done, NULL when it was not."""
        return SQL(
            """
            SELECT so.id AS order_id, so.company_id, so.b2c_source AS source,
                   COALESCE(p.tz, 'America/Sao_Paulo') AS tz,
                   so.b2c_ordered_at AS ordered_at,
                   e.paid_at,
                   GREATEST(e.paid_at, LEAST(q.first_seen, e.heard_at)) AS received_at,
                   CASE WHEN e.heard_at IS NOT NULL
                        THEN GREATEST(e.paid_at, e.heard_at, so.create_date)
                        END AS taken_in_at,
                   so.b2c_confirmed_at AS confirmed_at,
                   so.b2c_reserved_at AS reserved_at,
                   e.invoiced_at, e.authorized_at, e.accepted_at, e.handed_over_at
              FROM sale_order so
              JOIN res_company c ON c.id = so.company_id
              JOIN res_partner p ON p.id = c.partner_id
        CROSS JOIN LATERAL (%(facts)s) e
         LEFT JOIN LATERAL (
                   SELECT MIN(i.first_seen) AS first_seen
                     FROM b2c_issue i
                    WHERE i.external_ref = so.b2c_source || '/' || so.b2c_external_id
                      AND i.company_id = so.company_id AND i.order_id IS NULL
                   ) q ON TRUE
             WHERE so.is_b2c
               AND so.create_date > %(since)s
            """,
            facts=self._facts_query(),
            since=fields.Datetime.now() - timedelta(days=DAYS),
        )

    def _facts_query(self) -> SQL:
        """When each fact of order ``so`` came first; ready and paid count together."""
        return SQL(
            """
            SELECT f.*,
                   CASE WHEN f.ready IS NOT NULL AND f.paid IS NOT NULL
                        THEN GREATEST(f.ready, f.paid) END AS paid_at,
                   CASE WHEN f.ready IS NOT NULL AND f.paid IS NOT NULL
                        THEN GREATEST(f.ready_heard, f.paid_heard) END AS heard_at
              FROM (SELECT %(ready)s AS ready,
                           %(paid)s AS paid,
                           %(ready_heard)s AS ready_heard,
                           %(paid_heard)s AS paid_heard,
                           %(invoiced)s AS invoiced_at,
                           %(authorized)s AS authorized_at,
                           %(accepted)s AS accepted_at,
                           %(handed_over)s AS handed_over_at
                      FROM b2c_order_event ev
                     WHERE ev.order_id = so.id) f
            """,
            ready=_first("at", "order", "ready"),
            paid=_first("at", "payment", "paid"),
            ready_heard=_first("received_at", "order", "ready"),
            paid_heard=_first("received_at", "payment", "paid"),
            invoiced=_first("at", "fiscal", "invoiced"),
            authorized=_first("at", "fiscal", "authorized"),
            accepted=_first("at", "fiscal", "accepted"),
            handed_over=_first(
                "at", "parcel", "handed_over", "in_transit", "delivered"
            ),
        )


def _first(column: str, axis: str, *states: str) -> SQL:
    """When the first of these facts was (``ev`` is the log)."""
    return SQL(
        "MIN(%s) FILTER (WHERE ev.axis = %s AND ev.state IN %s)",
        SQL.identifier("ev", column),
        axis,
        states,
    )
