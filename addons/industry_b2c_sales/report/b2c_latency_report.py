from odoo import fields, models
from odoo.tools import SQL

from .b2c_order_latency import STEPS


class B2cLatencyReport(models.Model):
    """Median and 95th percentile of each step, per day: for all channels together
    (``source`` empty) and for each channel account.

    Percentiles cannot be added up, so a group shows the worst of its rows.
    """

    _name = "b2c.latency.report"
    _description = "Time from Channel to Shipment"
    _auto = False
    _order = "day desc, number, source nulls first"
    _rec_name = "step"
    _depends = {
        "b2c.order.latency": [
            "company_id",
            "source",
            "number",
            "step",
            "day",
            "minutes",
        ],
    }

    company_id = fields.Many2one("res.company", readonly=True)
    day = fields.Date(readonly=True)
    number = fields.Integer(readonly=True, aggregator=None)
    step = fields.Selection(STEPS, readonly=True)
    source = fields.Char(
        string="Channel Account", readonly=True, help="Empty: all channels together."
    )
    orders = fields.Integer(readonly=True, aggregator="sum")
    p50 = fields.Float(
        string="p50 (min)", readonly=True, aggregator="max", digits=(16, 1)
    )
    p95 = fields.Float(
        string="p95 (min)", readonly=True, aggregator="max", digits=(16, 1)
    )
    slowest = fields.Float(
        string="Max. (min)", readonly=True, aggregator="max", digits=(16, 1)
    )

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT ROW_NUMBER() OVER (ORDER BY company_id, day, number, source) AS id,
                   company_id, day, number, step, source,
                   COUNT(*) AS orders,
                   PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY minutes) AS p50,
                   PERCENTILE_CONT(0.95) WITHIN GROUP (ORDER BY minutes) AS p95,
                   MAX(minutes) AS slowest
              FROM (%(latency)s) latency
             GROUP BY company_id, day, number, step, GROUPING SETS ((), (source))
            HAVING GROUPING(source) = 1 OR source IS NOT NULL
            """,
            latency=self.env["b2c.order.latency"]._table_query,
        )

    def action_view_orders(self):
        """The orders behind a row, the slowest first."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "industry_b2c_sales.b2c_order_latency_action"
        )
        domain = [
            ("company_id", "=", self.company_id.id),
            ("day", "=", self.day),
            ("step", "=", self.step),
        ]
        if self.source:
            domain.append(("source", "=", self.source))
        return action | {"domain": domain, "context": {}}
