from datetime import timedelta
from uuid import uuid4

from odoo import fields, models
from odoo.exceptions import AccessError, UserError

from ..const import BY_USER, USER_GROUP
from ..domain.control import CONTROL, Control, open_overrides
from ..domain.redact import redact
from ..timing import aware

OVERRIDE_GROUP = "industry_b2c_sales.industry_b2c_sales_group_override"
# What `_b2c_advance` does by itself as soon as it may.
_AUTOMATIC = ("reserve", "nfe")


class SaleOrder(models.Model):
    """A person holds an order, releases it, or lets one operation go on nevertheless.

    Each of these writes the order's row: a job that is working on the order ends first,
    one that looked at the order a moment ago fails on its lock and looks again.
    """

    _inherit = "sale.order"

    b2c_held = fields.Boolean(
        string="Held by a Person", copy=False, readonly=True, index="btree_not_null"
    )
    b2c_hold_note = fields.Char(string="Held Because", copy=False, readonly=True)
    # When the last override ends: most orders have none, so nobody looks for one.
    b2c_override_until = fields.Datetime(copy=False, readonly=True)
    b2c_override_ids = fields.One2many(
        "b2c.guard.override", "order_id", readonly=True, groups=USER_GROUP
    )

    # ------------------------------------------------------------ hold, release

    def _b2c_hold(self, reason: str):
        """Stop everything about these orders until somebody releases them.

        :param reason: for the log, without personal data; required
        :raises UserError: no reason, or an order that is held already
        """
        reason = self._b2c_ensure_control(USER_GROUP, reason)
        held = self.filtered("b2c_held")
        if held:
            raise UserError(
                self.env._("Held already: %s.", ", ".join(held.mapped("name")))
            )
        self._b2c_withdraw_overrides(reason)
        self._b2c_control_write({"b2c_held": True, "b2c_hold_note": reason})
        self._b2c_log_control(Control.HELD, reason)

    def _b2c_release(self, reason: str):
        """Let held orders go on, and put them on their way.

        :raises UserError: no reason, or an order that is not held
        """
        reason = self._b2c_ensure_control(USER_GROUP, reason)
        free = self.filtered(lambda order: not order.b2c_held)
        if free:
            raise UserError(self.env._("Not held: %s.", ", ".join(free.mapped("name"))))
        self._b2c_control_write({"b2c_held": False, "b2c_hold_note": False})
        self._b2c_log_control(Control.RELEASED, reason)
        self._b2c_queue_advance()

    # ------------------------------------------------------------ override

    def _b2c_override(self, operation: str, reason: str, minutes: int | None = None):
        """Let one operation go on although the guard holds it, for some minutes.

        A stop (cancelled, refunded) stays a stop, see ``domain.guard``.

        :param operation: a key of ``domain.guard.OPERATIONS``
        :param minutes: how long, the company's setting (which is also the most) if None
        :raises AccessError: the user is not in the group of its own for this
        """
        reason = self._b2c_ensure_control(OVERRIDE_GROUP, reason)
        for order in self:
            label = dict(order._b2c_operations())[operation]
            most = order.company_id.b2c_override_minutes
            granted = most if minutes is None else minutes
            if not 0 < granted <= most:
                raise UserError(
                    self.env._("An override may last 1 to %s minutes.", most)
                )
            until = fields.Datetime.now() + timedelta(minutes=granted)
            order._b2c_grant(operation, reason, until)
            order._b2c_log_control(Control.OVERRIDDEN, f"{label}: {reason}")
        if operation in _AUTOMATIC:
            self._b2c_queue_advance()

    def _b2c_grant(self, operation, reason, until):
        # sudo: granted by the method that checks the group, never by hand.
        self.env["b2c.guard.override"].sudo().create(
            {
                "order_id": self.id,
                "operation": operation,
                "reason": reason,
                "expires_at": until,
            }
        )
        latest = max(filter(None, (until, self.b2c_override_until)))
        self._b2c_control_write({"b2c_override_until": latest})

    def _b2c_withdraw_overrides(self, reason: str):
        """A hold is meant for everything: what was let go before stops too."""
        now = fields.Datetime.now()
        # sudo: see _b2c_grant.
        overrides = self.sudo().b2c_override_ids.filtered(
            lambda override: not override.withdrawn and override.expires_at > now
        )
        overrides.withdrawn = True
        with_override = self.browse(overrides.order_id.ids)
        with_override._b2c_control_write({"b2c_override_until": False})
        with_override._b2c_log_control(Control.OVERRIDE_WITHDRAWN, reason)

    def _b2c_overridden(self, now) -> frozenset[str]:
        """The operations of one order that a person lets go on right now."""
        self.ensure_one()
        until = aware(self.b2c_override_until)
        if not until or until <= now:
            return frozenset()
        # sudo: the guard counts every override, whoever asks it.
        return open_overrides(
            [
                (item.operation, aware(item.expires_at), item.withdrawn)
                for item in self.sudo().b2c_override_ids
            ],
            now,
        )

    # ------------------------------------------------------------ helpers

    def _b2c_ensure_control(self, group: str, reason: str) -> str:
        """The reason without personal data, when this user may act with it."""
        if not self.env.su and not self.env.user.has_group(group):
            raise AccessError(self.env._("You are not allowed to do this."))
        self.check_access("read")
        if self.filtered(lambda order: not order.is_b2c):
            raise UserError(self.env._("This is no consumer order."))
        reason = redact((reason or "").strip())
        if not reason:
            raise UserError(self.env._("Please give a reason: it stays in the log."))
        return reason

    def _b2c_control_write(self, values):
        # sudo: these fields follow the log, no screen writes them.
        self.sudo().with_context(tracking_disable=True).write(values)

    def _b2c_log_control(self, state: Control, note: str, source=BY_USER):
        """Write down what the user did, beside the facts of the orders."""
        # sudo: the log is append only, nobody writes it by hand.
        self.env["b2c.order.event"].sudo().create(
            [
                {
                    "order_id": order.id,
                    "axis": CONTROL,
                    "state": state.value,
                    "source": source,
                    "at": fields.Datetime.now(),
                    "uid": uuid4().hex,
                    "note": note,
                }
                for order in self
            ]
        )

    def _b2c_operations(self) -> list[tuple[str, str]]:
        """Operations and their names in the company's language, for the log."""
        env = self._b2c_company_text()
        field = env["b2c.guard.override"]._fields["operation"]
        return field._description_selection(env)
