import csv
import io
from base64 import b64decode, b64encode
from datetime import timedelta

import openpyxl
from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, new_test_user, tagged
from odoo.tools import mute_logger

from odoo.addons.queue_job.tests.common import trap_jobs

from ..domain import sheet as sheet_module
from .common import CPFS, NOW, B2cCase

HEADER = (
    "Número do pedido;Data do pedido;Situação;Carrinho;Nome;CPF/CNPJ;CEP;Rua;Número;"
    "Bairro;Cidade;UF;SKU;Produto;Quantidade;Preço unitário;Frete;Forma de pagamento"
)
CONSUMER = (
    "Consumidora Exemplo;529.982.247-25;20011-901;Rua da Assembleia;10;Centro;"
    "Rio de Janeiro;RJ"
)


def row(number, sku="CAD-1", price="199,90", status="Pago", cart="", consumer=CONSUMER):
    return (
        f"{number};23/11/2026 08:30;{status};{cart};{consumer};{sku};Cadeira;1;{price};"
        "20,00;Pix"
    )


def text(*rows):
    return "\n".join([HEADER, *rows]).encode("cp1252")


@tagged("post_install", "-at_install")
class TestImport(B2cCase):
    """Orders of a channel without adapter come in files."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.partner_id.tz = "America/Sao_Paulo"
        cls.layout = cls.env["b2c.import.layout"].create(
            {"name": "Loja", "source": "loja/1"}
        )

    def upload(self, content, layout=None, name="pedidos.csv"):
        files = self.env["b2c.import"].with_user(self.operator)
        return files.create(
            {
                "layout_id": (layout or self.layout).id,
                "file": b64encode(content),
                "filename": name,
            }
        )

    def take_in_file(self, content, **options):
        """Upload, check, take in and run the jobs; the upload."""
        upload = self.upload(content, **options)
        with trap_jobs() as trap:
            upload.action_import()
            for job in trap.enqueued_jobs:
                if job.method_name == "_take_in":
                    job.perform()
        upload.invalidate_recordset()
        return upload

    def outcomes(self, upload):
        return [(one.number, one.outcome) for one in upload.row_ids.sorted("number")]

    def order(self, external_id):
        return self.orders.search(
            [("b2c_source", "=", "loja/1"), ("b2c_external_id", "=", external_id)]
        )

    def test_discounts_of_a_file_are_kept_by_who_bears_them(self):
        header = HEADER + ";Desconto do pedido;Desconto do canal;Total pago"
        content = f"{header}\n{row('1001')};9,90;15,00;195,00".encode("cp1252")
        upload = self.take_in_file(content)
        self.assertEqual(self.outcomes(upload), [(2, "created")])
        order = self.order("1001")
        self.assertAlmostEqual(order.amount_total, 210.00)
        self.assertAlmostEqual(order.b2c_seller_discount, 9.90)
        self.assertAlmostEqual(order.b2c_channel_discount, 15.00)

    # ------------------------------------------------------------ dry run

    def test_dry_run_tells_each_row_and_writes_no_order(self):
        self.take_in_file(text(row("known")))
        self._make_product("NEW-1", ncm_id=False)
        upload = self.upload(
            text(
                row("good"),
                row("good", sku="CAD-1", price="10,00"),
                row("odd", price="dez"),
                row("sku", sku="NONE"),
                row("known"),
                row("draft", sku="NEW-1"),
                row("gone", status="Cancelado"),
                row("cpf", consumer=CONSUMER.replace("47-25", "47-26")),
                row("zip", consumer=CONSUMER.replace("20011-901", "20000-000")),
            )
        )
        before = self.orders.search_count([]), self.issues.search_count([])
        upload.action_check()
        self.assertEqual(
            self.outcomes(upload),
            [
                (2, "ready"),
                (3, "ready"),
                (4, "error"),
                (5, "rejected"),
                (6, "duplicate"),
                (7, "held"),
                (8, "skipped"),
                (9, "rejected"),
                (10, "rejected"),
            ],
        )
        rows = {one.number: one for one in upload.row_ids}
        self.assertEqual(rows[3].message, "Pertence ao pedido da linha 2.")
        self.assertEqual(rows[4].message, "Preço unitário: dez não é um número.")
        self.assertIn("NONE", rows[5].message)
        self.assertEqual(rows[9].message, "O CPF ***.982.247-** não é válido.")
        self.assertEqual(
            (upload.order_count, upload.ready_count, upload.error_count), (8, 1, 1)
        )
        after = self.orders.search_count([]), self.issues.search_count([])
        self.assertEqual(before, after)
        self.assertEqual(upload.state, "checked")

    def test_dry_run_costs_the_same_for_many_orders(self):
        def queries(count):
            upload = self.upload(text(*(row(f"{count}/{n}") for n in range(count))))
            self.env.flush_all()
            self.env.invalidate_all()
            start = self.env.cr.sql_log_count
            upload.action_check()
            self.env.flush_all()
            return self.env.cr.sql_log_count - start

        few = queries(5)
        self.assertLessEqual(queries(200), few + 5)

    def test_checking_again_starts_anew(self):
        upload = self.upload(text(row("1", sku="LATER")))
        upload.action_check()
        self.assertEqual(upload.row_ids.outcome, "rejected")
        self._make_product("LATER", stock=1)
        upload.action_check()
        self.assertEqual(upload.row_ids.outcome, "ready")

    def test_another_file_makes_the_check_void(self):
        upload = self.upload(text(row("1")))
        upload.action_check()
        upload.file = b64encode(text(row("2")))
        self.assertEqual(upload.state, "draft")
        upload.action_import()
        self.assertEqual(upload.row_ids.external_id, "2")

    # ------------------------------------------------------------ for real

    def test_file_becomes_confirmed_and_reserved_orders(self):
        with freeze_time(NOW):
            upload = self.take_in_file(
                text(row("1"), row("1", price="99,90"), row("2", cart="P1"))
            )
        self.assertEqual(
            self.outcomes(upload), [(2, "created"), (3, "created"), (4, "created")]
        )
        first, second = self.order("1"), self.order("2")
        self.assertEqual(upload.row_ids.order_id, first + second)
        self.assertEqual(len(first.order_line), 2)
        self.assertAlmostEqual(first.amount_total, 319.80)
        self.assertEqual(first.b2c_payment_data[0]["method"], "pix")
        self.assertEqual(second.b2c_pack_id, "P1")
        self.assertEqual(str(first.b2c_ordered_at), "2026-11-23 11:30:00")
        (first + second).with_user(self.operator)._b2c_advance()
        self.assertEqual((first + second).mapped("state"), ["sale", "sale"])
        self.assertEqual((first + second).picking_ids.mapped("state"), ["assigned"] * 2)
        self.assertFalse(upload.row_ids.sudo().filtered("payload"))
        self.assertEqual((upload.created_count, upload.pending_count), (2, 0))

    def test_bad_rows_do_not_stop_the_good_ones(self):
        upload = self.take_in_file(
            text(row("1", price="x"), row("2", sku="NONE"), row("3"))
        )
        self.assertEqual(
            self.outcomes(upload), [(2, "error"), (3, "rejected"), (4, "created")]
        )
        issue = upload.row_ids.issue_id
        self.assertEqual(issue.code, "sku_unknown")
        self.assertEqual(upload.row_ids[1].action_open_issue()["res_id"], issue.id)
        self.assertEqual(upload.rejected_count, 1)
        self._make_product("NONE", stock=1)
        issue.with_user(self.operator).action_replay()
        self.assertTrue(self.order("2"))

    def test_same_file_twice_makes_nothing_twice(self):
        content = text(row("1"), row("2"))
        first = self.take_in_file(content)
        again = self.take_in_file(content)
        self.assertEqual(self.outcomes(again), [(2, "duplicate"), (3, "duplicate")])
        self.assertEqual(again.row_ids.order_id, first.row_ids.order_id)
        self.assertEqual(again.twin_id, first)
        self.assertEqual(len(self.order("1").b2c_event_ids), 2)

    def test_next_file_brings_payment_and_cancellation(self):
        self.take_in_file(text(row("1", status="Aguardando pagamento"), row("2")))
        self.assertEqual(self.order("1").b2c_order_state, "awaiting_payment")
        self.take_in_file(text(row("1"), row("2", status="Cancelado")))
        self.assertEqual(self.order("1").b2c_payment_state, "paid")
        self.assertEqual(self.order("2").b2c_order_state, "cancelled")

    def test_sale_that_was_cancelled_before_is_left_out(self):
        upload = self.take_in_file(text(row("1", status="Cancelado")))
        self.assertEqual(self.outcomes(upload), [(2, "skipped")])
        self.assertFalse(self.order("1"))

    def test_jobs_take_fifty_orders_and_what_was_left_is_taken_up(self):
        upload = self.upload(
            text(*(row(f"{n}", sku="NONE") for n in range(51)), row("odd", price="x"))
        )
        with trap_jobs() as trap:
            upload.action_import()
            trap.assert_jobs_count(2)
            self.assertEqual(trap.enqueued_jobs[0].channel, "root.b2c.intake")
            trap.enqueued_jobs[1].perform()
        upload.invalidate_recordset()
        self.assertEqual((upload.pending_count, upload.rejected_count), (50, 51))
        with trap_jobs() as trap:
            upload.action_import()
            trap.assert_jobs_count(1)
            trap.perform_enqueued_jobs()
        upload.invalidate_recordset()
        self.assertEqual(upload.pending_count, 0)
        self.assertEqual(len(upload.row_ids.issue_id), 51)
        self.assertEqual(set(upload.row_ids.issue_id.mapped("count")), {1})

    def test_file_that_is_taken_in_is_not_changed(self):
        upload = self.take_in_file(text(row("1")))
        with self.assertRaises(UserError):
            upload.file = b64encode(text(row("2")))
        with self.assertRaises(UserError):
            upload.action_check()

    def test_orders_of_the_file_are_one_click_away(self):
        upload = self.take_in_file(text(row("1")))
        domain = upload.action_view_orders()["domain"]
        self.assertEqual(self.orders.search(domain), self.order("1"))

    # ------------------------------------------------------------ workbook

    def test_workbook_with_zeros_and_dates_that_excel_changed(self):
        book = openpyxl.Workbook()
        book.active.append(HEADER.split(";"))
        cells = row("x").split(";")
        cells[0], cells[1] = 2000001234567, NOW.replace(tzinfo=None)
        cells[5], cells[6] = int(CPFS[2].lstrip("0")), 20011901
        cells[14:17] = 2, 199.9, 20
        book.active.append(cells)
        buffer = io.BytesIO()
        book.save(buffer)
        upload = self.take_in_file(buffer.getvalue(), name="pedidos.xlsx")
        self.assertEqual(upload.row_ids.mapped("message"), [False])
        order = self.order("2000001234567")
        self.assertAlmostEqual(order.amount_total, 419.80)
        self.assertEqual(order.partner_id.cnpj_cpf_stripped, CPFS[2])

    # ------------------------------------------------------------ refused files

    def test_file_that_cannot_be_read_says_why(self):
        for content, words in (
            (b"", "linhas"),
            (b"\x89PNG\0", "CSV"),
            (b"a;b\n1;2\n", "Número do pedido"),
            (b"x" * (sheet_module.MAX_BYTES + 1), "10 MB"),
        ):
            upload = self.upload(content or b"\n")
            with self.assertRaisesRegex(UserError, words):
                upload.with_context(lang="pt_BR").action_check()
            self.assertEqual(upload.state, "draft")
        with self.assertRaises(UserError):
            self.env["b2c.import"].create({"layout_id": self.layout.id}).action_check()

    # ------------------------------------------------------------ layout

    def test_layout_learns_from_a_sample(self):
        sample = "Order ID|Order Date|Código|Qtd|Vl Unit|Loja\n1|01/02/2026|A|1|1|x\n"
        form = Form(self.env["b2c.import.layout"])
        form.name = "Outra"
        form.source = "outra/1"
        form.sample_file = b64encode(sample.encode())
        self.assertIn("Loja", form.headers_found)
        layout = form.save()
        headers = {one.field: one.header for one in layout.column_ids if one.header}
        self.assertEqual(
            headers,
            {
                "external_id": "Order ID",
                "ordered_at": "Order Date",
                "sku": "Código",
                "quantity": "Qtd",
                "unit_price": "Vl Unit",
            },
        )
        self.assertEqual(
            layout.column_ids.filtered("is_required").mapped("field"), list(headers)
        )

    def test_layout_with_its_own_columns_mark_and_defaults(self):
        layout = self.env["b2c.import.layout"].create(
            {
                "name": "Ponto",
                "source": "ponto/1",
                "decimal_mark": ".",
                "separator": "tab",
                "column_ids": [
                    Command.create(
                        {"field": code, "header": header, "default": default}
                    )
                    for code, header, default in (
                        ("external_id", "Id", False),
                        ("ordered_at", "When", False),
                        ("sku", "What", False),
                        ("unit_price", "Price", False),
                        ("quantity", False, "1"),
                    )
                ],
            }
        )
        upload = self.upload(
            b"Id\tWhen\tWhat\tPrice\n7\t01/11/2026\tCAD-1\t1.234\n", layout
        )
        upload.action_check()
        self.assertEqual(upload.row_ids.outcome, "rejected", "there is no consumer")
        payload = upload.row_ids.sudo().payload
        self.assertEqual(payload["lines"][0]["unit_price"], "1.234")
        self.assertEqual(payload["source"], "ponto/1")

    def test_template_is_a_file_that_is_read(self):
        template = b64decode(self.layout.with_user(self.operator).template_file)
        upload = self.take_in_file(template)
        self.assertEqual(upload.row_ids.outcome, "created")
        order = self.order("2000012345")
        self.assertAlmostEqual(order.amount_total, 219.90)
        sheet = openpyxl.load_workbook(io.BytesIO(template)).active
        formats = {cell.value: sheet.cell(9, cell.column) for cell in sheet[1]}
        self.assertEqual(formats["CPF/CNPJ"].number_format, "@")
        url = self.layout.action_download_template()["url"]
        self.assertIn("filename=modelo_loja.xlsx", url)

    def test_account_has_no_blanks(self):
        with self.assertRaises(ValidationError):
            self.layout.source = "my shop"

    # ------------------------------------------------------------ report

    def test_report_is_a_file_with_every_row(self):
        upload = self.take_in_file(
            text(row("1"), row("=1+1", price="x"), row("2", sku="NONE"))
        ).with_context(lang="pt_BR")
        content = b64decode(upload.report_file)
        self.assertTrue(content.startswith(b"\xef\xbb\xbf"))
        rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig")), delimiter=";"))
        self.assertEqual(len(rows), 4)
        self.assertEqual(rows[1][:4], ["2", "1", "Recebido", self.order("1").name])
        self.assertEqual(rows[2][1:3], ["'=1+1", "Ilegível"])
        self.assertIn("report_file", upload.action_download_report()["url"])

    # ------------------------------------------------------------ rights, privacy

    def test_file_is_dropped_after_a_month(self):
        with freeze_time(NOW):
            upload = self.take_in_file(text(row("1")))
            waiting = self.upload(text(row("2")))
            waiting.action_import()
        with freeze_time(NOW + timedelta(days=29)):
            upload._gc_files()
            self.assertTrue(upload.file)
        with freeze_time(NOW + timedelta(days=31)):
            upload._gc_files()
            self.assertFalse(upload.file)
            self.assertTrue(waiting.file)

    def test_file_that_nobody_took_in_goes_after_a_month(self):
        upload = self.upload(text(row("1")))
        upload.action_check()
        self.env.cr.execute("UPDATE b2c_import SET create_date = %s", [NOW])
        for days, left in ((29, upload), (31, upload.browse())):
            with freeze_time(NOW + timedelta(days=days)):
                self.env["b2c.import"]._gc_files()
                self.assertEqual(upload.exists(), left)

    def test_report_is_not_written_by_hand(self):
        upload = self.take_in_file(text(row("1")))
        rows = upload.row_ids.with_user(self.operator)
        with self.assertRaises(AccessError):
            rows.write({"outcome": "error"})
        with self.assertRaises(AccessError):
            rows.read(["payload"])
        with self.assertRaises(AccessError):
            self.layout.with_user(self.operator).write({"source": "x/1"})

    def test_other_company_and_other_people_see_nothing(self):
        upload = self.take_in_file(text(row("1")))
        other = self._make_company("Outra Indústria", "46312887000154")
        stranger = new_test_user(
            self.env,
            login="b2c_stranger",
            groups="industry_b2c_sales.industry_b2c_sales_group_user",
            company_id=other.id,
            company_ids=[Command.set(other.ids)],
        )
        for records in (upload, upload.row_ids, self.layout, self.layout.column_ids):
            mine = records.with_user(stranger).with_context(
                allowed_company_ids=other.ids
            )
            self.assertFalse(mine.search([]))
        seller = new_test_user(
            self.env, login="b2b_seller", groups="sales_team.group_sale_salesman"
        )
        with (
            self.assertRaises(AccessError),
            mute_logger("odoo.addons.base.models.ir_model"),
        ):
            upload.with_user(seller).read(["filename"])
