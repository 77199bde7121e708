"""How an account is doing today, at a glance: grouped queries, nothing stored."""

import json
from collections import Counter, defaultdict
from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

from odoo import fields, models
from odoo.tools.misc import format_time

from odoo.addons.industry_b2c_sales.domain.redact import redact
from odoo.addons.industry_b2c_sales.timing import aware, naive, utc_now

from ..const import ZONE

LINES = 5


class MarketplaceAccount(models.Model):
    _inherit = "marketplace.account"

    # sudo for all: who sees the account may see its counts, not the rows behind them.
    traffic_graph = fields.Text(compute="_compute_traffic", compute_sudo=True)
    received_today = fields.Integer(
        "Notifications Today", compute="_compute_traffic", compute_sudo=True
    )
    orders_today = fields.Integer(compute="_compute_orders_today", compute_sudo=True)
    calls_today = fields.Integer(compute="_compute_errors", compute_sudo=True)
    errors_today = fields.Integer(compute="_compute_errors", compute_sudo=True)
    error_lines = fields.Text(
        "What Went Wrong", compute="_compute_errors", compute_sudo=True
    )
    limit_lines = fields.Text(
        "Held by Limits", compute="_compute_limit_lines", compute_sudo=True
    )

    # ------------------------------------------------------------ today

    def _zone(self):
        """Of whoever looks; jobs and people without one: Brasília's."""
        return ZoneInfo(self.env.user.tz or ZONE)

    def _today(self):
        """The first moment of today as the database has it."""
        zone = self._zone()
        today = utc_now().astimezone(zone).date()
        return naive(datetime.combine(today, time(), zone))

    def _counts_today(self, model, moment, *groups):
        """Rows of (account id, group…, count) of one model since midnight."""
        return [
            (account.id, *values)
            for account, *values in self.env[model]._read_group(
                [("account_id", "in", self.ids), (moment, ">=", self._today())],
                ["account_id", *groups],
                ["__count"],
            )
        ]

    def _compute_traffic(self):
        hours = defaultdict(Counter)
        here = self.with_context(tz="UTC")
        for account_id, hour, count in here._counts_today(
            "marketplace.inbox", "received_at", "received_at:hour"
        ):
            local = hour.replace(tzinfo=UTC).astimezone(self._zone())
            hours[account_id][local.hour] += count
        for account in self:
            counts = hours[account._origin.id]
            account.received_today = counts.total()
            account.traffic_graph = json.dumps([account._bars(counts)])

    def _bars(self, counts):
        """What the graph of core's dashboards draws; ``past`` is its colour."""
        return {
            "key": self.env._("Notifications"),
            "values": [
                {"label": str(hour), "value": counts[hour], "type": "past"}
                for hour in range(24)
            ],
        }

    def _compute_orders_today(self):
        counts = dict(self._counts_today("marketplace.order", "create_date"))
        for account in self:
            account.orders_today = counts.get(account._origin.id, 0)

    def _compute_errors(self):
        calls = defaultdict(Counter)
        for account_id, error, count in self._counts_today(
            "marketplace.call.log", "at", "error"
        ):
            calls[account_id][error or ""] += count
        words = self._error_words()
        for account in self:
            errors = calls[account._origin.id]
            account.calls_today = errors.total()
            good = errors.pop("", 0)
            account.errors_today = account.calls_today - good
            account.error_lines = "\n".join(
                f"{count} × {words.get(error, error)}"
                for error, count in errors.most_common(LINES)
            )

    def _error_words(self):
        """Classes of ``domain.errors`` for people."""
        env = self.env
        return {
            "RateLimited": env._("too many calls"),
            "ChannelError": env._("refused by the channel"),
            "Transient": env._("no answer, goes on by itself"),
            "OutcomeUnknown": env._("answer lost, is read back"),
            "TokenExpired": env._("token renewed"),
            "AuthDead": env._("access taken back"),
            "NotFound": env._("unknown to the channel"),
            "Conflict": env._("changed meanwhile"),
            "AlreadyDone": env._("the channel holds something else"),
            "Rejected": env._("refused by the channel"),
            "NotYet": env._("too early"),
            "ContractDrift": env._("answer not understood"),
            "RefusedNotification": env._("notification refused: forged or repeated"),
        }

    def _error_text(self, error) -> str:
        """A ``ChannelError`` for people: its class in words, what the channel said;
        of a defect of ours its class as it is."""
        name = getattr(error, "name", "") or type(error).__name__
        return f"{self._error_words().get(name, name)}: {redact(str(error))}"

    def _answer_text(self, code, detail) -> str:
        """A channel's answer for people: its code and words, or in our words what came
        without a code (``code`` is a class then)."""
        words = self._error_words()
        if code in words:
            return self.env._("The channel answered: %s", words[code])
        return self.env._(
            "The channel answered: %(code)s %(detail)s", code=code, detail=detail
        )

    def _compute_limit_lines(self):
        now = fields.Datetime.now()
        lines = defaultdict(list)
        for account, operation, until in self.env["marketplace.bucket"]._read_group(
            [("account_id", "in", self.ids), ("closed_until", ">", now)],
            ["account_id", "operation"],
            ["closed_until:max"],
        ):
            end = aware(until).astimezone(self._zone())
            lines[account.id].append(
                self.env._(
                    "%(operation)s until %(time)s",
                    operation=operation,
                    time=format_time(self.env, end.time(), time_format="short"),
                )
            )
        for account in self:
            account.limit_lines = "\n".join(lines[account._origin.id][:LINES])
