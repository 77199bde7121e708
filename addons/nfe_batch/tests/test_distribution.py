import base64
from datetime import timedelta

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from ..domain import answers, envelope, event
from ..domain.endpoints import Service
from .common import CNPJ, NfeCase

SERVICE = "NFeDistribuicaoDFe"
SUPPLIER = "33444555000181"
KEY = "35261133444555000181550010000000071123456788"
NS = 'xmlns="http://www.portalfiscal.inf.br/nfe"'


def summary(number, key=KEY):
    return (
        f'<resNFe {NS} versao="1.01"><chNFe>{key}</chNFe><CNPJ>{SUPPLIER}</CNPJ>'
        f"<xNome>FORNECEDOR {number}</xNome><IE>110042490114</IE>"
        "<dhEmi>2026-11-20T08:30:00-03:00</dhEmi><tpNF>1</tpNF><vNF>1234.50</vNF>"
        "<dhRecbto>2026-11-20T08:30:05-03:00</dhRecbto><nProt>135260000000009</nProt>"
        "<cSitNFe>1</cSitNFe></resNFe>"
    )


def event_summary(key, code, name, author=SUPPLIER, protocol="891260000000007"):
    return (
        f'<resEvento {NS} versao="1.01"><cOrgao>91</cOrgao><CNPJ>{author}</CNPJ>'
        f"<chNFe>{key}</chNFe><dhEvento>2026-11-21T10:00:00-03:00</dhEvento>"
        f"<tpEvento>{code}</tpEvento><nSeqEvento>1</nSeqEvento><xEvento>{name}</xEvento>"
        f"<dhRecbto>2026-11-21T10:00:02-03:00</dhRecbto><nProt>{protocol}</nProt>"
        "</resEvento>"
    )


class DistributionCase(NfeCase):
    """Given: a company that fetches the documents which name it."""

    def setUp(self):
        super().setUp()
        self.company.nfe_dfe = True
        self.cursors = self.env["nfe.dfe.cursor"]

    def _give(self, xml, schema="resNFe_v1.01.xsd"):
        return self.sefaz.inject(CNPJ, schema, xml)

    def _fetch(self):
        with self.enter_registry_test_mode():
            self.cursors._nfe_cron_distribute()
        return self._run_jobs()

    def _received(self):
        return self.env["nfe.dfe"].with_user(self.user).search([])

    @property
    def cursor(self):
        return self.cursors.search([("company_id", "=", self.company.id)])

    def _hour_passes(self):
        """On both sides."""
        self.sefaz.clock.advance(timedelta(minutes=62))
        self.addCleanup(self.sefaz.clock.advance, -timedelta(minutes=62))
        self.cursor.next_time = False


