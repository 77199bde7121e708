import subprocess
from ast import literal_eval
from datetime import timedelta
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from ..domain import answers, schema
from ..domain.endpoints import Service
from ..event_kind import CORRECTION
from ..models import fiscal_event
from .common import NfeCase

EVENT = "NFeRecepcaoEvento4"
CONSULT = "NFeConsultaProtocolo4"
REASON = "Cliente desistiu da compra"
VOLUMES = "Volumes: onde se lê 1 caixa, leia-se 2 caixas."
BOTH = f"{VOLUMES} Transportadora: leia-se Rápido Sul Ltda."


class CorrectionCase(NfeCase):
    """Given: an authorised note."""

    def setUp(self):
        super().setUp()
        self.document = self._confirm()
        self._run_jobs()

    def _wish(self, wording=VOLUMES):
        """Through OCA's wizard, as the biller presses the buttons."""
        action = self.document.action_document_correction()
        wizard = (
            self.env[action["res_model"]]
            .with_user(self.user)
            .with_context(**action["context"])
            .create({"justification": wording})
        )
        wizard.doit()
        return action

    def _correct(self, wording=VOLUMES):
        self._wish(wording)
        return self._run_jobs()

    def _letters(self):
        """Sequences of the letters that the SEFAZ has."""
        events = self.sefaz.note(self.document.document_key)["events"]
        return [row["sequence"] for row in events if row["type"] == "110110"]

    def assertCorrected(self, sequence=1, wording=VOLUMES):
        self.assertFalse(self.document.nfe_correction)
        self.assertFalse(self.document.nfe_problem, self.document.nfe_problem)
        self.assertEqual(self.document.state_edoc, "autorizada")
        letter = self.document._nfe_registered_corrections()[-1:]
        self.assertEqual(letter.sequence, str(sequence))
        self.assertEqual(letter.justification, wording)
        self.assertEqual((letter.state, letter.nfe_state), ("done", "registered"))
        events = self.sefaz.note(self.document.document_key)["events"]
        self.assertEqual(letter.protocol_number, events[-1]["protocol"])
        self.assertTrue(letter.protocol_date)
        return letter


