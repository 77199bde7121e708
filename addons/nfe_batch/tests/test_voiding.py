import base64
from datetime import date, timedelta

from psycopg2.errors import CheckViolation

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, new_test_user, tagged
from odoo.tools import file_open, mute_logger

from ..domain import schema
from .common import NfeCase

VOIDING = "NFeInutilizacao4"
REASON = "Quebra de sequência da numeração"


class VoidingCase(NfeCase):
    """Given: a manager of the NF-e, and a series that has reached number 21."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager = new_test_user(
            cls.env,
            "nfe_manager",
            groups="nfe_batch.nfe_batch_group_manager",
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
            lang="pt_BR",
        )
        cls.serie = cls.env["l10n_br_fiscal.document.serie"].search(
            [("company_id", "=", cls.company.id)]
        )

    def setUp(self):
        super().setUp()
        self._go_on_with(21)

    def _go_on_with(self, number):
        self.serie.internal_sequence_id.sudo().number_next = number

    def _void(self, first=7, last=9, **values):
        return (
            self.env["nfe.voiding"]
            .with_user(self.manager)
            .create(
                {
                    "company_id": self.company.id,
                    "document_serie_id": self.serie.id,
                    "number_first": first,
                    "number_last": last,
                    "reason": REASON,
                    **values,
                }
            )
        )

    def _cancelled_unsent(self):
        """A document that took a number and was cancelled before it was sent."""
        document = self._confirm()
        self._drop_jobs()
        document.action_document_cancel()
        return document

    def assertVoided(self, voiding):
        self.assertEqual(voiding.state, "authorized", voiding.problem)
        self.assertFalse(voiding.problem)
        (known,) = self.sefaz.voided()
        self.assertEqual(
            (known["series"], known["first"], known["last"], known["protocol"]),
            (1, voiding.number_first, voiding.number_last, voiding.protocol),
        )
        proof = base64.b64decode(voiding.proc_xml)
        self.assertFalse(schema.errors("procInutNFe", proof))
        self.assertEqual(proof.count(base64.b64decode(voiding.signed_xml)), 1)


@tagged("post_install", "-at_install")
class TestVoiding(VoidingCase):
    """A manager has a range of numbers voided."""

    def _calls(self):
        return [row["service"] for row in self.sefaz.log()]

    def test_voided(self):
        voiding = self._void()
        voiding.action_send()
        self.assertEqual(voiding.state, "ready")
        self._run_jobs()
        self.assertVoided(voiding)
        self.assertTrue(voiding.protocol_date)
        self.assertEqual(voiding.attempt_ids.kind, "void")
        self.assertEqual(voiding.attempt_ids.status_code, "102")
        self.assertEqual(self._calls(), [VOIDING])

    def test_many_at_once(self):
        voidings = self._void(7, 9) + self._void(11, 11)
        voidings.action_send()
        self._run_jobs()
        self.assertEqual(set(voidings.mapped("state")), {"authorized"})
        self.assertEqual(len(self.sefaz.voided()), 2)

    def test_twice_is_harmless(self):
        voiding = self._void()
        voiding.action_send()
        voiding.action_send()
        self._run_jobs()
        voiding.action_send()
        self.assertFalse(self._run_jobs())
        self.assertVoided(voiding)
        self.assertEqual(self._calls(), [VOIDING])

    def test_form(self):
        form = Form(self.env["nfe.voiding"].with_user(self.manager))
        form.document_serie_id = self.serie
        form.number_first = 3
        form.number_last = 4
        form.reason = REASON
        form.burnt_on = date(2025, 12, 31)
        voiding = form.save()
        self.assertEqual(voiding.year, 2025)
        self.assertEqual(voiding.due_date, date(2026, 1, 10))
        self.assertEqual(voiding.number_count, 2)
        self.assertEqual(voiding.display_name, "1/3-4")

    # === WHAT CANNOT BE VOIDED === #

    def test_bad_input_is_told(self):
        next_year = fields.Date.today().year + 1
        self._void()
        for message, values in (
            ("pelo menos 15", {"first": 1, "last": 2, "reason": "curto"}),
            ("pelo menos 15", {"first": 1, "last": 2, "reason": "a" + " " * 30}),
            ("no máximo 10000", {"first": 10, "last": 10_010}),
            ("entre 2006 e", {"first": 1, "last": 2, "year": 2005}),
            ("entre 2006 e", {"first": 1, "last": 2, "year": next_year}),
            ("1/7-9", {"first": 9, "last": 12}),
        ):
            with self.subTest(values):
                with self.assertRaises(ValidationError) as caught:
                    self._void(**values)
                self.assertIn(message, str(caught.exception))

    @mute_logger("odoo.sql_db")
    def test_range_the_wrong_way_round(self):
        with self.assertRaises(CheckViolation):
            self._void(9, 7)

    def test_numbers_in_use(self):
        self._go_on_with(7)
        document = self._confirm()
        self._run_jobs()
        self.assertAuthorised(document)
        self._go_on_with(21)
        voiding = self._void()
        with self.assertRaisesRegex(UserError, "pertencem a notas.*: 7"):
            voiding.action_send()
        self.assertEqual(voiding.state, "draft")

    def test_numbers_of_unfinished_documents(self):
        self._go_on_with(9)
        document = self._confirm()
        self.assertEqual(document.document_number, "9")
        self._go_on_with(21)
        with self.assertRaisesRegex(UserError, "não foram concluídas: 9"):
            self._void(8, 10).action_send()

    def test_numbers_that_were_not_drawn(self):
        with self.assertRaisesRegex(UserError, "segue com o número 21"):
            self._void(20, 21).action_send()

    def test_document_that_came_back_after_the_click(self):
        """Between the button and the job somebody sets the document back to draft."""
        document = self._cancelled_unsent()
        voiding = self._void(21, 21)
        voiding.action_send()
        document.sudo().state_edoc = "em_digitacao"
        self._run_jobs()
        self.assertEqual(voiding.state, "draft")
        self.assertIn("21", voiding.problem)
        self.assertFalse(self.sefaz.log())

    # === REFUSED === #

    def test_refused_keeps_the_reason_and_goes_again(self):
        self.sefaz.fault(VOIDING, "cstat", cstat=241)
        voiding = self._void()
        voiding.action_send()
        self._run_jobs()
        self.assertEqual(voiding.state, "rejected")
        self.assertEqual(voiding.status_code, "241")
        self.assertIn("outro programa", voiding.problem)
        voiding.write({"number_last": 8})
        voiding.action_send()
        self._run_jobs()
        self.assertVoided(voiding)
        self.assertEqual(self.sefaz.voided()[0]["last"], 8)

    def test_overlap_without_a_protocol_stays_refused(self):
        self.sefaz.fault(VOIDING, "cstat", cstat=256)
        voiding = self._void()
        voiding.action_send()
        self._run_jobs()
        self.assertEqual(voiding.state, "rejected")
        self.assertIn("portal", voiding.problem)
        self.assertFalse(voiding.protocol)

    def test_the_same_range_voided_before_is_adopted(self):
        first = self._void()
        first.action_send()
        self._run_jobs()
        protocol = first.protocol
        # As after a restored backup: the SEFAZ has what we forgot.
        first.sudo().write({"state": "draft", "active": False})
        again = self._void()
        again.action_send()
        self._run_jobs()
        self.assertVoided(again)
        self.assertEqual(again.protocol, protocol)
        self.assertFalse(again.protocol_date)

    # === NOT DECIDED === #

    def test_answer_lost_is_settled_by_the_same_bytes(self):
        self.sefaz.fault(VOIDING, "drop_after")
        voiding = self._void()
        voiding.action_send()
        self._run_jobs(rounds=1)
        self.assertEqual(voiding.state, "unknown")
        signed = voiding.signed_xml
        self._run_jobs()
        self.assertVoided(voiding)
        self.assertEqual(voiding.signed_xml, signed)
        self.assertEqual(
            voiding.attempt_ids.sorted("id").mapped("outcome"), ["unknown", "answered"]
        )
        self.assertEqual(voiding.status_code, "563")

    def test_lost_before_processing(self):
        self.sefaz.fault(VOIDING, "reset")
        voiding = self._void()
        voiding.action_send()
        self._run_jobs()
        self.assertVoided(voiding)
        self.assertEqual(voiding.status_code, "102")

    def test_unknown_cannot_be_changed(self):
        self.sefaz.fault(VOIDING, "drop_after")
        voiding = self._void()
        voiding.action_send()
        self._run_jobs(rounds=1)
        with self.assertRaisesRegex(UserError, "não pode mais ser alterada"):
            voiding.number_last = 8
        with self.assertRaisesRegex(UserError, "não pode ser excluída"):
            voiding.unlink()

    def test_killed_between_call_and_result(self):
        voiding = self._void()
        voiding.action_send()
        self._drop_jobs()
        with self.enter_registry_test_mode():
            self.assertTrue(voiding._open_send())
        self.assertEqual(voiding.state, "sending")
        fiscal = self.env["l10n_br_fiscal.document"]
        fiscal._nfe_cron_recover()
        self.assertEqual(voiding.state, "sending", "it may still run")
        fiscal._nfe_recover_interrupted()
        self.assertEqual(voiding.state, "unknown")
        self._run_jobs()
        self.assertVoided(voiding)

    def test_service_down(self):
        self.sefaz.pause(108)
        voiding = self._void()
        voiding.action_send()
        self._run_jobs(rounds=1)
        self.assertEqual(voiding.state, "ready")
        self.assertIn("fora do ar", voiding.problem)
        self.sefaz.pause(None)
        self._drop_jobs()
        voiding.sudo().next_try = "2026-01-01"
        self.env["nfe.voiding"]._nfe_cron_voidings()
        self._run_jobs()
        self.assertVoided(voiding)

    def test_undue_consumption_pauses_the_company(self):
        self.sefaz.fault(VOIDING, "cstat", cstat=656)
        voiding = self._void()
        voiding.action_send()
        self._run_jobs(rounds=3)
        self.assertTrue(self.company.nfe_paused_until)
        self.assertEqual(self._calls(), [VOIDING])
        self.assertEqual(voiding.state, "ready")

    def test_without_a_certificate(self):
        self.company.certificate_id = False
        voiding = self._void()
        voiding.action_send()
        self._run_jobs()
        self.assertEqual(voiding.state, "ready")
        self.assertIn("certificado", voiding.problem)
        self.assertFalse(self.sefaz.log())

    def test_copy_of_the_database_sends_nothing(self):
        voiding = self._void()
        voiding.action_send()
        self.env.flush_all()
        with file_open("nfe_batch/data/neutralize.sql") as script:
            self.env.cr.execute(script.read())
        self.env.invalidate_all()
        self.assertEqual(voiding.state, "draft")
        self.assertFalse(self._run_jobs())
        self.assertFalse(self.sefaz.log())

    # === AFTERWARDS === #

    def test_numbers_are_never_used_again(self):
        document = self._cancelled_unsent()
        voiding = self._void(21, 21)
        voiding.action_send()
        self._run_jobs()
        self.assertVoided(voiding)
        self.assertEqual(document.state_fiscal, "05")
        with self.assertRaisesRegex(UserError, "Faça uma nova NF-e"):
            document.action_document_back2draft()
        self._go_on_with(21)
        self.assertEqual(self._confirm().document_number, "22")

    def test_button_of_the_oca_leads_to_the_sefaz(self):
        range_ = self.env["l10n_br_fiscal.invalidate.number"].create(
            {
                "company_id": self.company.id,
                "document_type_id": self.serie.document_type_id.id,
                "document_serie_id": self.serie.id,
                "number_start": 3,
                "number_end": 3,
                "justification": REASON,
            }
        )
        with self.assertRaisesRegex(UserError, "inutilizados na SEFAZ"):
            range_.action_invalidate()
        self.assertEqual(range_.state, "draft")

    # === WHO MAY === #

    def test_user_reads_but_neither_writes_nor_sends(self):
        voiding = self._void().with_user(self.user)
        self.assertEqual(voiding.state, "draft")
        with self.assertRaises(AccessError):
            voiding.action_send()
        with self.assertRaises(AccessError):
            voiding.write({"number_last": 8})
        with self.assertRaises(AccessError):
            voiding.create({"document_serie_id": self.serie.id})
        self.assertEqual(voiding.state, "draft")

    def test_manager_does_not_write_what_the_sefaz_says(self):
        voiding = self._void()
        for values in ({"state": "authorized"}, {"protocol": "135260000000001"}):
            with self.assertRaises(AccessError):
                voiding.write(values)
            with self.assertRaises(AccessError):
                self._void(11, 12, **values)

    def test_other_company_is_denied(self):
        voiding = self._void()
        other = self.env["res.company"].create({"name": "Outra Empresa"})
        stranger = new_test_user(
            self.env,
            "nfe_strange_manager",
            groups="nfe_batch.nfe_batch_group_manager",
            company_id=other.id,
            company_ids=[Command.set(other.ids)],
        )
        foreign = voiding.with_user(stranger).with_context(
            allowed_company_ids=other.ids
        )
        self.assertFalse(foreign.search([]))
        with self.assertRaises(AccessError):
            foreign.read(["protocol"])
        with self.assertRaises(AccessError):
            foreign.action_send()


@tagged("post_install", "-at_install")
class TestVoidingProposal(VoidingCase):
    """Each day burnt numbers become drafts."""

    def _age(self, documents, days=3):
        """Let documents have taken their numbers some days ago."""
        moment = fields.Datetime.now() - timedelta(days=days)
        self.env.flush_all()
        for table, ids in (
            ("l10n_br_fiscal_document", documents.ids),
            ("l10n_br_fiscal_event", documents.sudo().authorization_event_id.ids),
        ):
            self.env.cr.execute(
                f"UPDATE {table} SET create_date = %s WHERE id = ANY(%s)",  # noqa: S608
                [moment, ids],
            )
        documents.sudo().write({"document_date": moment})
        self.env.invalidate_all()
        return moment

    def _propose(self):
        voidings = self.env["nfe.voiding"]
        known = voidings.search([])
        voidings._nfe_cron_voidings()
        return voidings.search([], order="number_first") - known

    def _ranges(self, voidings):
        return voidings.mapped(lambda row: (row.number_first, row.number_last))

    def test_gap_and_cancelled_become_one_draft(self):
        before = self._confirm()
        self._go_on_with(24)
        cancelled = self._cancelled_unsent()
        after = self._confirm()
        self._drop_jobs()
        moment = self._age(before + cancelled + after)
        draft = self._propose()
        self.assertEqual(self._ranges(draft), [(22, 24)])
        self.assertEqual(draft.state, "draft")
        self.assertEqual(draft.company_id, self.company)
        self.assertEqual(draft.document_serie_id, self.serie)
        day = self.company._nfe_local(moment).date()
        self.assertEqual((draft.burnt_on, draft.year), (day, day.year))
        self.assertEqual(draft.due_date.day, 10)
        self.assertGreater(draft.due_date, day)
        self.assertIn("Quebra", draft.reason)
        self.assertFalse(self._run_jobs(), "a proposal is not sent")
        draft.with_user(self.manager).action_send()
        self._run_jobs()
        self.assertVoided(draft)

    def test_nothing_twice(self):
        self._age(self._cancelled_unsent())
        draft = self._propose()
        self.assertEqual(self._ranges(draft), [(21, 21)])
        self.assertFalse(self._propose())
        draft.with_user(self.manager).active = False
        self.assertFalse(self._propose())

    def test_pending_and_unknown_are_not_proposed(self):
        waiting = self._confirm()
        self._drop_jobs()
        lost = self._confirm()
        self.sefaz.fault("NFeAutorizacao4", "drop_after")
        self._run_jobs(rounds=1)
        self.assertIn("unknown", (waiting + lost).mapped("nfe_transmission"))
        draft = self._confirm()
        self._drop_jobs()
        draft.action_document_back2draft()
        self._age(waiting + lost + draft)
        self.assertFalse(self._propose())

    def test_authorised_and_cancelled_there_are_not_proposed(self):
        documents = self.env["l10n_br_fiscal.document"]
        for _each in range(2):
            documents += self._confirm()
            self._run_jobs()
        with self.enter_registry_test_mode():
            documents[0]._nfe_cancel("Cliente desistiu da compra")
        self.assertEqual(documents.mapped("state_edoc"), ["cancelada", "autorizada"])
        self._age(documents)
        self.assertFalse(self._propose())

    def test_young_numbers_are_not_proposed(self):
        document = self._cancelled_unsent()
        self.assertFalse(self._propose())
        self._age(document, days=2)
        self.assertEqual(self._ranges(self._propose()), [(21, 21)])

    def test_rejected_number_that_was_given_up(self):
        document = self._confirm()
        self.sefaz.fault("NFeAutorizacao4", "cstat", cstat=778)
        self._run_jobs()
        self.assertEqual(document.state_edoc, "rejeitada")
        self._age(document)
        self.assertFalse(self._propose())
        document.action_document_back2draft()
        document.action_document_cancel()
        self._age(document)
        self.assertEqual(self._ranges(self._propose()), [(21, 21)])

    def test_company_with_another_processor_is_left_alone(self):
        self._age(self._cancelled_unsent())
        self.company.processador_edoc = False
        self.assertFalse(self._propose())
