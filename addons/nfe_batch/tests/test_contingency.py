from datetime import timedelta

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from ..domain.access_key import AccessKey
from ..domain.contingency import Mode
from ..event_kind import CORRECTION
from .contingency import CONSULT, SEND, STATUS, SVC, ContingencyCase


@tagged("post_install", "-at_install")
class TestSvc(ContingencyCase):
    """The state's SEFAZ is out of service: notes go to SVC, and come back."""

    def test_operator_switches(self):
        document = self._confirm()
        before = document.document_key
        self.sefaz.pause(109)
        self._run_jobs(rounds=1)
        self._drop_jobs()
        entered = self._enter()
        self.assertEqual(entered.user_id, self.manager)
        self.assertEqual(entered.origin, "user")
        self._run_jobs()
        self.assertAuthorised(document)
        self.assertEqual(self.sefaz.note(document.document_key)["office"], SVC)
        self.assertNotEqual(document.document_key, before)
        self.assertEqual(AccessKey(before).number, int(document.document_number))
        ide = self._ide(document)
        self.assertEqual(ide["tpEmis"], "6")
        self.assertEqual(ide["nNF"], document.document_number)
        self.assertEqual(ide["xJust"], "SEFAZ fora do ar desde cedo - sem previsão")
        since = self.company._nfe_local(entered.since)
        self.assertEqual(ide["dhCont"], since.isoformat(timespec="seconds"))

    def test_confirmed_in_contingency(self):
        self._enter()
        document = self._confirm()
        self.assertEqual(self._emission(document), "6")
        signed = document.nfe_signed_id.raw
        self._run_jobs()
        self.assertAuthorised(document)
        self.assertIn(signed, document.nfe_proc_id.raw)
        self.assertEqual(self._calls(), [(SVC, SEND)])

    def test_policy_after_109(self):
        self.company.nfe_contingency_policy = "svc"
        document = self._confirm()
        self.sefaz.pause(109)
        self._run_jobs()
        self.assertAuthorised(document)
        entered = self.company._nfe_contingency()
        self.assertEqual((entered.mode, entered.origin), ("svc", "policy"))
        self.assertFalse(entered.user_id)
        self.assertIn("SP", entered.reason)

    def test_policy_after_some_without_service(self):
        self.company.write(
            {"nfe_contingency_policy": "svc", "nfe_contingency_after": 3}
        )
        documents = self._confirm(3)
        self._drop_jobs()
        self.sefaz.fault(SEND, "drop_before", times=3)
        with self.enter_registry_test_mode():
            for document in documents:
                self.assertFalse(self.company._nfe_contingency())
                document._nfe_send(alone=True)
        self.assertEqual(self.company._nfe_mode(), Mode.SVC)
        self.assertEqual(set(documents.mapped("nfe_transmission")), {"unknown"})

    def test_policy_while_notes_are_held(self):
        """108 holds all notes; the questions for the status count as tries."""
        self.company.write(
            {"nfe_contingency_policy": "svc", "nfe_contingency_after": 3}
        )
        document = self._confirm()
        self.sefaz.pause(108)
        self._run_jobs(rounds=1)
        self.assertTrue(self.company.nfe_held_until)
        self.assertFalse(self.company._nfe_contingency())
        self._run_jobs()
        self.assertAuthorised(document)
        self.assertEqual(self.company._nfe_contingency().origin, "policy")
        self.assertFalse(self.company.nfe_held_until)
        asked = ("home", STATUS)
        self.assertEqual(self._calls(), [("home", SEND), asked, asked, (SVC, SEND)])

    def test_contingency_ends_the_hold(self):
        document = self._confirm()
        self.sefaz.pause(108)
        self._run_jobs(rounds=1)
        self._drop_jobs()
        self._enter()
        self.assertFalse(self.company.nfe_held_until)
        self._run_jobs()
        self.assertAuthorised(document)

    def test_svc_out_of_service_holds_nothing_at_home(self):
        self._enter()
        document = self._confirm()
        self.sefaz.pause(108, SVC)
        self._run_jobs(rounds=3)
        self.assertFalse(self.company.nfe_held_until)
        self.sefaz.pause(None, SVC)
        self._run_jobs()
        self.assertAuthorised(document)

    def test_without_policy_nothing_happens(self):
        self._confirm()
        self.sefaz.pause(109)
        self._run_jobs()
        self.assertFalse(self.company.nfe_contingency_ids)

    def test_unknown_note_does_not_follow(self):
        document = self._confirm()
        self.sefaz.fault(SEND, "drop_after")
        self._run_jobs(rounds=1)
        self.assertEqual(document.nfe_transmission, "unknown")
        key = document.document_key
        self._enter()
        self._run_jobs()
        self.assertAuthorised(document)
        self.assertEqual(document.document_key, key)
        self.assertEqual(self._calls(), [("home", SEND), ("home", CONSULT)])

    def test_lost_at_home_goes_home_again(self):
        """Home said 217: it is back, and the same bytes go there."""
        document = self._confirm()
        self.sefaz.fault(SEND, "reset")
        self._run_jobs(rounds=1)
        key = document.document_key
        self._enter()
        self._run_jobs()
        self.assertAuthorised(document)
        self.assertEqual(document.document_key, key)

    def test_back_by_status(self):
        self.sefaz.pause(109)
        entered = self._enter()
        self._ask_home()
        self.assertFalse(entered.until)
        self.sefaz.pause(None)
        self._ask_home()
        self.assertEqual(entered.ending, "status")
        document = self._confirm()
        self._run_jobs()
        self.assertAuthorised(document)
        self.assertEqual(self._emission(document), "1")

    def test_status_is_not_asked_too_often(self):
        self.sefaz.pause(109)
        self._enter()
        for _time in range(3):
            self._ask_home(minutes=0)
        self.assertEqual(self._calls(), [("home", STATUS)])
        self._ask_home(minutes=3)
        self.assertEqual(self._calls(), [("home", STATUS)] * 2)

    def test_killed_while_asking(self):
        entered = self._enter()
        with self.enter_registry_test_mode():
            self.assertTrue(entered._open_question())
        self.env["l10n_br_fiscal.document"]._nfe_recover_interrupted()
        self._ask_home()
        self.assertEqual(entered.ending, "status")

    def test_svc_closes(self):
        self.company.nfe_contingency_policy = "svc"
        self.sefaz.pause(114, SVC)
        self.sefaz.pause(109)
        document = self._confirm()
        self._run_jobs(rounds=4)
        entered = self.company.nfe_contingency_ids
        self.assertEqual(len(entered), 1, "closed: not tried again at once")
        self.assertEqual(entered.ending, "svc_closed")
        self.assertEqual(document.nfe_transmission, "ready")
        number = document.document_number
        self.sefaz.pause(None)
        self._run_jobs()
        self.assertAuthorised(document)
        self.assertEqual(self._emission(document), "1")
        self.assertEqual(document.document_number, number)

    def test_answer_of_svc_lost(self):
        self._enter()
        document = self._confirm()
        self.sefaz.fault(SEND, "drop_after", office=SVC)
        self._run_jobs()
        self.assertAuthorised(document)
        self.assertEqual(self._calls(), [(SVC, SEND), (SVC, CONSULT)])

    def test_home_does_not_know_the_note_of_svc_yet(self):
        entered = self._enter()
        document = self._confirm()
        self.sefaz.configure(handover_seconds=600)
        self.addCleanup(self.sefaz.configure, handover_seconds=0)
        self.sefaz.fault(SEND, "drop_after", office=SVC)
        self._run_jobs(rounds=1)
        entered.with_user(self.manager).action_leave()
        self._run_jobs(rounds=2)
        self.assertEqual(document.nfe_transmission, "unknown")
        self.assertEqual(self._emission(document), "6")
        self.assertEqual(self._calls().count((SVC, SEND)), 1)
        self.sefaz.configure(handover_seconds=0)
        self._run_jobs()
        self.assertAuthorised(document)

    def test_a_lot_goes_to_one_office(self):
        first = self._confirm()
        self.sefaz.fault(SEND, "reset")
        self._run_jobs(rounds=1)
        self.sefaz.fault(CONSULT, "cstat", cstat=217)
        self._enter()
        others = self._confirm(2)
        self._run_jobs(rounds=3)
        self.sefaz.clock.advance(timedelta(seconds=5))
        self._run_jobs()
        for document in first | others:
            self.assertAuthorised(document)
        offices = {note["office"]: 0 for note in self.sefaz.notes()}
        self.assertEqual(set(offices), {"home", SVC})
        self.assertEqual([self._emission(doc) for doc in others], ["6", "6"])

    def test_cancelled_where_it_is_known(self):
        self._enter()
        document = self._confirm()
        self._run_jobs()
        with self.enter_registry_test_mode():
            document._nfe_cancel("Cliente desistiu da compra")
        self.assertEqual(document.state_edoc, "cancelada")
        self.assertEqual(self._calls()[-1], (SVC, "NFeRecepcaoEvento4"))

    def test_correction_letter_waits_for_home(self):
        entered = self._enter()
        document = self._confirm()
        self._run_jobs()
        document._nfe_queue_correction("Volumes: onde se lê 1, leia-se 2")
        self._run_jobs()
        self.assertEqual(document.nfe_correction, "ready")
        self.assertEqual(self._calls(), [(SVC, SEND)])
        entered.with_user(self.manager).action_leave()
        document._nfe_queue_event(CORRECTION)
        self._run_jobs()
        self.assertFalse(document.nfe_correction)
        self.assertEqual(self._calls()[-1], ("home", "NFeRecepcaoEvento4"))

    def test_only_managers_switch(self):
        with self.assertRaises(AccessError):
            self._enter(user=self.user)
        entered = self._enter()
        with self.assertRaises(AccessError):
            entered.with_user(self.user).action_leave()
        with self.assertRaises(AccessError):
            entered.with_user(self.manager).write({"reason": "x" * 20})
        self.assertEqual(entered.with_user(self.user).mode, "svc")

    def test_of_another_company(self):
        other = self.env["res.company"].create({"name": "Outra Empresa"})
        stranger = new_test_user(
            self.env,
            "nfe_stranger_manager",
            groups="nfe_batch.nfe_batch_group_manager",
            company_id=other.id,
            company_ids=[Command.set(other.ids)],
        )
        entered = self._enter()
        with self.assertRaises(AccessError):
            entered.with_user(stranger).with_context(
                allowed_company_ids=other.ids
            ).action_leave()
        with self.assertRaises(AccessError):
            self._enter("epec", user=stranger)

    def test_managers_are_told(self):
        entered = self._enter()
        self.assertIn(self.manager, entered.activity_ids.user_id)
        self.assertNotIn(self.user, entered.activity_ids.user_id)
        self.assertIn("contingência", entered.message_ids[0].body)
        messages = len(entered.message_ids)
        entered.with_user(self.manager).action_leave()
        self.assertFalse(entered.activity_ids)
        self.assertGreater(len(entered.message_ids), messages)

    def test_reason_and_doubles_are_refused(self):
        with self.assertRaisesRegex(UserError, "pelo menos 15"):
            self._enter(reason="curto")
        self._enter()
        with self.assertRaisesRegex(UserError, "já emite"):
            self._enter()
        self.assertEqual(self._enter("epec").mode, "epec")
        endings = self.company.nfe_contingency_ids.mapped("ending")
        self.assertEqual(sorted(filter(None, endings)), ["switched"])

    def test_office_of_the_state_is_data(self):
        self.assertEqual(self.company.nfe_svc, "6")
        self.company.nfe_svc = "7"
        self.assertEqual(self._enter().emission_type, "7")
