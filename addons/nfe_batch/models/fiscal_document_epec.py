from dataclasses import replace

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools.misc import format_date

from .. import const
from ..domain import answers, contingency, endpoints, event
from ..domain.contingency import Mode
from ..domain.cstat import Kind
from ..domain.danfe_label import DanfeLabel
from ..domain.schema import SchemaInvalid
from ..event_kind import EPEC

VERSION = "nfe_batch 19.0"
"""verAplic: this program, 20 characters at most."""
NOT_SHARED_YET = 468
"""The SEFAZ has the note and not its EPEC: the national office is late."""
SHARED_DELAY = 3600


class FiscalDocumentEpec(models.Model):
    """EPEC: an event at the national office lets the goods leave before the note.

    While the company is in that mode, notes get a key with tpEmis 4 and their event;
    the label is printed with its number. The note itself is sent with the very same
    bytes when home is back, within 168 hours. The national office tells nothing about
    an event, so one whose answer was lost goes again with the same bytes: it is
    registered once, and 573 names it.
    """

    _inherit = "l10n_br_fiscal.document"

    nfe_epec = fields.Selection(
        [
            ("ready", "To be sent"),
            ("sending", "At the national office"),
            ("unknown", "Outcome unknown"),
        ],
        "EPEC",
        readonly=True,
        copy=False,
    )
    nfe_epec_protocol = fields.Char("EPEC Protocol", readonly=True, copy=False)
    nfe_epec_date = fields.Datetime(
        "EPEC Registered On", readonly=True, copy=False, index="btree_not_null"
    )
    nfe_epec_warned = fields.Boolean("EPEC Alarm Raised", readonly=True, copy=False)
    nfe_epec_label_id = fields.Many2one(
        "ir.attachment", "DANFE Label (EPEC)", readonly=True, copy=False
    )

    # === WISH === #

    def _nfe_leave_or_wait(self, mode):
        """In this mode the events leave instead of the notes."""
        if mode is Mode.EPEC:
            for document in self.filtered(lambda doc: doc._nfe_needs_epec()):
                if document.nfe_signed_id or document._nfe_sign():
                    document.nfe_epec = "ready"
                    document._nfe_queue_event(EPEC)
        return super()._nfe_leave_or_wait(mode)

    def _nfe_needs_epec(self):
        return (
            self._nfe_emission_type() == endpoints.EPEC
            and not self.nfe_epec
            and not self.nfe_epec_date
        )

    def _nfe_ensure_at_rest(self):
        """An EPEC binds number and contents: its note is authorised, then cancelled."""
        bound = self.filtered(
            lambda doc: (
                (doc.nfe_epec or doc.nfe_epec_date) and doc.state_edoc != "autorizada"
            )
        )
        if bound:
            raise UserError(
                self.env._(
                    "The NF-e %(numbers)s has an EPEC, which cannot be taken back: it "
                    "must be authorised first, and may be cancelled then.",
                    numbers=", ".join(bound.mapped("document_number")),
                )
            )
        return super()._nfe_ensure_at_rest()

    # === EVENT === #

    def _nfe_epec_send(self):
        """Job: register the EPEC of notes at the national office.

        Safe to run again: what was lost goes with the same bytes.

        :raises RetryableJobError: another process works on one of them
        """
        for document in self:
            try:
                document._nfe_run_event(EPEC)
            except SchemaInvalid as error:
                document._nfe_store("_nfe_epec_impossible", str(error))

    def _nfe_event_is_due(self, kind):
        if kind is not EPEC:
            return super()._nfe_event_is_due(kind)
        if self.nfe_epec not in ("ready", "unknown") or self.nfe_epec_date:
            return False
        over = self.company_id._nfe_mode() is not Mode.EPEC
        if over and self._nfe_key_is_free():
            # Home came back before the event left.
            self.nfe_epec = False
            self._nfe_queue_send()
            return False
        return self.nfe_transmission == "ready" and bool(self.nfe_signed_id)

    def _nfe_event_office(self, kind):
        return endpoints.EPEC if kind is EPEC else super()._nfe_event_office(kind)

    def _nfe_sign_event(self, kind, wording, sequence):
        if kind is not EPEC:
            return super()._nfe_sign_event(kind, wording, sequence)
        kept = self._nfe_draft_event(kind).file_request_id.raw or b""
        if self.document_key.encode() in kept:
            return kept
        frame = self._nfe_event_frame()
        return event.epec(
            note=self._nfe_signed_bytes(),
            version=VERSION,
            at=frame["at"],
            signer=frame["signer"],
        )

    def _nfe_read_event_back(self, kind):
        """Nobody can be asked about an EPEC, see the class."""
        if kind is not EPEC:
            super()._nfe_read_event_back(kind)

    # === RESULT === #

    def _nfe_store_event(self, kind, attempt_id, outcome):
        super()._nfe_store_event(kind, attempt_id, outcome)
        if kind is EPEC and self.nfe_epec == "unknown":
            message = self.company_id._nfe_lang().env._(
                "The EPEC left, but the answer of the national office was lost. It is "
                "sent again on its own, which registers it once."
            )
            delay = self._nfe_retry_delay()
            self._nfe_problem_set(const.OUTCOME_UNKNOWN, message, delay=delay)
            self._nfe_delay(kind.job, const.SEND_CHANNEL, delay=delay)

    def _nfe_apply_event(self, kind, decision):
        number = answers.protocol_in(decision.reason)
        known = decision.kind is Kind.EVENT_DUPLICATE and number
        if kind is EPEC and known:
            record = self._nfe_draft_event(kind)
            now = fields.Datetime.now()
            record.set_done(str(decision.code), decision.reason, now, number, "")
            self._nfe_epec_registered(record)
        elif kind is EPEC and decision.kind is Kind.EVENT_DUPLICATE:
            self._nfe_event_refused(kind, decision)
        else:
            super()._nfe_apply_event(kind, decision)

    def _nfe_event_stands(self, kind, record, content, result):
        super()._nfe_event_stands(kind, record, content, result)
        if kind is EPEC:
            self._nfe_epec_registered(record)

    def _nfe_epec_registered(self, record):
        """The goods may leave: print, and wait for home."""
        self._nfe_clear_problem()
        self.write(
            {
                "nfe_epec": False,
                "nfe_epec_protocol": record.protocol_number,
                "nfe_epec_date": record.protocol_date,
            }
        )
        self._nfe_delay("_nfe_make_epec_label", const.PAPERS_CHANNEL)
        self._nfe_queue_send()

    def _nfe_epec_impossible(self, details):
        message = self.company_id._nfe_lang().env._(
            "The EPEC does not fit the official layout: %(details)s. The NF-e waits "
            "until the SEFAZ is back.",
            details=details,
        )
        self.nfe_epec = False
        self._nfe_problem_set(const.EPEC_IMPOSSIBLE, message)

    def _nfe_event_refusal(self, kind, decision):
        if kind is not EPEC:
            return super()._nfe_event_refusal(kind, decision)
        message = self.company_id._nfe_lang().env._(
            "The national office did not register the EPEC: %(code)s - %(reason)s. The "
            "goods must not leave; the NF-e waits until the SEFAZ is back.",
            code=decision.code,
            reason=decision.reason,
        )
        return f"epec_{decision.code}", message

    def _nfe_event_delayed(self, kind):
        if kind is not EPEC:
            return super()._nfe_event_delayed(kind)
        return self.company_id._nfe_lang().env._(
            "The national office cannot be reached or is out of service. The EPEC is "
            "sent again on its own."
        )

    def _nfe_reject(self, answer):
        """468 for a note whose EPEC stands: home learns of the event a little later."""
        early = self.filtered(
            lambda doc: answer.code == NOT_SHARED_YET and doc.nfe_epec_date
        )
        if early:
            early._nfe_back_to_ready()
            message = self.company_id._nfe_lang().env._(
                "The SEFAZ does not know the EPEC yet. The NF-e is sent again in an "
                "hour."
            )
            early._nfe_problem_set(const.SEFAZ_UNAVAILABLE, message, delay=SHARED_DELAY)
        rest = self - early
        if rest:
            super(FiscalDocumentEpec, rest)._nfe_reject(answer)

    # === PAPER AND ALARM === #

    def _nfe_label_config(self):
        """A label of before the authorisation tells the protocol of the event."""
        config = super()._nfe_label_config()
        if not self.nfe_epec_protocol or self.nfe_proc_id:
            return config
        moment = self._nfe_local(self.nfe_epec_date)
        number = f"{self.nfe_epec_protocol} - {moment:%d/%m/%Y %H:%M:%S}"
        return replace(config, epec_protocol=number)

    def _nfe_make_epec_label(self):
        """Job: draw the label that goes with the parcel until the note follows."""
        for document in self.filtered("nfe_epec_protocol"):
            if document.nfe_epec_label_id:
                continue
            note = document._nfe_signed_bytes().decode()
            label = DanfeLabel(note, document._nfe_label_config())
            document.nfe_epec_label_id = document._nfe_attach_pdf(
                f"DANFE-{document.document_key}-EPEC.pdf", label
            )

    def action_nfe_open_label(self):
        """Until the note is authorised its label is that of the EPEC."""
        self.ensure_one()
        if self.nfe_epec_protocol and not self.nfe_proc_id:
            self._nfe_make_epec_label()
            return self._target_new_tab(self.nfe_epec_label_id)
        return super().action_nfe_open_label()

    @api.model
    def _nfe_warn_of_late_epec(self):
        """Tell of notes whose EPEC is old: after 168 hours no EPEC is taken (142)."""
        limit = fields.Datetime.now() - contingency.EPEC_ALARM
        # sudo: the cron serves every company.
        late = self.sudo().search(
            [
                ("nfe_epec_date", "<=", limit),
                ("nfe_epec_warned", "=", False),
                ("state_edoc", "not in", ("autorizada", "cancelada")),
            ]
        )
        late.nfe_epec_warned = True
        for document in late:
            env = document.company_id._nfe_lang().env
            summary = env._(
                "NF-e %(number)s: EPEC without note", number=document.document_number
            )
            message = env._(
                "The EPEC of this NF-e is from %(date)s and the note is still not "
                "authorised. After seven days the national office takes no further "
                "EPEC of the company.",
                date=format_date(env, document.nfe_epec_date),
            )
            document.nfe_contingency_id._tell(summary, message)
