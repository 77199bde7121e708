import base64
import hashlib

from lxml import etree
from psycopg2.errors import NumericValueOutOfRange

from odoo import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..domain import schema
from .common import NfeCase

NS = {"n": "http://www.portalfiscal.inf.br/nfe"}


@tagged("post_install", "-at_install")
class TestAuthorize(NfeCase):
    """A single note goes synchronously and comes back authorised."""

    def test_confirming_signs_and_queues(self):
        document = self._confirm()
        self.assertEqual(document.state_edoc, "a_enviar")
        self.assertEqual(document.nfe_transmission, "ready")
        self.assertEqual(document.document_number, "1")
        self.assertFalse(schema.errors("NFe", document.nfe_signed_id.raw))
        self.assertEqual(self._run_jobs(rounds=1), ["_nfe_send"])

    def test_authorised(self):
        document = self._confirm()
        self._run_jobs()
        self.assertAuthorised(document)
        self.assertEqual(document.state_fiscal, "00")
        self.assertEqual(document.status_code, "100")
        self.assertEqual(document.nfe_attempt_ids.mapped("kind"), ["send"])
        self.assertEqual(document.nfe_attempt_ids.outcome, "answered")

    def test_proc_holds_the_signed_bytes(self):
        document = self._confirm()
        signed = document.nfe_signed_id.raw
        self._run_jobs()
        content = document.nfe_proc_id.raw
        self.assertIn(signed, content)
        self.assertFalse(schema.errors("nfeProc", content))
        self.assertEqual(document.nfe_proc_id, document.authorization_file_id)

    def test_note_tells_the_taxes_of_the_document(self):
        document = self._confirm()
        root = etree.fromstring(document.nfe_signed_id.raw)
        expected = {
            "n:ICMSTot/n:vNF": "206.40",
            "n:ICMSTot/n:vIPI": "6.50",
            "n:ICMSUFDest/n:vICMSUFDest": "20.64",
            "n:ICMSUFDest/n:vFCPUFDest": "8.26",
            "n:dest/n:CPF": "52998224725",
            "n:ide/n:indIntermed": "0",
            "n:pag/n:detPag/n:vPag": "206.40",
        }
        found = {path: root.findtext(f".//{path}", namespaces=NS) for path in expected}
        self.assertEqual(found, expected)

    def test_inside_the_state(self):
        document = self._confirm(partner=self.partner_sp)
        self._run_jobs()
        self.assertAuthorised(document)

    def test_sending_twice_sends_once(self):
        document = self._confirm()
        self._run_jobs()
        with self.enter_registry_test_mode():
            document._nfe_send()
        self.assertEqual(len(self.sefaz.notes()), 1)
        self.assertEqual(len(document.nfe_attempt_ids), 1)

    def test_a_write_that_fails_is_not_the_hook_s_failure(self):
        document = self._make_document().sudo()
        too_large = 2**40
        with (
            self.assertRaises(NumericValueOutOfRange),
            mute_logger("odoo.sql_db"),
            self.env.cr.savepoint(flush=False),
        ):
            document.nfe_tries = too_large
            document._nfe_call_hook("_nfe_after_problem")
        self.env.invalidate_all(flush=False)

    def test_a_failing_hook_costs_nothing(self):
        document = self._confirm()
        fiscal = type(self.env["l10n_br_fiscal.document"])
        failures = iter([ValueError("another addon")])

        def hook(records):
            for error in failures:
                raise error

        self.patch(fiscal, "_nfe_after_authorize", hook)
        with self.assertLogs("odoo.addons.nfe_batch", "ERROR"):
            methods = self._run_jobs()
        self.assertAuthorised(document)
        self.assertIn("_nfe_run_hook", methods)

    def test_delivery_elsewhere(self):
        self.partner_sp.child_ids = [
            Command.create(
                {
                    "name": "Portaria",
                    "type": "delivery",
                    "country_id": self.partner_sp.country_id.id,
                    "state_id": self.partner_sp.state_id.id,
                    "city_id": self.partner_sp.city_id.id,
                    "street_name": "Rua do Porto",
                    "street_number": "7",
                    "district": "Lapa",
                    "zip": "05001-000",
                }
            )
        ]
        document = self._confirm(
            partner=self.partner_sp,
            partner_shipping_id=self.partner_sp.child_ids.id,
        )
        self._run_jobs()
        self.assertAuthorised(document)
        root = etree.fromstring(document.nfe_proc_id.raw)
        self.assertEqual(
            root.findtext(".//n:entrega/n:xLgr", namespaces=NS), "Rua do Porto"
        )

    def test_freight_and_technician(self):
        self.company.technical_support_id = self.env["res.partner"].create(
            {
                "name": "Suporte",
                "vat": "46312887000154",
                "is_company": True,
                "country_id": self.env.ref("base.br").id,
                "email": "suporte@example.com",
                "phone": "+55 11 4002-8922",
            }
        )
        self.company.write({"nfe_csrt_id": "01", "nfe_csrt": "CODIGO0DE0TESTE00001"})
        document = self._make_document()
        document.amount_freight_value = 20
        document.action_document_confirm()
        self._run_jobs()
        self.assertAuthorised(document)
        root = etree.fromstring(document.nfe_proc_id.raw)
        self.assertEqual(root.findtext(".//n:ICMSTot/n:vFrete", namespaces=NS), "20.00")
        self.assertEqual(
            root.findtext(".//n:infRespTec/n:fone", namespaces=NS), "1140028922"
        )
        secret = "CODIGO0DE0TESTE00001" + document.document_key
        digest = base64.b64encode(hashlib.sha1(secret.encode()).digest()).decode()
        self.assertEqual(
            root.findtext(".//n:infRespTec/n:hashCSRT", namespaces=NS), digest
        )
