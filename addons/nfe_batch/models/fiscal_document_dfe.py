from odoo import fields, models

from .. import const
from ..domain import answers, envelope, event
from ..domain.cstat import Kind
from ..domain.endpoints import Service
from ..event_kind import CANCEL, CORRECTION, DELIVERY


class FiscalDocumentDfe(models.Model):
    """What the national environment distributed about a note.

    An event that is not from here, a cancellation above all, is never believed as it
    came: the SEFAZ is asked for the situation by key, and its answer is taken over.
    """

    _inherit = "l10n_br_fiscal.document"

    nfe_dfe_ids = fields.One2many(
        "nfe.dfe", "document_id", "Distributed Documents", readonly=True, copy=False
    )

    def _nfe_delay_check(self, delay=0):
        """Queue the question for the situation of an authorised note."""
        self._nfe_delay("_nfe_check_situation", const.SEND_CHANNEL, delay=delay)

    def _nfe_check_situation(self):
        """Job: take over events of authorised notes that another program sent.

        :raises RetryableJobError: another process works on one of them
        """
        self._nfe_own_interrupted()
        for document in self:
            intent = document._nfe_open_check()
            if intent is None:
                continue
            outcome = intent.client.call(Service.CONSULT, intent.message)
            document._nfe_store("_nfe_store_check", intent.attempt_id, outcome)

    def _nfe_open_check(self):
        with self._nfe_transaction() as document:
            document._nfe_lock()
            if document.state_edoc != "autorizada" or not document.nfe_is_batch:
                return None
            if document._nfe_wait_for_pause() or document._nfe_consulted_enough():
                document._nfe_delay_check(const.VETO_DELAY)
                return None
            client = document._nfe_client_or_problem()
            if client is None:
                return None
            attempt = document.env["nfe.attempt"]._open(document, "consult")
            message = envelope.consult(document.document_key, client.environment)
            return attempt._intent(client, message, self)

    def _nfe_store_check(self, attempt_id, outcome):
        """Adopt what stands at the SEFAZ; what is under way here is left to its job."""
        attempt = self.env["nfe.attempt"].browse(attempt_id)
        situation = attempt._settle(outcome, answers.read_situation)
        if not situation or situation.kind is Kind.ABUSE:
            if situation:
                self._nfe_pause()
            self._nfe_delay_check(const.VETO_DELAY)
            return
        for kind in (CORRECTION, DELIVERY, CANCEL):
            if not self[kind.status]:
                self._nfe_adopt_foreign(kind, situation)

    def _nfe_adopt_foreign(self, kind, situation):
        if kind is CANCEL and situation.kind is not Kind.CANCELLED:
            return
        if kind is CANCEL:
            requests = [row.request for row in situation.events if row.request]
            self.cancel_reason = next(
                (event.wording_of(row) for row in requests if b"<xJust>" in row), ""
            )
        self._nfe_adopt_events(kind, situation)
        if kind is CANCEL and self.state_edoc != "cancelada":
            self._nfe_problem_set(
                const.CANCELLED_ELSEWHERE,
                self.company_id._nfe_lang().env._(
                    "The NF-e is cancelled at the SEFAZ, but not by this program, and "
                    "the SEFAZ did not return the event: %(code)s - %(reason)s.",
                    code=situation.code,
                    reason=situation.reason,
                ),
            )
