import psycopg2

from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.queue_job.exception import RetryableJobError


class B2cIssue(models.Model):
    """Something that a person must correct, with the order kept meanwhile.

    Life: open → solved. The same thing reported again counts up the open issue instead
    of making another one. An issue may name a way to try again (``replay``): a method
    of the record, or of ``sale.order`` with the kept ``payload`` when the order could
    not even be created. Issues are written by `_report` and `_solve` only.
    """

    _name = "b2c.issue"
    _description = "Work Queue"
    _order = "last_seen desc, id desc"
    _rec_name = "message"

    company_id = fields.Many2one("res.company", required=True, index=True)
    code = fields.Char(string="Type", required=True, index=True)
    state = fields.Selection(
        [("open", "Open"), ("solved", "Solved")], required=True, default="open"
    )
    message = fields.Text(required=True)
    suggestion = fields.Text()
    order_id = fields.Many2one("sale.order", ondelete="cascade", index="btree_not_null")
    res_model = fields.Char(string="Model")
    res_id = fields.Many2oneReference("Record", model_field="res_model")
    record_name = fields.Char(compute="_compute_record_name", string="Concerns")
    external_ref = fields.Char(index="btree_not_null")
    payload = fields.Json(groups="base.group_system")
    replay = fields.Char(string="Replay Method", groups="base.group_system")
    can_replay = fields.Boolean(compute="_compute_can_replay", compute_sudo=True)
    count = fields.Integer(string="Times Seen", default=1)
    first_seen = fields.Datetime(default=fields.Datetime.now)
    last_seen = fields.Datetime(default=fields.Datetime.now)
    solved_at = fields.Datetime()
    solved_by_id = fields.Many2one("res.users")

    _open_uniq = models.UniqueIndex(
        "(company_id, code, COALESCE(res_model, ''), COALESCE(res_id, 0), "
        "COALESCE(external_ref, '')) WHERE state = 'open'"
    )
    _record_idx = models.Index("(res_model, res_id)")

    @api.depends("res_model", "res_id", "external_ref")
    def _compute_record_name(self):
        for issue in self:
            record = issue._record()
            readable = record and record.has_access("read")
            issue.record_name = record.display_name if readable else issue.external_ref

    @api.depends("replay", "state")
    def _compute_can_replay(self):
        for issue in self:
            issue.can_replay = bool(issue.replay) and issue.state == "open"

    # ------------------------------------------------------------ report, solve

    @api.model
    def _report(
        self,
        code: str,
        *,
        message: str,
        record=None,
        order=None,
        company=None,
        external_ref: str | None = None,
        payload=None,
        suggestion: str | None = None,
        replay: str | None = None,
    ):
        """Open an issue, or count up the open one about the same thing.

        :param code: type of the issue, for grouping
        :param message: for a person, in the company's language, without personal data
        :param record: what it is about; the order when only that is given
        :param external_ref: the name of a thing that has no record (yet)
        :param payload: JSON to replay from; kept until the issue is solved
        :param replay: method of the record, or of ``sale.order`` taking the payload
        """
        record = order if record is None else record
        company = company or (order or record).company_id
        key = self._key(code, record, company, external_ref)
        # sudo: nobody may write issues by hand, whoever runs into one reports it.
        issues = self.sudo()
        values = {
            "message": message,
            "suggestion": suggestion,
            "replay": replay,
            "last_seen": fields.Datetime.now(),
        }
        if payload is not None:
            values["payload"] = payload
        if order:
            values["order_id"] = order.id
        elif record is not None and record._name == "sale.order":
            values["order_id"] = record.id
        return issues._open_or_count(key, values).with_env(self.env)

    @api.model
    def _open_or_count(self, key, values):
        issue = self.search([*key, ("state", "=", "open")], limit=1)
        if issue:
            issue.write(values | {"count": issue.count + 1})
            return issue
        values |= {field: value for field, _operator, value in key}
        try:
            with self.env.cr.savepoint():
                return self.create(values)
        except psycopg2.errors.UniqueViolation as error:
            raise RetryableJobError("the same issue is being reported") from error

    @api.model
    def _key(self, code, record, company, external_ref):
        return [
            ("company_id", "=", company.id),
            ("code", "=", code),
            ("res_model", "=", record._name if record else False),
            ("res_id", "=", record.id if record else False),
            ("external_ref", "=", external_ref or False),
        ]

    @api.model
    def _solve(self, code: str | None, record):
        """Close the open issues with this code (None: any) about a record.

        ``record`` may be an external reference instead (text).
        """
        domain = [("state", "=", "open")]
        if code:
            domain.append(("code", "=", code))
        if isinstance(record, str):
            domain += [("external_ref", "=", record), ("res_id", "=", False)]
            domain.append(("company_id", "=", self.env.company.id))
        else:
            domain += [("res_model", "=", record._name), ("res_id", "in", record.ids)]
        # sudo: see _report.
        issues = self.sudo().search(domain)
        issues._mark_solved()
        return issues.with_env(self.env)

    def _mark_solved(self):
        self.write(
            {
                "state": "solved",
                "solved_at": fields.Datetime.now(),
                "solved_by_id": self.env.uid,
                # Personal data is kept only as long as it is needed.
                "payload": False,
            }
        )

    # ------------------------------------------------------------ buttons

    def action_solve(self):
        """A person says that it is settled."""
        self.check_access("read")
        for issue in self.filtered(lambda issue: issue.state == "open"):
            # sudo: issues are read-only for users, this is the one way to close them.
            issue.sudo()._mark_solved()
            record = issue._record()
            if record and hasattr(record, "_b2c_after_issue_solved"):
                record._b2c_after_issue_solved(issue)

    def action_replay(self):
        """Try again what failed; what works closes its issue, else it counts up."""
        self.check_access("read")
        for issue in self:
            # sudo: payload and method name are not for the user's eyes or hands.
            hidden = issue.sudo()
            if hidden.state != "open":
                continue
            if not hidden.replay:
                raise UserError(self.env._("There is nothing to try again here."))
            issue._replay(hidden.replay, hidden.payload)

    def _replay(self, method, payload):
        """Call the replay method with the rights of the user."""
        self.ensure_one()
        record = self._record()
        if record:
            getattr(record.with_company(self.company_id), method)()
        else:
            orders = self.env["sale.order"].with_company(self.company_id)
            getattr(orders, method)(payload)

    def action_open_record(self):
        self.ensure_one()
        record = self._record()
        if not record:
            raise UserError(self.env._("There is no record for this issue yet."))
        return record.get_formview_action()

    def _record(self):
        self.ensure_one()
        if not self.res_model or self.res_model not in self.env or not self.res_id:
            return None
        return self.env[self.res_model].browse(self.res_id).exists() or None

    @api.model
    def _open_counts(self, orders) -> dict[int, int]:
        """Open issues by order id, in one query."""
        groups = self._read_group(
            [("order_id", "in", orders.ids), ("state", "=", "open")],
            ["order_id"],
            ["__count"],
        )
        return {order.id: count for order, count in groups}