@tagged("post_install", "-at_install")
class TestCorrection(CorrectionCase):
    """A correction letter goes to the SEFAZ; each replaces the one before."""

    def test_first_and_second(self):
        action = self._wish()
        self.assertFalse(action["context"]["default_justification"])
        self.assertEqual(self.document.nfe_correction, "ready")
        self._run_jobs()
        first = self.assertCorrected()
        action = self._wish(BOTH)
        self.assertEqual(action["context"]["default_justification"], VOLUMES)
        self._run_jobs()
        second = self.assertCorrected(2, BOTH)
        self.assertEqual(self._letters(), [1, 2])
        self.assertEqual(self.document.correction_event_ids, first | second)
        self.assertIn(BOTH, self.document.message_ids[:1].body)

    def test_kept_byte_by_byte(self):
        self._correct()
        letter = self.assertCorrected()
        content = letter.file_response_id.raw
        self.assertFalse(schema.errors("procEventoNFe110110", content))
        self.assertIn(letter.file_request_id.raw, content)
        attempt = self.document.nfe_attempt_ids[:1]
        self.assertEqual((attempt.kind, attempt.status_code), ("correction", "135"))

    def test_line_breaks_and_quotes_of_the_word_processor(self):
        self._correct("Peso bruto:\n“7,5 kg” – não 5,7 kg")
        self.assertCorrected(1, 'Peso bruto: "7,5 kg" - não 5,7 kg')

    def test_wizard_for_an_invoice_knows_the_note(self):
        """The invoice is the active record there, not the note."""
        action = self.document.action_document_correction()
        wizard = self.env[action["res_model"]].with_context(
            **action["context"], active_model="account.move", active_id=1
        )
        defaults = wizard.default_get(["document_id"])
        self.assertEqual(defaults["document_id"], self.document.id)

    def test_wording_too_short_or_too_long(self):
        for wording in (False, "curto", "x" * 1001):
            with self.assertRaisesRegex(UserError, "15 a 1000 caracteres"):
                self.document._document_correction(wording)
        self.assertFalse(self.document.nfe_correction)

    def test_one_at_a_time(self):
        self._wish()
        with self.assertRaisesRegex(UserError, "ainda não tem resposta"):
            self.document._document_correction(BOTH)

    def test_running_twice_sends_once(self):
        self._correct()
        with self.enter_registry_test_mode():
            self.document._nfe_correct()
        self.assertEqual(self._letters(), [1])

    def test_rejected(self):
        self.sefaz.fault(EVENT, "cstat", cstat=577)
        self._correct()
        self.assertFalse(self.document.nfe_correction)
        self.assertEqual(self.document.nfe_problem_code, "correction_577")
        self.assertRegex(self.document.nfe_problem, "não registrou a carta.*577")
        refused = self.document.correction_event_ids
        self.assertEqual((refused.state, refused.status_code), ("done", "577"))
        self.assertTrue(refused.response)
        self.assertFalse(refused.protocol_number)
        self.assertEqual(refused.nfe_state, "refused")
        self.assertIn(self.document, self._work_queue())
        self._correct(BOTH)
        self.assertCorrected(1, BOTH)
        self.assertNotIn(self.document, self._work_queue())

    def _work_queue(self):
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "nfe_batch.l10n_br_fiscal_document_action"
        )
        return self.document.search(literal_eval(action["domain"]))

    def test_too_late_for_the_sefaz(self):
        late = timedelta(hours=721)
        self.sefaz.clock.advance(late)
        self.addCleanup(self.sefaz.clock.advance, -late)
        self._correct()
        self.assertEqual(self.document.nfe_problem_code, "correction_501")
        self.assertFalse(self._letters())

    def test_too_late_by_our_own_clock(self):
        authorised = self.document.authorization_date
        self.document.authorization_event_id.protocol_date = authorised - timedelta(
            hours=721
        )
        with self.assertRaisesRegex(UserError, "720 horas"):
            self.document.action_document_correction()

    def test_too_late_when_the_job_comes_to_it(self):
        self._wish()
        authorised = self.document.authorization_date
        self.document.authorization_event_id.protocol_date = authorised - timedelta(
            hours=721
        )
        self._run_jobs()
        self.assertFalse(self.document.nfe_correction)
        self.assertEqual(self.document.nfe_problem_code, "correction_impossible")
        self.assertIn("720 horas", self.document.nfe_problem)
        self.assertFalse(self._letters())

    def test_twenty_at_most(self):
        self._correct()
        self.document.correction_event_ids.sequence = "19"
        self._correct(BOTH)
        self.assertCorrected(20, BOTH)
        with self.assertRaisesRegex(UserError, "20 cartas"):
            self.document.action_document_correction()

    def test_other_environment(self):
        self.document.authorization_event_id.environment = "prod"
        with self.assertRaisesRegex(UserError, "outro ambiente"):
            self.document.action_document_correction()

    def test_cancelled_note(self):
        with self.enter_registry_test_mode():
            self.document._nfe_cancel(REASON)
        with self.assertRaises(UserError):
            self.document.action_document_correction()
        with self.assertRaisesRegex(UserError, "Só uma NF-e autorizada"):
            self.document._document_correction(VOLUMES)
        self.assertFalse(self._letters())

    def test_pending_cancellation_blocks(self):
        self.document._document_cancel(REASON)
        with self.assertRaisesRegex(UserError, "cancelamento"):
            self.document._document_correction(VOLUMES)

    def test_cancellation_overtakes_a_waiting_letter(self):
        self._wish()
        self.document._document_cancel(REASON)
        self._run_jobs()
        self.env["l10n_br_fiscal.document"]._nfe_recover_interrupted()
        self._run_jobs()
        self.assertEqual(self.document.state_edoc, "cancelada")
        self.assertFalse(self.document.nfe_correction)
        self.assertFalse(self._letters())

    def test_corrected_note_can_be_cancelled(self):
        self._correct()
        with self.enter_registry_test_mode():
            self.document._nfe_cancel(REASON)
        self.assertEqual(self.document.state_edoc, "cancelada")
        self.assertEqual(self.document.cancel_event_id.type, "2")