@tagged("post_install", "-at_install")
class TestDistribution(DistributionCase):
    """Documents that name the company come once, in order, an hour apart."""

    def test_note_of_a_supplier(self):
        self._give(summary(1))
        self._fetch()
        received = self._received()
        self.assertEqual(received.kind, "resNFe")
        self.assertEqual(received.issuer_name, "FORNECEDOR 1")
        self.assertEqual(received.document_key, KEY)
        self.assertEqual(received.amount, 1234.5)
        self.assertEqual(received.situation, "authorised")
        self.assertFalse(received.is_complete)
        self.assertEqual(base64.b64decode(received.xml).decode(), summary(1))
        self.assertEqual(self.cursor.last_nsu, f"{1:015d}")
        attempt = self.env["nfe.attempt"].search([("kind", "=", "distribution")])
        self.assertEqual((attempt.state, attempt.status_code), ("done", "138"))

    def test_more_than_an_answer_holds(self):
        for number in range(55):
            self._give(summary(number))
        self._fetch()
        self.assertEqual(len(self._received()), 55)
        self.assertEqual(self.sefaz.counters()["services"][SERVICE], 2)
        self.assertFalse(self.sefaz.counters()["blocked"])

    def test_an_hour_of_silence_at_the_end(self):
        self._fetch()
        self.assertEqual(self.cursor.status_code, "137")
        self._give(summary(1))
        self.assertFalse(self._fetch())
        self.assertEqual(self.sefaz.counters()["services"][SERVICE], 1)
        with self.assertRaisesRegex(UserError, "Ambiente Nacional"):
            self.cursor.with_user(self.user).action_ask_now()
        self._hour_passes()
        self.cursor.with_user(self.user).action_ask_now()
        self._run_jobs()
        self.assertEqual(len(self._received()), 1)

    def test_656_stops_for_an_hour_and_moves_nothing(self):
        self.sefaz.fault(SERVICE, "cstat", cstat=656)
        self._give(summary(1))
        self._fetch()
        self.assertEqual(self.cursor.status_code, "656")
        self.assertFalse(self.cursor.last_nsu)
        self.assertFalse(self._fetch())
        self.assertFalse(self.company.nfe_paused_until)
        self._hour_passes()
        self._fetch()
        self.assertEqual(len(self._received()), 1)

    def test_no_answer(self):
        self._give(summary(1))
        for kind in ("drop_before", "drop_after", "html_503", "truncate"):
            self.sefaz.fault(SERVICE, kind)
            self._fetch()
            self.assertFalse(self._received())
            self.assertFalse(self.cursor.last_nsu)
            self._hour_passes()
        self._fetch()
        self.assertEqual(len(self._received()), 1)

    def test_killed_between_answer_and_result(self):
        """Nothing was stored: the same question brings the same documents."""
        self._give(summary(1))
        with self.enter_registry_test_mode():
            self.cursors._nfe_cron_distribute()
            self._drop_jobs()
            intent = self.cursor._open_question("distribution")
            self.cursor._ask(intent)
            self.assertFalse(self.cursor._open_question("distribution"))
            self.env["l10n_br_fiscal.document"]._nfe_recover_interrupted(
                -timedelta(minutes=1)
            )
        self.assertFalse(self.cursor.last_nsu)
        self._hour_passes()
        self._fetch()
        self.assertEqual(len(self._received()), 1)

    def test_the_same_answer_twice_is_stored_once(self):
        self._give(summary(1))
        self._fetch()
        self.cursor.last_nsu = False
        self._hour_passes()
        self._fetch()
        self.assertEqual(len(self._received()), 1)

    def test_damaged_and_foreign_documents_are_kept(self):
        self._give("not xml at all")
        self._give('<cteProc xmlns="urn:cte"/>', "procCTe_v4.00.xsd")
        self._give(summary(3))
        self._fetch()
        kinds = self._received().sorted("nsu").mapped("kind")
        self.assertEqual(kinds, ["other", "other", "resNFe"])

    def test_cancelled_by_its_issuer(self):
        self._give(summary(1))
        name = "Cancelamento"
        self._give(event_summary(KEY, "110111", name), "resEvento_v1.01.xsd")
        self._fetch()
        note = self._received().filtered(lambda row: row.kind == "resNFe")
        self.assertEqual(note.situation, "cancelled")

    def test_whole_note_by_key(self):
        self._give(summary(1))
        self._fetch()
        note = self._received()
        self._give(
            f'<nfeProc {NS}><infNFe Id="NFe{KEY}"/><chNFe>{KEY}</chNFe>'
            "<cStat>100</cStat></nfeProc>",
            "procNFe_v4.00.xsd",
        )
        self.sefaz.office.store.execute("DELETE FROM dfe WHERE nsu = 1")
        note.with_user(self.user).action_fetch_note()
        self._run_jobs()
        self.assertIn("138", self.cursor.search_message)
        self.assertTrue(note.is_complete)
        self.assertEqual(self.cursor.last_nsu, f"{1:015d}")

    def test_search_by_key(self):
        wizard = self.env["nfe.dfe.search.wizard"].with_user(self.user)
        with self.assertRaises(UserError):
            wizard.create({"document_key": "123"}).action_search_key()
        wizard.create({"document_key": KEY}).action_search_key()
        self._run_jobs()
        self.assertRegex(self.cursor.search_message, "217")
        self.assertFalse(self._received())

    def test_few_searches_an_hour(self):
        wizard = self.env["nfe.dfe.search.wizard"].with_user(self.user)
        for _time in range(18):
            wizard.create({"document_key": KEY}).action_search_key()
            self._run_jobs(1)
        with self.assertRaises(UserError):
            wizard.create({"document_key": KEY}).action_search_key()
        self.assertFalse(self.sefaz.counters()["blocked"])

    def test_no_search_while_blocked(self):
        """Each question during a block makes it longer."""
        self.sefaz.fault(SERVICE, "cstat", cstat=656)
        wizard = self.env["nfe.dfe.search.wizard"].with_user(self.user)
        wizard.create({"document_key": KEY}).action_search_key()
        self._run_jobs()
        self.assertIn("656", self.cursor.search_message)
        with self.assertRaises(UserError):
            wizard.create({"document_key": KEY}).action_search_key()
        self.assertFalse(self._fetch())

    def test_only_who_wants_it(self):
        self.company.nfe_dfe = False
        self.assertFalse(self._fetch())
        with self.assertRaises(UserError):
            self.cursors.with_user(self.user)._search_by_key(self.company, KEY)

    def test_without_a_certificate(self):
        self.company.certificate_id = False
        self._fetch()
        self.assertRegex(self.cursor.message, "certificado")
        self.assertTrue(self.cursor.next_time)

    def test_each_company_sees_its_own(self):
        self._give(summary(1))
        self._fetch()
        other = self._make_company("Outra Indústria Ltda", "11222333000181")
        user = new_test_user(
            self.env,
            "nfe_other",
            groups="account.group_account_invoice,nfe_batch.nfe_batch_group_user",
            company_id=other.id,
            company_ids=[Command.set(other.ids)],
        )
        for model in ("nfe.dfe", "nfe.dfe.cursor"):
            env = self.env(
                user=user, context=dict(self.env.context, allowed_company_ids=other.ids)
            )
            self.assertFalse(env[model].search([]))
            with self.assertRaises(AccessError):
                env[model].browse(self.env[model].search([]).ids).read()
        with self.assertRaises(AccessError):
            self._received().write({"situation": "denied"})


