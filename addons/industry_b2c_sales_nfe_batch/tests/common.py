from odoo.addons.industry_b2c_sales.tests.common import B2cCase
from odoo.addons.nfe_batch.tests.common import NfeCase, authority

from simulators.sefaz import SefazSimulator


class OrderNfeCase(B2cCase):
    """``company`` sells to consumers and has a certificate; ``sefaz`` answers on
    127.0.0.1 and is empty at the start of each test."""

    _run_jobs = NfeCase._run_jobs
    _never_wait = NfeCase._never_wait
    _connect = classmethod(NfeCase._connect.__func__)
    _make_certificate = classmethod(NfeCase._make_certificate.__func__)

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.sefaz = SefazSimulator(authority().directory).start()
        cls.addClassCleanup(cls.sefaz.stop)
        cls.company.l10n_br_ie_code = "110042490114"
        cls.company.processador_edoc = "nfe_batch"
        cls._connect(cls.company)

    def setUp(self):
        super().setUp()
        # Every test takes number 1 again.
        self.sefaz.reset()
        self._never_wait()

    @classmethod
    def _request_handler(cls, s, r, /, **kw):
        """Odoo's watch over requests cannot read a (connect, read) timeout."""
        return super()._request_handler(s, r, **kw | {"timeout": 30})

    def _note(self, order):
        return order.invoice_ids.fiscal_document_id
