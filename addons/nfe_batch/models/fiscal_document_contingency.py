from dataclasses import replace

from odoo import fields, models

from ..domain import contingency
from ..domain.endpoints import NORMAL, SVC_AN, SVC_RS
from ..event_kind import CORRECTION

SENDINGS = ("send", "epec")
"""Kinds of ``nfe.attempt`` that may bring a key to an office."""


class FiscalDocumentContingency(models.Model):
    """Notes follow the company into contingency and back, if no office can have them.

    The key says how a note is issued (tpEmis) and with it where it goes. A note that
    no office can have taken gets the key of the mode that is on when it is sent, under
    the same number, and is signed again. Any other keeps its key: what happened to it
    is asked at the office that it went to.
    """

    _inherit = "l10n_br_fiscal.document"

    nfe_contingency_id = fields.Many2one(
        "nfe.contingency",
        "Issued in Contingency",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
    )

    # === DATA AND KEY === #

    def _nfe_header_data(self):
        header = super()._nfe_header_data()
        # sudo: whoever confirms a document need not read the log of contingencies.
        own = self.sudo().nfe_contingency_id
        if not own:
            return header
        return replace(
            header,
            emission_type=own.emission_type,
            contingency_at=self._nfe_local(own.since),
            contingency_reason=own.reason,
        )

    def _generate_key(self):
        """A new key is of the mode that is on."""
        for document in self.filtered("nfe_is_batch"):
            document.nfe_contingency_id = document.company_id._nfe_contingency().id
        return super()._generate_key()

    def _nfe_emission_type(self):
        """tpEmis, as the key has it."""
        return (self.document_key or "")[34:35] or NORMAL

    # === WHICH OFFICE === #

    def _nfe_office(self, *, sending=False):
        """tpEmis of the office to call about notes that were issued alike."""
        return contingency.office_of_note(
            self[:1]._nfe_emission_type(), self.company_id._nfe_mode(), sending=sending
        )

    def _nfe_send_again(self):
        """217 from an office that may get the note later frees it for nothing."""
        if self._nfe_may_arrive_late():
            self._nfe_ask_later()
        else:
            super()._nfe_send_again()

    def _nfe_may_arrive_late(self):
        """True for a note of SVC while home is asked: SVC hands its notes over."""
        at_svc = self._nfe_emission_type() in (SVC_AN, SVC_RS)
        return at_svc and self._nfe_office() == NORMAL

    def _nfe_event_is_due(self, kind):
        """SVC takes no correction letter: it waits until home has the note."""
        due = super()._nfe_event_is_due(kind)
        return due and (kind is not CORRECTION or self._nfe_office() == NORMAL)

    # === FOLLOWING THE MODE === #

    def _nfe_fit_contingency(self):
        """Give the key of the mode that is on to those of self that are free for it.

        :return: those of self that may leave now
        """
        current = self.company_id._nfe_contingency()
        wanted = current.emission_type or NORMAL
        stale = self.filtered(lambda doc: doc._nfe_emission_type() != wanted)
        if stale:
            stale._nfe_lock()
            for document in stale._nfe_sendable():
                if document._nfe_key_is_free():
                    document._nfe_draw_key_again()
        return self._nfe_leave_or_wait(self.company_id._nfe_mode())

    def _nfe_leave_or_wait(self, mode):
        """Hook, with the keys of the mode given: those of self that may leave in it.

        :param mode: ``domain.contingency.Mode``
        """
        return self.filtered(
            lambda doc: contingency.may_travel(
                doc._nfe_emission_type(), mode, has_epec=bool(doc.nfe_epec_date)
            )
        )

    def _nfe_key_is_free(self):
        """True when no office can have taken the key."""
        attempts = self.nfe_attempt_ids.filtered(lambda row: row.kind in SENDINGS)
        return contingency.key_is_free(row._as_sending() for row in attempts)

    def _nfe_draw_key_again(self):
        """Another key under the same number; what was signed is void."""
        self.write({"nfe_signed_id": False, "nfe_epec": False})
        self._generate_key()

    def _nfe_store_send(self, attempt_id, outcome):
        super()._nfe_store_send(attempt_id, outcome)
        self.env["nfe.contingency"]._review(self.company_id)
