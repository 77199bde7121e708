from odoo.modules import module
from odoo.tests import tagged
from odoo.tools import file_open

from .common import NfeCase


@tagged("post_install", "-at_install")
class TestNeutralize(NfeCase):
    """A copy of the database cannot issue a note."""

    def test_copy_reaches_nobody(self):
        authorised = self._confirm()
        self._run_jobs()
        authorised.sudo().write(
            {"nfe_cancellation": "ready", "nfe_correction": "unknown"}
        )
        calls = len(self.sefaz.log())
        self.company.nfe_environment = "1"
        waiting = self._confirm()
        self.env.flush_all()
        path = f"{module.get_module_path('nfe_batch')}/data/neutralize.sql"
        with file_open(path) as script:
            self.env.cr.execute(script.read())
        self.env.invalidate_all()
        self.assertEqual(self.company.nfe_environment, "2")
        self.assertFalse(self.company.nfe_endpoint_base)
        self.assertFalse(self.company.certificate_id)
        self.assertEqual(waiting.nfe_transmission, "none")
        self.assertFalse(self._run_jobs())
        self.assertEqual(authorised.nfe_transmission, "done")
        self.assertFalse(authorised.nfe_cancellation or authorised.nfe_correction)
        later = self._confirm()
        self._run_jobs()
        self.assertEqual(later.nfe_problem_code, "certificate_missing")
        self.assertEqual(len(self.sefaz.log()), calls)
