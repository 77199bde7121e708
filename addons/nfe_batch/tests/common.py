import base64
import tempfile
from datetime import timedelta
from functools import lru_cache
from pathlib import Path
from unittest.mock import patch

from odoo import Command
from odoo.tests import TransactionCase, new_test_user

from odoo.addons.account.models.chart_template import AccountChartTemplate
from odoo.addons.queue_job.job import Job

from simulators.common.certificates import CertificateAuthority
from simulators.common.memo import remembered
from simulators.sefaz import SefazSimulator

from .. import const

CNPJ = "81583054000129"
PASSWORD = "test"

# Core asks all addons for their charts a dozen times per company, half of the time
# that it takes to load one.
_charts = remembered(AccountChartTemplate._get_chart_template_mapping)
_folder = tempfile.TemporaryDirectory(prefix="nfe-test-")


@lru_cache
def authority():
    """One chain for all tests of the process: keys are dear."""
    return CertificateAuthority.create(Path(_folder.name))


@lru_cache
def company_pfx(cnpj=CNPJ):
    return authority().client_pfx(cnpj, "INDUSTRIA EXEMPLO LTDA", PASSWORD)


class NfeCase(TransactionCase):
    """Given: a company in SP (regime normal, industry) with series 1 of the NF-e, an
    e-CNPJ and a SEFAZ on 127.0.0.1; a chair (NCM 9403.30.00, IPI 3.25 %), a consumer
    (CPF) in RJ and one in SP; a biller who may only invoice and use the NF-e.
    ``self.sefaz`` is empty at the start of each test.

    The documents have no invoice: loading a chart of accounts takes longer than all
    tests. ``NfeInvoiceCase`` has one.
    """

    chart = False
    # Lots of a few notes, to test what happens to lots.
    lot_from = 2

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(
            context=dict(cls.env.context, tracking_disable=True, lang="pt_BR")
        )
        cls.company = cls._make_company("Indústria Exemplo Ltda", CNPJ)
        cls.env = cls.env(
            context=dict(cls.env.context, allowed_company_ids=cls.company.ids)
        )
        cls.company = cls.env["res.company"].browse(cls.company.id)
        cls.operation = cls.env.ref("l10n_br_fiscal.fo_venda")
        cls.product = cls._make_product("Cadeira", "CAD1")
        cls.partner = cls._make_partner("Maria Souza", "52998224725")
        cls.partner_sp = cls._make_partner(
            "João Lima",
            "11144477735",
            state="base.state_br_sp",
            city="l10n_br_base.city_3550308",
            zip_code="01310-100",
        )
        cls.user = new_test_user(
            cls.env,
            "nfe_biller",
            groups="account.group_account_invoice,nfe_batch.nfe_batch_group_user",
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
            lang="pt_BR",
            tz="America/Sao_Paulo",
        )
        cls.sefaz = SefazSimulator(authority().directory).start()
        cls.addClassCleanup(cls.sefaz.stop)
        cls._connect(cls.company)

    def setUp(self):
        super().setUp()
        self.sefaz.reset()
        self._never_wait()

    def _never_wait(self):
        """Tests run jobs whatever their time; those of the waits set their own."""
        self.patch(const, "PATIENCE", timedelta())
        self.patch(const, "STATUS_INTERVAL", timedelta())
        self.patch(const, "FIRST_QUESTION", timedelta())

    @classmethod
    def _request_handler(cls, s, r, /, **kw):
        """Odoo's watch over requests cannot read a (connect, read) timeout."""
        if isinstance(kw.get("timeout"), tuple):
            kw["timeout"] = max(kw["timeout"])
        return super()._request_handler(s, r, **kw)

    # === GIVEN === #

    @classmethod
    def _make_company(cls, name, cnpj):
        env, ref = cls.env, cls.env.ref
        document_type = ref("l10n_br_fiscal.document_55")
        company = env["res.company"].create(
            {
                "name": name,
                "country_id": ref("base.br").id,
                "currency_id": ref("base.BRL").id,
                "state_id": ref("base.state_br_sp").id,
            }
        )
        env.user.company_ids += company
        if cls.chart:
            cls._load_chart(company)
        company.partner_id.write(
            {
                "vat": cnpj,
                "legal_name": name,
                "city_id": ref("l10n_br_base.city_3550308").id,
                "zip": "01311-000",
                "street_name": "Avenida Paulista",
                "street_number": "1000",
                "district": "Bela Vista",
                "lang": "pt_BR",
            }
        )
        company.l10n_br_ie_code = "110042490114"
        company.write(
            {
                "tax_framework": "3",
                "is_industry": True,
                "ripi": True,
                "icms_regulation_id": ref("l10n_br_fiscal.tax_icms_regulation").id,
                "document_type_id": document_type.id,
                "piscofins_id": ref("l10n_br_fiscal.tax_pis_cofins_nao_columativo").id,
                "tax_classification_id": ref(
                    "l10n_br_fiscal.tax_classification_000001"
                ).id,
                "delivery_costs": "total",
                "processador_edoc": "nfe_batch",
                "nfe_lot_from": cls.lot_from,
            }
        )
        company._onchange_piscofins_id()
        company._onchange_tax_classification_id()
        env["l10n_br_fiscal.document.serie"].create(
            {
                "code": "1",
                "name": "Série 1",
                "document_type_id": document_type.id,
                "company_id": company.id,
            }
        )
        return company

    @classmethod
    def _load_chart(cls, company):
        charts = cls.env["account.chart.template"]
        name = "_get_chart_template_mapping"
        with patch.object(type(charts), name, _charts):
            charts.try_loading("br_oca_generic", company=company, install_demo=False)

    @classmethod
    def _connect(cls, company):
        """Certificate and simulator for a company."""
        company.write(
            {
                "nfe_environment": "2",
                "nfe_endpoint_base": cls.sefaz.url,
                "nfe_ca_bundle": cls.sefaz.ca_file.read_text(),
                "certificate_id": cls._make_certificate(company).id,
            }
        )

    @classmethod
    def _make_certificate(cls, company, pfx=None):
        return cls.env["certificate.certificate"].create(
            {
                "content": base64.b64encode(pfx or company_pfx(company.vat)),
                "pkcs12_password": PASSWORD,
                "company_id": company.id,
                "scope": "l10n_br",
            }
        )

    @classmethod
    def _make_product(cls, name, code, **values):
        ncm = cls.env["l10n_br_fiscal.ncm"].search(
            [("code", "=", "9403.30.00")], limit=1
        )
        return cls.env["product.product"].create(
            {
                "name": name,
                "default_code": code,
                "list_price": 199.9,
                "weight": 7.5,
                "ncm_id": ncm.id,
                "fiscal_type": "04",
                "icms_origin": "0",
                "tax_icms_or_issqn": "icms",
                **values,
            }
        )

    @classmethod
    def _make_partner(
        cls,
        name,
        cpf,
        state="base.state_br_rj",
        city="l10n_br_base.city_3304557",
        zip_code="20040-002",
    ):
        return cls.env["res.partner"].create(
            {
                "name": name,
                "vat": cpf,
                "country_id": cls.env.ref("base.br").id,
                "state_id": cls.env.ref(state).id,
                "city_id": cls.env.ref(city).id,
                "street_name": "Rua das Flores",
                "street_number": "12",
                "district": "Centro",
                "zip": zip_code,
                "ind_final": "1",
            }
        )

    def _make_document(self, partner=None, product=None, price=199.9, **values):
        """A draft document of one chair to a consumer, made by the biller."""
        return (
            self.env["l10n_br_fiscal.document"]
            .with_user(self.user)
            .create(
                {
                    "company_id": self.company.id,
                    "partner_id": (partner or self.partner).id,
                    "fiscal_operation_id": self.operation.id,
                    "document_type_id": self.company.document_type_id.id,
                    "ind_final": "1",
                    "ind_pres": "2",
                    "fiscal_line_ids": [
                        Command.create(
                            {
                                "product_id": (product or self.product).id,
                                "quantity": 1,
                                "price_unit": price,
                                "fiscal_operation_id": self.operation.id,
                            }
                        )
                    ],
                    **values,
                }
            )
        )

    # === WHEN === #

    def _confirm(self, count=1, **values):
        """Confirm documents; their jobs wait until ``_run_jobs``."""
        documents = self.env["l10n_br_fiscal.document"].with_user(self.user)
        for _index in range(count):
            documents += self._make_document(**values)
        documents.action_document_confirm()
        return documents

    def _run_jobs(self, rounds=8):
        """Perform the jobs that wait, and those that they queue, whatever their time.

        :return: names of the methods, in order
        """
        done = []
        with self.enter_registry_test_mode():
            for _round in range(rounds):
                jobs = self.env["queue.job"].search([("state", "=", "pending")])
                for record in jobs.sorted("id"):
                    job = Job.load(self.env, record.uuid)
                    # A job that waits would swallow one that it queues like itself.
                    job.set_started()
                    job.store()
                    job.perform()
                    job.set_done()
                    job.store()
                    done.append(record.method_name)
                self.env.invalidate_all()
        return done

    def _drop_jobs(self):
        """What a test does not want to happen."""
        self.env["queue.job"].search([("state", "=", "pending")]).button_done()

    # === THEN === #

    def assertAuthorised(self, document):
        self.assertEqual(document.state_edoc, "autorizada", document.nfe_problem)
        self.assertEqual(document.nfe_transmission, "done")
        self.assertFalse(document.nfe_problem_code)
        note = self.sefaz.note(document.document_key)
        self.assertEqual(note["status"], "authorized")
        self.assertEqual(note["nProt"], document.authorization_protocol)
        self.assertEqual(note["digVal"].encode(), self._digest(document))

    def _digest(self, document):
        signed = document.nfe_signed_id.raw
        return signed.split(b"<DigestValue>")[1].split(b"<")[0]


class NfeInvoiceCase(NfeCase):
    """The same with a chart of accounts: documents come from invoices."""

    chart = True

    def _make_invoice(self, partner=None, product=None, price=199.9, lines=None):
        """A draft invoice of one chair to a consumer, made by the biller."""
        return (
            self.env["account.move"]
            .with_user(self.user)
            .create(
                {
                    "move_type": "out_invoice",
                    "partner_id": (partner or self.partner).id,
                    "fiscal_operation_id": self.operation.id,
                    "document_type_id": self.company.document_type_id.id,
                    "ind_final": "1",
                    "ind_pres": "2",
                    "invoice_line_ids": lines
                    or [
                        Command.create(
                            {
                                "product_id": (product or self.product).id,
                                "quantity": 1,
                                "price_unit": price,
                                "fiscal_operation_id": self.operation.id,
                            }
                        )
                    ],
                }
            )
        )
