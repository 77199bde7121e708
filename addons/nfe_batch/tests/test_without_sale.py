from lxml import etree

from odoo import Command
from odoo.tests import tagged

from .common import NfeCase

NS = {"n": "http://www.portalfiscal.inf.br/nfe"}


@tagged("post_install", "-at_install")
class TestWithoutSale(NfeCase):
    """Notes without an order or an invoice: the document alone, authorised."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.distributor = cls._make_partner(
            "Distribuidora Exemplo SA",
            "34028316000103",
            state="base.state_br_sp",
            city="l10n_br_base.city_3509502",
            zip_code="13010-000",
        )
        cls.distributor.write(
            {"is_company": True, "ind_ie_dest": "1", "ind_final": "0"}
        )
        cls.distributor.l10n_br_ie_code = "110042490114"

    def _authorise(self, operation, partner=None, **values):
        """Confirm and send a document of an operation.

        :return: (document, root of what was sent)
        """
        if isinstance(operation, str):
            operation = self.env.ref(f"l10n_br_fiscal.{operation}")
        line = {
            "product_id": self.product.id,
            "quantity": 2,
            "price_unit": 100,
            "fiscal_operation_id": operation.id,
        }
        document = self._make_document(
            partner=partner or self.distributor,
            fiscal_operation_id=operation.id,
            ind_pres="0",
            ind_final="0",
            fiscal_line_ids=[Command.create(line)],
            **values,
        )
        document.action_document_confirm()
        self._run_jobs()
        self.assertAuthorised(document)
        return document, etree.fromstring(document.nfe_signed_id.raw)

    def _told(self, root, *paths):
        return [root.findtext(f".//n:{p.replace('/', '/n:')}", None, NS) for p in paths]

    def _sale_key(self):
        document = self._confirm()
        self._run_jobs()
        return document.document_key

    def _operation(self, name, kind, cfop, **values):
        """An operation that the company makes itself, with one line."""
        operation = self.env["l10n_br_fiscal.operation"].create(
            {
                "code": name[:10],
                "name": name,
                "fiscal_operation_type": kind,
                "fiscal_type": "other",
                "default_price_unit": "cost_price",
                "state": "approved",
                "line_ids": [
                    Command.create(
                        {
                            "name": name,
                            "cfop_internal_id": self.env.ref(
                                f"l10n_br_fiscal.cfop_{cfop}"
                            ).id,
                            "state": "approved",
                        }
                    )
                ],
                **values,
            }
        )
        return operation

    def assertUnpaid(self, root):
        self.assertEqual(self._told(root, "detPag/tPag", "detPag/vPag"), ["90", "0.00"])
        self.assertIsNone(root.find(".//n:infIntermed", NS))
        self.assertIsNone(root.find(".//n:indIntermed", NS))
        self.assertIsNone(root.find(".//n:cobr", NS))

    def test_remessa(self):
        _document, root = self._authorise("fo_simples_remessa")
        self.assertUnpaid(root)
        self.assertEqual(
            self._told(root, "ide/tpNF", "ide/finNFe", "prod/CFOP", "ide/idDest"),
            ["1", "1", "5949", "1"],
        )

    def test_retorno_names_what_it_returns(self):
        key = self._sale_key()
        related = [Command.create({"document_key": key}) for _twice in range(2)]
        _document, root = self._authorise(
            "fo_retorno_reparo", document_related_ids=related
        )
        self.assertUnpaid(root)
        self.assertEqual(self._told(root, "prod/CFOP"), ["5916"])
        self.assertEqual(
            [one.text for one in root.findall(".//n:refNFe", NS)], [key], "told once"
        )

    def test_transfer_to_a_branch(self):
        operation = self._operation("Transferência", "out", "5151")
        branch = self._make_partner(
            "Indústria Exemplo Filial",
            "81583054000200",
            state="base.state_br_sp",
            city="l10n_br_base.city_3509502",
            zip_code="13010-000",
        )
        branch.write({"is_company": True, "ind_ie_dest": "1", "ind_final": "0"})
        branch.l10n_br_ie_code = "110042490114"
        _document, root = self._authorise(operation, partner=branch)
        self.assertUnpaid(root)
        self.assertEqual(
            self._told(root, "ide/tpNF", "prod/CFOP", "dest/CNPJ"),
            ["1", "5151", "81583054000200"],
        )

    def test_entry_to_oneself(self):
        ourselves = self.company.partner_id
        ourselves.write({"ind_ie_dest": "1", "ind_final": "0"})
        _document, root = self._authorise("fo_entrada_remessa", partner=ourselves)
        self.assertUnpaid(root)
        self.assertEqual(
            self._told(root, "ide/tpNF", "prod/CFOP", "dest/CNPJ"),
            ["0", "1949", self.company.vat],
        )

    def test_complement_of_a_note(self):
        key = self._sale_key()
        operation = self._operation("Complemento", "out", "5949", edoc_purpose="2")
        _document, root = self._authorise(
            operation, document_related_ids=[Command.create({"document_key": key})]
        )
        self.assertEqual(self._told(root, "ide/finNFe", "NFref/refNFe"), ["2", key])
        self.assertEqual(self._told(root, "transp/modFrete"), ["9"])

    def test_credit_note_tells_the_reform_alone(self):
        operation = self._operation("Crédito", "out", "5949", edoc_purpose="5")
        _document, root = self._authorise(operation, edoc_refund_credit_type="04")
        self.assertUnpaid(root)
        self.assertEqual(self._told(root, "ide/finNFe", "ide/tpNFCredito"), ["5", "04"])
        self.assertIsNone(root.find(".//n:imposto/n:ICMS", NS))
        self.assertIsNotNone(root.find(".//n:imposto/n:IBSCBS", NS))

    def test_transport_and_who_may_fetch(self):
        carrier = self._make_partner("Transportes Exemplo", "46312887000154")
        office = self._make_partner("Contabilidade Exemplo", "33444555000181")
        self.company.nfe_authorized_partner_ids = carrier + office + self.distributor
        document, root = self._authorise(
            "fo_simples_remessa",
            nfe_freight_mode="1",
            nfe_carrier_id=carrier.id,
            nfe_volume_count=3,
            nfe_volume_kind="PALETE",
            nfe_net_weight=15,
            nfe_gross_weight=18.5,
            nfe_expected_delivery="2026-12-01",
        )
        self.assertEqual(
            self._told(
                root,
                "transp/modFrete",
                "transporta/CNPJ",
                "vol/qVol",
                "vol/esp",
                "vol/pesoL",
                "vol/pesoB",
                "ide/dPrevEntrega",
            ),
            ["1", "46312887000154", "3", "PALETE", "15.000", "18.500", "2026-12-01"],
        )
        # The recipient may fetch it anyway; naming him would be refused.
        numbers = [one[0].text for one in root.findall(".//n:autXML", NS)]
        self.assertEqual(numbers, ["46312887000154", "33444555000181"])
        self.assertTrue(document.nfe_label_id)

    def test_alphanumeric_recipient(self):
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE res_partner SET vat = %s WHERE id = %s",
            ("12.ABC.345/01DE-35", self.distributor.id),
        )
        self.distributor.invalidate_recordset()
        _document, root = self._authorise("fo_simples_remessa")
        self.assertEqual(self._told(root, "dest/CNPJ"), ["12ABC34501DE35"])