@tagged("post_install", "-at_install")
class TestCorrectionUnknown(CorrectionCase):
    """What was sent and has no answer is read back and never doubled."""

    def test_answer_lost(self):
        self.sefaz.fault(EVENT, "drop_after")
        self._correct()
        letter = self.assertCorrected()
        self.assertEqual(self._letters(), [1])
        self.assertEqual(len(self.document.correction_event_ids), 1)
        content = letter.file_response_id.raw
        self.assertFalse(schema.errors("procEventoNFe110110", content))

    def test_lost_before_the_sefaz_had_it(self):
        self.sefaz.fault(EVENT, "reset")
        self._correct()
        self.assertCorrected()
        self.assertEqual(len(self.document.correction_event_ids), 1)

    def test_second_answer_lost(self):
        self._correct()
        self.sefaz.fault(EVENT, "drop_after")
        self._correct(BOTH)
        self.assertCorrected(2, BOTH)
        self.assertEqual(self._letters(), [1, 2])

    def test_consult_fails_too(self):
        self.sefaz.fault(EVENT, "drop_after")
        self.sefaz.fault(CONSULT, "reset")
        self._correct()
        self.assertEqual(self.document.nfe_correction, "unknown")
        with self.assertRaisesRegex(UserError, "ainda não tem resposta"):
            self.document._document_correction(BOTH)
        self.env["l10n_br_fiscal.document"]._nfe_recover_interrupted()
        self._run_jobs()
        self.assertCorrected()
        self.assertEqual(self._letters(), [1])

    def test_killed_after_the_intent(self):
        self._wish()
        with self.enter_registry_test_mode():
            self.assertTrue(self.document._nfe_open_event(CORRECTION))
        self.assertEqual(self.document.nfe_correction, "sending")
        self.assertEqual(self.document.correction_event_ids.nfe_state, "waiting")
        signed = self.document.correction_event_ids.file_request_id.raw
        self.assertFalse(schema.errors("evento110110", signed))
        self.env["l10n_br_fiscal.document"]._nfe_recover_interrupted()
        self._run_jobs()
        self.assertCorrected()
        self.assertEqual(self._letters(), [1])

    def test_killed_before_the_result(self):
        """573: the letter of the first life is there."""
        self._wish()
        with self.enter_registry_test_mode():
            intent = self.document._nfe_open_event(CORRECTION)
        intent.client.call(Service.EVENT, intent.message)
        self.document.nfe_correction = "ready"
        self._run_jobs()
        self.assertCorrected()
        self.assertEqual(self._letters(), [1])

    def test_office_whose_consult_tells_the_result_only(self):
        """Without the bytes in the answer, those that we signed are the event."""
        self._wish()
        with self.enter_registry_test_mode():
            intent = self.document._nfe_open_event(CORRECTION)
        answer = intent.client.call(Service.EVENT, intent.message)
        (result,) = answers.read_events(answer.message).results
        self.assertFalse(result.request)
        situation = answers.Situation(
            code=100,
            reason="Autorizado o uso da NF-e",
            key=self.document.document_key,
            protocol=None,
            events=(result,),
        )
        self.document.nfe_correction = "unknown"
        self.document._nfe_apply_event_situation(CORRECTION, situation)
        letter = self.assertCorrected()
        content = letter.file_response_id.raw
        self.assertFalse(schema.errors("procEventoNFe110110", content))

    def test_letter_of_another_program(self):
        """573 with another wording: theirs is taken over, ours follows it."""
        self._correct()
        self.document.sudo().correction_event_ids.unlink()
        self._correct(BOTH)
        self.assertCorrected(2, BOTH)
        theirs, ours = self.document._nfe_registered_corrections()
        self.assertEqual(theirs.justification, VOLUMES)
        self.assertFalse(
            schema.errors("procEventoNFe110110", theirs.file_response_id.raw)
        )
        self.assertEqual(ours.justification, BOTH)
        self.assertEqual(self._letters(), [1, 2])

    def test_service_down(self):
        self.sefaz.pause(108)
        self._correct()
        self.assertEqual(self.document.nfe_correction, "ready")
        self.assertEqual(self.document.nfe_problem_code, "sefaz_unavailable")
        self.sefaz.pause(None)
        self._run_jobs()
        self.assertCorrected()

    def test_retry_from_the_work_queue(self):
        self.sefaz.pause(108)
        self._correct()
        self.sefaz.pause(None)
        self._drop_jobs()
        action = self.document.action_nfe_retry()
        self.assertIn("1 de 1", action["params"]["message"])
        self._run_jobs()
        self.assertCorrected()


