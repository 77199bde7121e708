import csv
import zipfile
from contextlib import suppress
from datetime import date, datetime
from io import BytesIO
from unittest.mock import patch

from freezegun import freeze_time

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from ..domain import package as naming
from .common import NfeCase

REASON = "Cliente desistiu da compra"


def contents(package):
    """Name → bytes of all parts."""
    found = {}
    for part in package.file_ids.sorted("name"):
        with zipfile.ZipFile(BytesIO(part.raw)) as archive:
            assert archive.testzip() is None
            for name in archive.namelist():
                assert name not in found, name
                found[name] = archive.read(name)
    return found


@tagged("post_install", "-at_install")
class TestPackage(NfeCase):
    """XML in bulk and the accountant's monthly package."""

    lot_from = 10

    def setUp(self):
        super().setUp()
        self.today = self.company._nfe_local(fields.Datetime.now()).date()
        self.documents = self._confirm(3)
        self._run_jobs()
        with self.enter_registry_test_mode():
            self.documents[1]._nfe_cancel(REASON)

    def _download(self, **values):
        wizard = (
            self.env["nfe.package.wizard"]
            .with_user(self.user)
            .create(
                {
                    "company_id": self.company.id,
                    "date_first": self.today,
                    "date_last": self.today,
                    **values,
                }
            )
        )
        action = wizard.action_download()
        return self.env["nfe.package"].browse(action["res_id"]).with_user(self.user)

    def _monthly(self):
        month = naming.month_of(self.today)
        return self.env["nfe.package"].sudo()._request_monthly(self.company, month)

    # === DOWNLOAD === #

    def test_bytes_are_those_of_the_authorisation(self):
        package = self._download()
        self._run_jobs()
        self.assertEqual(package.state, "done", package.problem)
        files = contents(package)
        for document in self.documents:
            name = f"notas/{document.document_key}-procNFe.xml"
            self.assertEqual(files.pop(name), document.nfe_proc_id.raw)
        key = self.documents[1].document_key
        name = f"cancelamentos/{key}-110111-01-procEventoNFe.xml"
        self.assertEqual(files.pop(name), self.documents[1].cancel_file_id.raw)
        self.assertEqual(list(files), ["indice.csv"])

    def test_index_masks_the_cpf(self):
        package = self._download()
        self._run_jobs()
        text = contents(package)["indice.csv"].decode("utf-8-sig")
        rows = list(csv.DictReader(text.splitlines(), delimiter=";"))
        self.assertEqual(len(rows), 4)
        self.assertEqual({row["CPF/CNPJ"] for row in rows}, {"***.982.247-**"})
        notes = rows[:3]
        self.assertEqual(
            [row["Chave"] for row in notes], self.documents.mapped("document_key")
        )
        self.assertEqual(
            [row["Situação"] for row in notes],
            ["Autorizada", "Cancelada", "Autorizada"],
        )
        self.assertEqual(notes[0]["Valor"], "206,40")
        self.assertEqual(rows[3]["Tipo"], "Cancelamento")
        names = set(contents(package))
        self.assertTrue({row["Arquivo"] for row in rows} <= names)

    def test_only_what_was_asked_for(self):
        package = self._download(with_notes=False, with_voidings=False, mask_cpf=False)
        self._run_jobs()
        files = contents(package)
        self.assertEqual(len(files), 2)
        self.assertIn(b"529.982.247-25", files["indice.csv"])

    def test_day_is_the_companys(self):
        """23:30 on the last day of the month in São Paulo is the next month in UTC."""
        self.documents[0].document_date = datetime(2026, 11, 1, 2, 30)
        october = naming.month_of(date(2026, 10, 1))
        package = self._download(date_first=october[0], date_last=october[1])
        self._run_jobs()
        notes = [name for name in contents(package) if name.startswith("notas")]
        self.assertEqual(notes, [f"notas/{self.documents[0].document_key}-procNFe.xml"])

    def test_nothing_in_the_period(self):
        package = self._download(
            date_first=date(2020, 1, 1), date_last=date(2020, 1, 31)
        )
        self._run_jobs()
        self.assertEqual(package.state, "done")
        self.assertEqual(list(contents(package)), ["indice.csv"])

    def test_parts_go_on_after_a_kill(self):
        """Each part is committed with how far it got; nothing comes twice."""
        package = self._download()
        build = type(package)._make_file
        with (
            patch.object(naming, "PART_BYTES", 1),
            patch.object(type(package), "_make_file", autospec=True) as make,
        ):

            def die_at_the_third(record):
                if record.part_count == 2:
                    raise SystemExit
                return build(record)

            make.side_effect = die_at_the_third
            self._drop_jobs()
            # assertRaises would roll back what is committed.
            with self.enter_registry_test_mode(), suppress(SystemExit):
                package._nfe_build()
            self.assertEqual(package.state, "building")
            self.assertEqual(len(package.file_ids), 2)
            first = package.file_ids
            make.side_effect = build
            with self.enter_registry_test_mode():
                package._nfe_build()
        self.assertEqual(package.state, "done")
        self.assertEqual(len(package.file_ids), 4)
        self.assertLess(first, package.file_ids)
        files = contents(package)
        self.assertEqual(len(files), 5)
        self.assertIn("indice.csv", files)

    def test_failure_is_told_and_tried_again(self):
        package = self._download()
        with (
            patch.object(
                type(package), "_xml_of", side_effect=ValueError("disco cheio")
            ),
            mute_logger("odoo.addons.nfe_batch.models.nfe_package"),
        ):
            self._run_jobs()
        self.assertEqual(package.state, "failed")
        self.assertEqual(package.problem, "disco cheio")
        package.action_build()
        self._run_jobs()
        self.assertEqual(package.state, "done")
        with self.assertRaises(UserError):
            package.action_build()

    # === RIGHTS === #

    def test_other_company_is_denied(self):
        other = self.env["res.company"].create({"name": "Outra Empresa"})
        stranger = new_test_user(
            self.env,
            "nfe_stranger",
            groups="nfe_batch.nfe_batch_group_user",
            company_id=other.id,
            company_ids=[Command.set(other.ids)],
        )
        package = self._download()
        self._run_jobs()
        theirs = {"allowed_company_ids": other.ids}
        part = package.file_ids[0].with_user(stranger).with_context(**theirs)
        with self.assertRaises(AccessError):
            part.read(["raw"])
        with self.assertRaises(AccessError):
            package.with_user(stranger).with_context(**theirs).read(["report"])
        wizard = self.env["nfe.package.wizard"].with_user(stranger)
        with self.assertRaises(AccessError):
            wizard.with_context(**theirs).create(
                {"company_id": self.company.id}
            ).action_download()

    def test_users_do_not_write_packages(self):
        package = self._download()
        with self.assertRaises(AccessError):
            package.write({"state": "done"})
        with self.assertRaises(AccessError):
            package.unlink()

    # === MONTH === #

    def test_month_explains_every_number(self):
        package = self._monthly()
        self._run_jobs()
        self.assertTrue(package.complete, package.report)
        self.assertIn("3 números: 2 autorizadas, 1 cancelada", package.report)
        self.assertEqual(contents(package)["conferencia.txt"].decode(), package.report)

    def test_month_tells_what_is_open(self):
        sequence = self.documents.document_serie_id.internal_sequence_id.sudo()
        number = sequence.number_next_actual
        sequence.number_next_actual = number + 2
        pending = self._confirm()
        self._drop_jobs()
        package = self._monthly()
        self._run_jobs()
        self.assertFalse(package.complete)
        self.assertIn(f"{number}-{number + 1}", package.report)
        self.assertIn(pending.document_number, package.report)

    def test_cron_builds_each_month_once(self):
        packages = self.env["nfe.package"]
        mine = [("company_id", "=", self.company.id)]
        self.company.nfe_package_day = 5
        self._drop_jobs()
        with freeze_time("2026-12-04 12:00:00"):
            packages._nfe_cron_packages()
            self.assertFalse(packages.search(mine))
        for day in ("05", "06"):
            with freeze_time(f"2026-12-{day} 12:00:00"):
                packages._nfe_cron_packages()
        package = packages.search(mine)
        self.assertEqual(len(package), 1)
        self.assertEqual(package.date_first, date(2026, 11, 1))
        self._run_jobs()
        self.assertEqual(package.state, "done")
        # On demand, from what is known today; the first one stays.
        action = package.with_user(self.user).action_rebuild()
        second = packages.browse(action["res_id"])
        self.assertEqual(second.revision, 2)
        self.assertEqual(package.state, "done")

    def test_accountant_gets_the_month(self):
        partner = self.env["res.partner"].create(
            {"name": "Contábil Exata", "email": "contador@example.com"}
        )
        self.env["nfe.receiver"].create(
            {"company_id": self.company.id, "partner_id": partner.id}
        )
        package = self._monthly()
        self._run_jobs()
        mail = self.env["mail.mail"].search([("model", "=", "nfe.package")], limit=1)
        self.assertEqual(mail.email_to, "contador@example.com")
        self.assertEqual(mail.attachment_ids, package.file_ids)
        self.assertEqual(package.file_ids.res_model, "nfe.package")
