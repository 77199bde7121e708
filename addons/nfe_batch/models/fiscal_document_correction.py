from odoo import fields, models
from odoo.exceptions import UserError

from .. import const
from ..domain import event
from ..event_kind import CORRECTION


class FiscalDocumentCorrection(models.Model):
    """Correction letters (carta de correção, CC-e, event 110110) of authorised notes.

    A letter that the SEFAZ registered is an OCA event of type 14 with a protocol; the
    last one stands alone, so the wizard offers its text (Ajuste SINIEF 07/05, cl. 14-A,
    § 4). What a letter may not correct is told by the conditions of use.
    """

    _inherit = "l10n_br_fiscal.document"

    nfe_correction = fields.Selection(
        [
            ("ready", "To be sent"),
            ("sending", "At the SEFAZ"),
            ("unknown", "Outcome unknown"),
        ],
        "Correction Letter",
        readonly=True,
        copy=False,
    )

    # === HOOK === #

    def _nfe_after_correction(self):
        """Hook: the SEFAZ registered the letter that was wished for.

        Same rules as ``_nfe_after_authorize``. OCA's own hook notes it in the chatter.
        """
        for document in self.with_context(nfe_batch_corrected=True):
            document._document_correction(document.correction_reason)

    # === WISH === #

    def action_document_correction(self):
        """Open OCA's wizard, with the text that the new letter replaces."""
        action = super().action_document_correction()
        if self.nfe_is_batch:
            self._nfe_ensure_can_correct()
            letter = self._nfe_registered_corrections()[-1:]
            action["context"] = {
                "default_document_id": self.id,
                "default_justification": letter.justification,
            }
        return action

    def _document_correction(self, justificative):
        """OCA's wizard: the letter goes to the SEFAZ by a job."""
        self.ensure_one()
        if self.nfe_is_batch and not self.env.context.get("nfe_batch_corrected"):
            return self._nfe_queue_correction(justificative)
        return super()._document_correction(justificative)

    def _nfe_queue_correction(self, wording):
        """Check the wish and queue it.

        :param str wording: 15 to 1000 characters, all that is still to be corrected
        :raises AccessError: the user has no NF-e group or may not write self
        :raises UserError: the SEFAZ would refuse the letter
        """
        self._nfe_ensure_can_correct()
        try:
            wording = event.correction_wording(wording)
        except ValueError as error:
            raise UserError(
                self.env._(
                    "A correction letter has %(least)s to %(most)s characters.",
                    least=event.CORRECTION_MIN,
                    most=event.CORRECTION_MAX,
                )
            ) from error
        self.write({"correction_reason": wording, "nfe_correction": "ready"})
        self._nfe_queue_event(CORRECTION)

    def _nfe_ensure_can_correct(self):
        """:raises AccessError, UserError: no letter may be written now"""
        self.ensure_one()
        self._nfe_ensure_user()
        obstacle = self._nfe_correction_obstacle()
        if self.nfe_correction:
            obstacle = self.env._(
                "The correction letter before this one has no answer of the SEFAZ yet."
            )
        if obstacle:
            raise UserError(obstacle)

    def _nfe_correction_obstacle(self):
        """Why the SEFAZ would refuse any letter, in the language of self, or None."""
        if self.state_edoc != "autorizada":
            return self.env._("Only an authorised NF-e takes a correction letter.")
        if self.nfe_cancellation:
            return self.env._(
                "The cancellation of the NF-e is on its way to the SEFAZ."
            )
        if self.authorization_event_id.environment != self._nfe_event_environment():
            return self.env._(
                "The NF-e was authorised in another environment than the company's."
            )
        if fields.Datetime.now() > self.authorization_date + event.CORRECTION_LIMIT:
            return self.env._(
                "The NF-e was authorised more than 30 days (720 hours) ago: the SEFAZ "
                "takes no correction letter any more."
            )
        if self._nfe_event_sequence(CORRECTION) > event.MAX_CORRECTIONS:
            return self.env._(
                "The NF-e has %(count)s correction letters: the SEFAZ takes no more.",
                count=event.MAX_CORRECTIONS,
            )
        return None

    def _nfe_registered_corrections(self):
        """The letters that the SEFAZ registered, the one that stands last."""
        letters = self._nfe_events(CORRECTION).filtered("protocol_number")
        return letters.sorted(lambda row: int(row.sequence))

    # === EVENT === #

    def _nfe_correct(self):
        """Job: send the correction letters that were wished for.

        Safe to run again: without a wish nothing leaves, and a letter whose answer was
        lost is asked for first.

        :raises RetryableJobError: another process works on one of them
        """
        self._nfe_run_event(CORRECTION)

    def _nfe_event_is_due(self, kind):
        due = super()._nfe_event_is_due(kind)
        if kind is not CORRECTION or not due:
            return due
        # A cancellation goes first; the cron looks again when it was refused.
        if self.nfe_correction != "ready" or self.nfe_cancellation:
            return False
        lang = self.company_id._nfe_lang().env.lang
        obstacle = self.with_context(lang=lang)._nfe_correction_obstacle()
        if obstacle:
            self.nfe_correction = False
            self._nfe_problem_set(const.CORRECTION_IMPOSSIBLE, obstacle)
        return not obstacle

    def _nfe_event_sequence(self, kind):
        if kind is not CORRECTION:
            return super()._nfe_event_sequence(kind)
        return int(self._nfe_registered_corrections()[-1:].sequence or 0) + 1

    def _nfe_sign_event(self, kind, wording, sequence):
        if kind is not CORRECTION:
            return super()._nfe_sign_event(kind, wording, sequence)
        return event.correction(
            sequence=sequence, wording=wording, **self._nfe_event_frame()
        )

    def _nfe_event_refusal(self, kind, decision):
        """The code differs from a refused cancellation, which others act upon."""
        if kind is not CORRECTION:
            return super()._nfe_event_refusal(kind, decision)
        message = self.company_id._nfe_lang().env._(
            "The SEFAZ did not register the correction letter: %(code)s - %(reason)s. "
            "The NF-e stays as it was.",
            code=decision.code,
            reason=decision.reason,
        )
        return f"correction_{decision.code}", message

    def _nfe_event_delayed(self, kind):
        if kind is not CORRECTION:
            return super()._nfe_event_delayed(kind)
        return self.company_id._nfe_lang().env._(
            "The SEFAZ cannot be reached or is out of service. The correction letter "
            "is sent again on its own."
        )

    def _nfe_event_stands(self, kind, record, content, result):
        """Ours, or one that another program sent: then ours follows it."""
        super()._nfe_event_stands(kind, record, content, result)
        if kind is CORRECTION and record.justification == self.correction_reason:
            self._nfe_clear_problem()
            self.nfe_correction = False
            self._nfe_call_hook("_nfe_after_correction")
