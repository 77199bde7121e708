from base64 import b64decode, b64encode

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from .common import B2cCase
from .test_import import row, text


@tagged("post_install", "-at_install")
class TestImportPrivacy(B2cCase):
    """A file holds whole CPFs: it is for who uploaded it and for the manager."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.layout = cls.env["b2c.import.layout"].create(
            {"name": "Loja", "source": "loja/1"}
        )
        cls.content = text(row("1"))
        cls.upload = cls._upload(cls.operator)
        cls.upload.action_check()

    @classmethod
    def _upload(cls, user):
        return (
            cls.env["b2c.import"]
            .with_user(user)
            .create(
                {
                    "layout_id": cls.layout.id,
                    "file": b64encode(cls.content),
                    "filename": "pedidos.csv",
                }
            )
        )

    def user(self, group):
        return new_test_user(
            self.env,
            login=f"b2c_import_{group}",
            groups=f"industry_b2c_sales.industry_b2c_sales_group_{group}",
            company_id=self.company.id,
            company_ids=[Command.set(self.company.ids)],
        )

    def attachment(self, user):
        """The stored file, found the way a client may look for it."""
        return (
            self.env["ir.attachment"]
            .with_user(user)
            .search([("res_model", "=", "b2c.import"), ("res_field", "=", "file")])
        )

    def test_uploader_and_manager_have_the_file(self):
        for user in (self.operator, self.user("manager")):
            self.env.invalidate_all()
            mine = self.upload.with_user(user)
            self.assertEqual(b64decode(mine.file), self.content)
            self.assertEqual(mine.row_ids.outcome, "ready")
            self.assertTrue(self.attachment(user))

    def test_colleague_has_not(self):
        colleague = self.user("user")
        self.env.invalidate_all()
        with self.assertRaises(AccessError):
            self.upload.with_user(colleague).read(["file"])
        self.assertFalse(self.attachment(colleague))
        self.assertFalse(self.env["b2c.import"].with_user(colleague).search([]))

    def test_colleague_is_told_that_the_file_was_taken_in(self):
        self.upload.action_import()
        again = self._upload(self.user("user"))
        again.action_check()
        self.env.flush_all()
        self.env.invalidate_all()
        spec = {"twin_id": {"fields": {"display_name": {}}}, "file": {}}
        [values] = again.web_read(spec)
        self.assertEqual(values["twin_id"]["display_name"], "pedidos.csv")