@tagged("post_install", "-at_install")
class TestEventsOfOurNotes(DistributionCase):
    """What others did to our notes shows on them; a cancellation is asked for."""

    def setUp(self):
        super().setUp()
        self.document = self._confirm()
        self._run_jobs()

    def _event(self, code, name, **changes):
        content = event_summary(self.document.document_key, code, name, **changes)
        self._give(content, "resEvento_v1.01.xsd")

    def test_recipient_confirms(self):
        self._event("210200", "Confirmacao da Operacao")
        self._event("610600", "CT-e Autorizado para NF-e")
        self.assertNotIn("_nfe_check_situation", self._fetch())
        self.assertEqual(
            set(self.document.nfe_dfe_ids.mapped("event_code")), {"210200", "610600"}
        )
        self.assertEqual(self.document.state_edoc, "autorizada")

    def _cancel_behind_our_back(self):
        """Another program, with the same certificate.

        :return: protocol of the event
        """
        frame = self.document._nfe_event_frame()
        signed = event.cancellation(
            protocol_number=self.document.authorization_protocol,
            reason="Cancelada no outro sistema",
            **frame,
        )
        message = envelope.events(1, [signed])
        outcome = self.company._nfe_client().call(Service.EVENT, message)
        return answers.read_event(outcome.message).number

    def test_cancelled_by_another_program(self):
        protocol = self._cancel_behind_our_back()
        self._event("110111", "Cancelamento", author=CNPJ, protocol=protocol)
        self.assertIn("_nfe_check_situation", self._fetch())
        self.assertEqual(self.document.state_edoc, "cancelada")
        event = self.document.cancel_event_id
        self.assertEqual(event.protocol_number, protocol)
        self.assertEqual(self.document.cancel_reason, "Cancelada no outro sistema")
        self.assertIn(b"<procEventoNFe", event.file_response_id.raw)

    def test_a_cancellation_that_does_not_stand_is_not_believed(self):
        self._event("110111", "Cancelamento", author=CNPJ)
        self.assertIn("_nfe_check_situation", self._fetch())
        self.assertEqual(self.document.state_edoc, "autorizada")
        self.assertFalse(self.document.nfe_cancellation)
        self.assertEqual(self.sefaz.note(self.document.document_key)["events"], [])

    def test_our_own_event_is_no_news(self):
        self.document.cancel_reason = "Cliente desistiu da compra"
        with self.enter_registry_test_mode():
            self.document._nfe_cancel()
        self._run_jobs()
        protocol = self.document.cancel_event_id.protocol_number
        self._event("110111", "Cancelamento", author=CNPJ, protocol=protocol)
        self.assertNotIn("_nfe_check_situation", self._fetch())
        self.assertEqual(len(self.document.nfe_dfe_ids), 1)

    def test_lost_answer_is_asked_for_again(self):
        protocol = self._cancel_behind_our_back()
        self._event("110111", "Cancelamento", author=CNPJ, protocol=protocol)
        self.sefaz.fault("NFeConsultaProtocolo4", "drop_after")
        self._fetch()
        self.assertEqual(self.document.state_edoc, "cancelada")
