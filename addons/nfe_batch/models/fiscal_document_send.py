from odoo import models
from odoo.fields import Domain
from odoo.tools import split_every

from .. import const
from ..domain import envelope
from ..domain.endpoints import NORMAL, Service
from ..exceptions import NfeCertificateError
from .nfe_transaction_mixin import LOCK_RETRY_SECONDS

SENDABLE_STATES = ("a_enviar", "enviada", "rejeitada")


class FiscalDocumentSend(models.Model):
    """The way of notes to the SEFAZ: veto → intent → call → result.

    A note goes synchronously (452) and is decided in the call. A backlog goes as lots
    (764), whose result a later job asks for, 15 s later at the earliest (MOC 7.0, 5.2):
    worth it when there are enough for a full one. Nothing is sent that has an open or
    unknown attempt.
    """

    _inherit = "l10n_br_fiscal.document"

    # === QUEUE === #

    def _nfe_queue_send(self, delay=0):
        """Queue the sending of those of self that are ready: a job each, or when there
        are enough for lots, one per lot."""
        ready = self.filtered(
            lambda doc: (
                doc.nfe_is_batch
                and doc.nfe_transmission == "ready"
                and doc.state_edoc in SENDABLE_STATES
            )
        )
        for company, documents in ready.grouped("company_id").items():
            alone = documents.filtered(
                lambda doc: doc.nfe_problem_code == const.LOT_REFUSED
            )
            for document in alone:
                document._nfe_delay("_nfe_send", const.SEND_CHANNEL, True, delay=delay)
            documents -= alone
            many = len(documents) >= company.nfe_lot_from
            size = const.MAX_JOB_DOCUMENTS if many else 1
            for ids in split_every(size, documents.ids):
                documents.browse(ids)._nfe_delay(
                    "_nfe_send", const.SEND_CHANNEL, delay=delay
                )

    # === JOB === #

    def _nfe_send(self, alone=False):
        """Job: send documents of one company.

        :param bool alone: do not add other waiting documents (after a refused lot)
        :raises RetryableJobError: another process works on one of them
        """
        interrupted = self._nfe_own_interrupted()
        if interrupted:
            interrupted._nfe_recover()
        documents = (self - interrupted)._nfe_prepare_send(alone)
        intent = documents._nfe_open_send() if documents else None
        if intent is None:
            return
        outcome = intent.client.call(Service.AUTHORIZATION, intent.message)
        intent.documents._nfe_store("_nfe_store_send", intent.attempt_id, outcome)

    def _nfe_prepare_send(self, alone):
        """Sign what is not signed yet, ask for vetoes: no call, no lock held.

        :return: the documents that may go, filled up to a lot
        """
        with self._nfe_transaction() as batch:
            batch = batch.exists()._nfe_sendable()
            if not batch or batch._nfe_wait_at_gate():
                return self.browse()
            batch = batch._nfe_fit_contingency()._nfe_without_tired()
            unsigned = batch.filtered(lambda doc: not doc.nfe_signed_id)
            unsigned._nfe_lock()
            for document in unsigned:
                document._nfe_sign()
            ids = batch.ids
        if not ids:
            return self.browse()
        with self.browse(ids)._nfe_transaction() as batch:
            if not alone:
                batch = batch._nfe_fill_lot()
            batch = batch._nfe_sendable().filtered("nfe_signed_id")
            ids = batch._nfe_apply_vetoes().ids if batch else []
        return self.browse(ids)

    def _nfe_sendable(self):
        return self.filtered(
            lambda doc: (
                doc.nfe_is_batch
                and doc.nfe_transmission == "ready"
                and doc.state_edoc in SENDABLE_STATES
                and not doc.xml_error_message
            )
        )

    def _nfe_wait_for_pause(self):
        """True when the SEFAZ blocks the company; the documents wait for the end."""
        seconds = self.company_id._nfe_pause_seconds()
        if not seconds:
            return False
        message = self.company_id._nfe_lang().env._(
            "The SEFAZ blocked the company for an hour (656, undue consumption). The "
            "NF-e is sent afterwards."
        )
        self._nfe_problem_set(const.SEFAZ_PAUSED, message, delay=seconds)
        return True

    def _nfe_fill_lot(self):
        """Self plus others of the company that wait, if they are a backlog together."""
        missing = const.MAX_JOB_DOCUMENTS - len(self)
        if missing <= 0:
            return self
        waiting = self.search(
            Domain("company_id", "=", self.company_id.id)
            & Domain("nfe_transmission", "=", "ready")
            & Domain("nfe_problem_code", "=", False)
            & Domain("nfe_signed_id", "!=", False)
            & Domain("state_edoc", "in", SENDABLE_STATES)
            & Domain("id", "not in", self.ids),
            order="id",
            limit=missing,
        )
        mode = self.company_id._nfe_contingency().emission_type or NORMAL
        together = self | waiting.filtered(lambda doc: doc._nfe_emission_type() == mode)
        return together if len(together) >= self.company_id.nfe_lot_from else self

    def _nfe_apply_vetoes(self):
        """Hold back what must not leave; return the others."""
        vetoes = self._nfe_veto()
        held = self.filtered(lambda doc: doc.id in vetoes)
        for document in held:
            document._nfe_problem_set(
                const.VETOED, vetoes[document.id], delay=const.VETO_DELAY
            )
        return self - held

    def _nfe_open_send(self):
        """Lock, check again, write the intent; commit.

        :return: ``sefaz_client.Intent``, or None when nothing is left to send
        """
        with self._nfe_transaction() as batch:
            free = batch.try_lock_for_update(allow_referencing=True)
            # Most likely another job took them along; this one looks again later.
            (batch - free)._nfe_queue_send(delay=LOCK_RETRY_SECONDS)
            free.invalidate_recordset(flush=False)
            chosen = free._nfe_sendable().filtered("nfe_signed_id")
            batch, chosen = chosen, chosen._nfe_cut_lot()
            (batch - chosen)._nfe_queue_send()
            if not chosen or chosen._nfe_wait_at_gate():
                return None
            client = chosen._nfe_client_or_problem(chosen._nfe_office(sending=True))
            if client is None:
                return None
            attempt = chosen.env["nfe.attempt"]._open(chosen, "send")
            notes = [document._nfe_signed_bytes() for document in chosen]
            message = envelope.authorization(attempt.id, notes)
            chosen.write({"nfe_transmission": "sending"})
            moving = chosen.filtered(lambda doc: doc.state_edoc != "enviada")
            moving.with_context(nfe_batch_intent=True)._trigger_fsm("action_send")
            return attempt._intent(client, message, self.browse(chosen.ids))

    def _nfe_client_or_problem(self, office=None):
        """The client of an office; without a certificate the problem is stored.

        :param str office: tpEmis (``domain.endpoints``), or who knows the notes
        """
        try:
            return self.company_id._nfe_client(office or self._nfe_office())
        except NfeCertificateError as error:
            message = self.company_id._nfe_certificate_message(error)
            self._nfe_problem_set(error.code, message)
            return None

    def _nfe_cut_lot(self):
        """The first of self that fit a lot: notes, bytes, one office (MOC 4.1.2)."""
        chosen, size = self.browse(), 0
        office = self[:1]._nfe_emission_type()
        for document in self:
            if document._nfe_emission_type() != office:
                continue
            size += len(document._nfe_signed_bytes())
            full = len(chosen) == envelope.MAX_NOTES or size > envelope.MAX_BYTES
            if chosen and full:
                break
            chosen |= document
        return chosen
