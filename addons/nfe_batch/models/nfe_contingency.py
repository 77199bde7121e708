import logging

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools.misc import format_datetime

from ..domain import contingency, text

_logger = logging.getLogger(__name__)


class NfeContingency(models.Model):
    """A time in which a company issues in contingency; the rows are the log of it.

    Life: a manager or the policy opens it (``until`` empty, one at most per company);
    it ends when home answers that it is up, when SVC closes (113, 114), when EPEC takes
    its place, or by hand. Notes that were never taken by any office follow each change
    with a new key under their number when they are sent next; the others stay as they
    are (``fiscal_document_contingency``). Nothing here is written by hand.
    """

    _name = "nfe.contingency"
    _inherit = ["mail.thread", "mail.activity.mixin", "nfe.transaction.mixin"]
    _description = "NF-e Contingency"
    _order = "since desc, id desc"

    company_id = fields.Many2one("res.company", required=True, index=True)
    mode = fields.Selection(
        [("svc", "SVC"), ("epec", "EPEC")], required=True, readonly=True
    )
    emission_type = fields.Selection(
        [("4", "4 - EPEC"), ("6", "6 - SVC-AN"), ("7", "7 - SVC-RS")],
        "Form of Emission (tpEmis)",
        required=True,
        readonly=True,
    )
    since = fields.Datetime("Since (dhCont)", required=True, readonly=True)
    reason = fields.Char(
        "Reason (xJust)", required=True, readonly=True, size=contingency.REASON_MAX
    )
    origin = fields.Selection(
        [("user", "By hand"), ("policy", "By the policy")],
        "Entered",
        required=True,
        readonly=True,
    )
    user_id = fields.Many2one("res.users", "Entered By", readonly=True)
    until = fields.Datetime(readonly=True)
    ending = fields.Selection(
        [
            ("user", "By hand"),
            ("status", "The SEFAZ is back (107)"),
            ("svc_closed", "SVC closed (113, 114)"),
            ("switched", "Followed by another contingency"),
        ],
        "Left",
        readonly=True,
    )
    end_user_id = fields.Many2one("res.users", "Left By", readonly=True)
    document_ids = fields.One2many(
        "l10n_br_fiscal.document", "nfe_contingency_id", "Notes", readonly=True
    )
    document_count = fields.Integer("Number of Notes", compute="_compute_counts")
    waiting_count = fields.Integer("Waiting Notes", compute="_compute_counts")

    _company_open_unique = models.UniqueIndex(
        "(company_id) WHERE until IS NULL",
        "The company issues in contingency already.",
    )

    @api.depends("mode", "since")
    def _compute_display_name(self):
        modes = dict(self._fields["mode"]._description_selection(self.env))
        for record in self:
            since = format_datetime(self.env, record.since, dt_format="short")
            record.display_name = f"{modes.get(record.mode, '')} {since}".strip()

    @api.depends("document_ids.nfe_transmission")
    def _compute_counts(self):
        groups = self.env["l10n_br_fiscal.document"]._read_group(
            [("nfe_contingency_id", "in", self.ids)],
            ["nfe_contingency_id", "nfe_transmission"],
            ["__count"],
        )
        for record in self:
            own = {state: n for row, state, n in groups if row == record}
            record.document_count = sum(own.values())
            record.waiting_count = record.document_count - own.get("done", 0)

    # === ENTER AND LEAVE === #

    @api.model
    def _enter(self, company, mode, reason, origin):
        """Begin a contingency, ending the one that is on; notes follow on their own.

        :param mode: ``domain.contingency.Mode``
        :param str reason: xJust, 15 to 256 characters
        :param str origin: user or policy
        :raises UserError: the reason is too short
        """
        reason = self._clean_reason(reason)
        # sudo: nobody writes the log by hand; callers check who may switch.
        log = self.sudo()
        company._nfe_contingency()._end("switched")
        record = log.create(
            {
                "company_id": company.id,
                "mode": mode.value,
                "emission_type": company._nfe_emission_type(mode),
                "since": fields.Datetime.now(),
                "reason": reason,
                "origin": origin,
                "user_id": self.env.uid if origin == "user" else False,
            }
        )
        _logger.info("Company %s issues in contingency: %s", company.id, mode.value)
        record._announce_start()
        # The question for home's status is the contingency's own now.
        record.company_id.nfe_held_until = False
        company._nfe_send_waiting()
        return record

    def _leave(self, ending):
        """End the contingency; the notes that wait go to home again."""
        for record in self.filtered(lambda row: not row.until):
            record._end(ending)
            _logger.info("Company %s is out of contingency", record.company_id.id)
            record._announce_end()
            record.company_id._nfe_send_waiting()

    def _end(self, ending):
        self.write(
            {
                "until": fields.Datetime.now(),
                "ending": ending,
                "end_user_id": self.env.uid if ending == "user" else False,
            }
        )
        self.activity_unlink(["mail.mail_activity_data_todo"])

    def _clean_reason(self, reason):
        clean = text.clean(reason or "", contingency.REASON_MAX) or ""
        if len(clean) < contingency.REASON_MIN:
            raise UserError(
                self.env._(
                    "The reason of the contingency needs at least %(length)s "
                    "characters: it is printed on every DANFE.",
                    length=contingency.REASON_MIN,
                )
            )
        return clean

    # === BUTTON === #

    def action_leave(self):
        """Back to normal by hand."""
        self._ensure_manager()
        self.check_access("read")
        # sudo: nobody writes the log by hand; who may switch was just checked.
        self.sudo()._leave("user")

    @api.model
    def _ensure_manager(self):
        """:raises AccessError: the user is no manager of the NF-e"""
        if not self.env.user.has_group("nfe_batch.nfe_batch_group_manager"):
            raise AccessError(
                self.env._("Only managers of the NF-e switch the contingency.")
            )

    def action_open_documents(self):
        """The notes of a contingency."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "nfe_batch.l10n_br_fiscal_document_action"
        )
        domain = [("nfe_contingency_id", "=", self.id)]
        return {**action, "domain": domain, "context": {}}

    # === WHO IS TOLD === #

    def _managers(self):
        """Managers of the NF-e who work in the company."""
        group = self.env.ref("nfe_batch.nfe_batch_group_manager")
        return group.all_user_ids.filtered(
            lambda user: (
                user.active
                and not user.share
                and self.company_id in user.company_ids
                and user != self.env.ref("base.user_root")
            )
        )

    def _announce_start(self):
        own = self.with_env(self.company_id._nfe_lang().env)
        label = dict(own._fields["mode"]._description_selection(own.env))[own.mode]
        summary = own.env._("NF-e in contingency: %(mode)s", mode=label)
        body = own.env._(
            "%(company)s issues in contingency (%(mode)s). Reason: %(reason)s. The "
            "SEFAZ is asked every few minutes; the return is automatic.",
            company=own.company_id.name,
            mode=label,
            reason=own.reason,
        )
        own._tell(summary, body)

    def _tell(self, summary, body):
        """A message for the log, a task for each manager of the company."""
        managers = self._managers()
        self.message_subscribe(managers.partner_id.ids)
        self.message_post(body=body)
        for user in managers:
            self.activity_schedule(
                "mail.mail_activity_data_todo",
                summary=summary,
                note=body,
                user_id=user.id,
            )

    def _announce_end(self):
        own = self.with_env(self.company_id._nfe_lang().env)
        endings = dict(own._fields["ending"]._description_selection(own.env))
        own.message_post(
            body=own.env._(
                "The contingency is over: %(ending)s. The notes that waited go to the "
                "SEFAZ of the state.",
                ending=endings[own.ending],
            )
        )
