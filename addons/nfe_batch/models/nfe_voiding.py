import base64

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Domain

from .. import const
from ..domain import burnt, voiding
from ..domain.burnt import Fate

OLDEST_YEAR = 2006
"""The first year of the NF-e (rule I05, cStat 454)."""
EDITABLE_STATES = ("draft", "rejected")
LIVE_STATES = ("ready", "sending", "unknown", "authorized")
"""States in which the numbers must not be used any more."""
EDITABLE_FIELDS = {
    "active",
    "burnt_on",
    "company_id",
    "document_serie_id",
    "number_first",
    "number_last",
    "reason",
    "year",
}
SHOWN_NUMBERS = 5


class NfeVoiding(models.Model):
    """Voiding (inutilização) of a range of numbers that were never used.

    Life: ``draft`` (proposed by the daily cron, or written by a manager) → ``ready``
    (a manager sent it) → ``sending`` (the intent is committed, the call is under way)
    → ``authorized`` or ``rejected``; a rejection keeps its reason and may be corrected
    and sent again. ``unknown`` is a request whose answer was lost. No service tells
    about a voiding, so the same bytes are sent again: their identity is the range, the
    SEFAZ voids it once and answers 563 with the protocol of then.

    An archived draft is not proposed again.
    """

    _name = "nfe.voiding"
    _inherit = ["nfe.transaction.mixin"]
    _description = "NF-e Voiding of Numbers"
    _order = "due_date desc, id desc"
    _check_company_auto = True

    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    document_serie_id = fields.Many2one(
        "l10n_br_fiscal.document.serie",
        "Series",
        required=True,
        check_company=True,
        domain="[('company_id', '=', company_id), "
        f"('document_type_id.code', '=', '{const.MODEL_NFE}')]",
    )
    number_first = fields.Integer("First Number", required=True)
    number_last = fields.Integer("Last Number", required=True)
    number_count = fields.Integer("Numbers", compute="_compute_number_count")
    burnt_on = fields.Date(
        "Break in the Numbering",
        required=True,
        default=fields.Date.context_today,
        help="Day on which the oldest of the numbers was drawn, or its absence showed.",
    )
    year = fields.Integer(
        compute="_compute_year",
        store=True,
        precompute=True,
        readonly=False,
        required=True,
    )
    due_date = fields.Date(
        "Due",
        compute="_compute_due_date",
        store=True,
        help="The 10th of the following month (Ajuste SINIEF 07/05, cl. 14).",
    )
    reason = fields.Char(
        required=True, size=voiding.REASON_MAX, help="15 to 255 characters."
    )
    state = fields.Selection(
        [
            ("draft", "Draft"),
            ("ready", "To be sent"),
            ("sending", "At the SEFAZ"),
            ("unknown", "Outcome unknown"),
            ("authorized", "Voided"),
            ("rejected", "Refused"),
        ],
        default="draft",
        required=True,
        readonly=True,
        copy=False,
        index=True,
    )
    problem = fields.Text(readonly=True, copy=False)
    status_code = fields.Char("cStat", readonly=True, copy=False)
    protocol = fields.Char(readonly=True, copy=False)
    protocol_date = fields.Datetime("Voided On", readonly=True, copy=False)
    tries = fields.Integer(readonly=True, copy=False)
    next_try = fields.Datetime(readonly=True, copy=False)
    attempt_ids = fields.One2many(
        "nfe.attempt", "voiding_id", string="Attempts", readonly=True
    )
    signed_xml = fields.Binary(
        "Signed Request", attachment=True, readonly=True, copy=False
    )
    signed_name = fields.Char(compute="_compute_file_names")
    proc_xml = fields.Binary("procInutNFe", attachment=True, readonly=True, copy=False)
    proc_name = fields.Char(compute="_compute_file_names")

    _range_index = models.Index("(document_serie_id, number_first, number_last)")
    _range_check = models.Constraint(
        "CHECK (number_first >= 1 AND number_first <= number_last "
        "AND number_last <= 999999999)",
        "Numbers go from 1 to 999999999, the first one not greater than the last.",
    )

    # === COMPUTE === #

    @api.depends("number_first", "number_last")
    def _compute_number_count(self):
        for record in self:
            record.number_count = max(record.number_last - record.number_first + 1, 0)

    @api.depends("burnt_on")
    def _compute_year(self):
        for record in self:
            record.year = (record.burnt_on or fields.Date.today()).year

    @api.depends("burnt_on")
    def _compute_due_date(self):
        for record in self:
            day = record.burnt_on
            record.due_date = burnt.due_date(day) if day else False

    @api.depends("document_serie_id", "number_first", "number_last")
    def _compute_display_name(self):
        for record in self:
            first, last = record.number_first, record.number_last
            numbers = f"{first}" if first == last else f"{first}-{last}"
            record.display_name = f"{record.document_serie_id.code or ''}/{numbers}"

    @api.depends("number_first", "number_last")
    def _compute_file_names(self):
        for record in self:
            name = record.display_name.replace("/", "-")
            record.signed_name = f"{name}-ped-inu.xml"
            record.proc_name = f"{name}-procInutNFe.xml"

    # === WHAT MAY BE WRITTEN === #

    @api.constrains("number_first", "number_last")
    def _check_count(self):
        for record in self:
            if record.number_count > burnt.MAX_RANGE:
                raise ValidationError(
                    self.env._(
                        "One request voids %(max)s numbers at most, not %(count)s.",
                        max=burnt.MAX_RANGE,
                        count=record.number_count,
                    )
                )

    @api.constrains("year")
    def _check_year(self):
        this_year = fields.Date.context_today(self).year
        for record in self:
            if not OLDEST_YEAR <= record.year <= this_year:
                raise ValidationError(
                    self.env._(
                        "The year must lie between %(first)s and %(last)s.",
                        first=OLDEST_YEAR,
                        last=this_year,
                    )
                )

    @api.constrains("reason")
    def _check_reason(self):
        for record in self:
            if len(voiding.justification_of(record.reason)) < voiding.REASON_MIN:
                raise ValidationError(
                    self.env._(
                        "The SEFAZ wants a reason of at least %(length)s characters.",
                        length=voiding.REASON_MIN,
                    )
                )

    @api.constrains("document_serie_id")
    def _check_serie(self):
        for record in self:
            serie = record.document_serie_id
            of_nfe = serie.document_type_id.code == const.MODEL_NFE
            if not of_nfe or not (serie.code or "").isdigit():
                raise ValidationError(
                    self.env._(
                        "%(series)s is no series of the NF-e with a number as its "
                        "code.",
                        series=serie.display_name,
                    )
                )

    @api.constrains("document_serie_id", "number_first", "number_last", "active")
    def _check_overlap(self):
        for record in self.filtered("active"):
            other = self.search(
                Domain("id", "!=", record.id)
                & record._overlap_domain(
                    record.document_serie_id, record.number_first, record.number_last
                ),
                limit=1,
            )
            if other:
                raise ValidationError(
                    self.env._(
                        "Another voiding holds some of these numbers already: "
                        "%(other)s.",
                        other=other.display_name,
                    )
                )

    @api.model
    def _overlap_domain(self, serie, first, last):
        return (
            Domain("document_serie_id", "=", serie.id)
            & Domain("number_first", "<=", last)
            & Domain("number_last", ">=", first)
        )

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._ensure_editable(vals)
        return super().create(vals_list)

    def write(self, vals):
        self._ensure_editable(vals)
        return super().write(vals)

    def _ensure_editable(self, vals):
        """What the SEFAZ said is written by the pipeline only, and range and reason
        stay as they were signed.

        :raises AccessError: a field of the pipeline
        :raises UserError: the request was sent already
        """
        if self.env.su:
            return
        if set(vals) - EDITABLE_FIELDS:
            raise AccessError(
                self.env._("State and protocol of a voiding come from the SEFAZ.")
            )
        if any(record.state not in EDITABLE_STATES for record in self):
            raise UserError(
                self.env._("A voiding that was sent cannot be changed any more.")
            )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_sent(self):
        if any(record.state not in EDITABLE_STATES for record in self):
            raise UserError(self.env._("A voiding that was sent cannot be deleted."))

    # === MAY IT GO? === #

    def _documents(self):
        """Our documents that hold numbers of the range, in any state."""
        self.ensure_one()
        numbers = range(self.number_first, self.number_last + 1)
        return self.env["l10n_br_fiscal.document"].search(
            [
                ("document_serie_id", "=", self.document_serie_id.id),
                ("issuer", "=", "company"),
                ("document_number", "in", [str(number) for number in numbers]),
            ],
        )

    def _obstacle(self):
        """Why the range must not be voided now.

        :return: a sentence in the language of the environment, or empty text
        """
        self.ensure_one()
        upcoming = self.document_serie_id.internal_sequence_id.number_next_actual
        if self.number_last >= upcoming:
            return self.env._(
                "%(voiding)s: the series goes on with number %(next)s. What was not "
                "drawn yet cannot be voided.",
                voiding=self.display_name,
                next=upcoming,
            )
        held = self._documents().filtered(
            lambda document: document._nfe_fate() is not Fate.ABANDONED
        )
        if held:
            numbers = sorted(int(number) for number in held.mapped("document_number"))
            shown = ", ".join(str(number) for number in numbers[:SHOWN_NUMBERS])
            return self.env._(
                "%(voiding)s: these numbers belong to notes that the SEFAZ has, or "
                "that are not finished: %(numbers)s.",
                voiding=self.display_name,
                numbers=shown + (", …" if len(numbers) > SHOWN_NUMBERS else ""),
            )
        return ""

    # === BUTTON === #

    def action_send(self):
        """Button: have ranges voided at the SEFAZ, by a job each.

        Drafts and refused ones are signed anew from what the record says; one whose
        outcome is unknown goes with the bytes of then. What is voided, or under way, is
        left alone.

        :raises AccessError: the user is no manager of the NF-e
        :raises UserError: numbers that are used, not finished or not drawn yet; all of
            them at once, and nothing is sent
        """
        self.check_access("write")
        fresh = self.filtered(lambda record: record.state in EDITABLE_STATES)
        obstacles = [text for record in fresh if (text := record._obstacle())]
        if obstacles:
            raise UserError("\n".join(obstacles))
        # sudo: state and request are written by the pipeline, not by hand.
        fresh.sudo().write(
            {
                "state": "ready",
                "problem": False,
                "status_code": False,
                "signed_xml": False,
                "tries": 0,
                "next_try": False,
            }
        )
        for record in self.filtered(lambda row: row.state in ("ready", "unknown")):
            record._nfe_delay("_nfe_void", const.SEND_CHANNEL)

    def _signed_bytes(self):
        """The exact signed request, or empty bytes when there is none."""
        self.ensure_one()
        content = self.with_context(bin_size=False).signed_xml
        return base64.b64decode(content or b"")

    def _proc_bytes(self):
        """procInutNFe, byte by byte, or empty bytes when the SEFAZ did not void it."""
        self.ensure_one()
        content = self.with_context(bin_size=False).proc_xml
        return base64.b64decode(content or b"")