@tagged("post_install", "-at_install")
class TestCorrectionPaper(CorrectionCase):
    """DACCe: drawn on the first click, the same file afterwards."""

    def test_text_of_the_paper(self):
        self._correct()
        letter = self.document.correction_event_ids
        action = letter.with_user(self.user).print_document_event()
        self.assertIn(str(letter.nfe_pdf_id.id), action["url"])
        text = self._text(letter.nfe_pdf_id.raw)
        for part in (
            "Carta de Correção Eletrônica",
            VOLUMES,
            letter.protocol_number,
            "Sequência do Evento: 1",
            "Indústria Exemplo Ltda",
            "Avenida Paulista, 1000",
            "81.583.054/0001-29",
            "§ 1º-A do art. 7º do Convênio S/N",
            "Bela Vista - 01311-000",
        ):
            self.assertIn(part, text)

    def _text(self, pdf):
        done = subprocess.run(
            ["pdftotext", "-layout", "-", "-"],
            input=pdf,
            capture_output=True,
            check=True,
        )
        return done.stdout.decode()

    def test_printed_again_without_drawing(self):
        self._correct()
        letter = self.document.correction_event_ids
        first = letter.print_document_event()
        with patch.object(fiscal_event, "DaCCe", side_effect=AssertionError):
            self.assertEqual(letter.print_document_event(), first)

    def test_no_paper_of_a_refused_letter(self):
        self.sefaz.fault(EVENT, "cstat", cstat=577)
        self._correct()
        with self.assertRaisesRegex(UserError, "não registrou"):
            self.document.correction_event_ids.print_document_event()

    def test_xml(self):
        self._correct()
        letter = self.document.correction_event_ids
        action = letter.action_nfe_open_xml()
        self.assertIn(f"/{letter.file_response_id.id}/", action["url"])


@tagged("post_install", "-at_install")
class TestCorrectionSecurity(CorrectionCase):
    """Who may write letters, and who may read them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.clerk = new_test_user(
            cls.env,
            "nfe_correction_clerk",
            groups="base.group_user,l10n_br_fiscal.group_user",
            company_id=cls.company.id,
            company_ids=[(6, 0, cls.company.ids)],
        )
        other = cls.env["res.company"].create({"name": "Outra Empresa"})
        cls.stranger = new_test_user(
            cls.env,
            "nfe_correction_stranger",
            groups="nfe_batch.nfe_batch_group_user",
            company_id=other.id,
            company_ids=[(6, 0, other.ids)],
        )

    def test_without_the_group_no_letter(self):
        document = self.document.with_user(self.clerk)
        with self.assertRaises(AccessError):
            document.action_document_correction()
        with self.assertRaises(AccessError):
            document._document_correction(VOLUMES)
        self.assertFalse(self.document.nfe_correction)

    def test_other_company(self):
        self._correct()
        companies = self.stranger.company_ids.ids
        document = self.document.with_user(self.stranger).with_context(
            allowed_company_ids=companies
        )
        with self.assertRaises(AccessError):
            document._document_correction(VOLUMES)
        letter = self.document.correction_event_ids.with_env(document.env)
        with self.assertRaises(AccessError):
            letter.read(["justification"])
        with self.assertRaises(AccessError):
            letter.print_document_event()
        with self.assertRaises(AccessError):
            letter.file_response_id.with_env(document.env).read(["raw"])

    def test_own_company_reads(self):
        self._correct()
        letter = self.document.correction_event_ids.with_user(self.user)
        self.assertEqual(letter.justification, VOLUMES)
