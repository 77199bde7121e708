from base64 import b64decode, b64encode
from zoneinfo import ZoneInfo

from odoo import Command, api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..const_import import EXAMPLE, FIELDS, PROBLEMS, TEXT_FIELDS
from ..domain.sheet import SheetError, read_sheet
from ..domain.sheet_orders import (
    REQUIRED,
    Column,
    Layout,
    guess_columns,
    template_columns,
)
from ..domain.sheet_report import template_xlsx
from ..domain.text import plain


class B2cImportLayout(models.Model):
    """How the order files of a channel without adapter look: which header holds what.

    The channel account names the orders' origin, like ``loja/1``: one order number is
    taken in once per account, whatever file it comes in.
    """

    _name = "b2c.import.layout"
    _description = "Layout of Order Files"
    _order = "name"

    name = fields.Char(required=True)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company, index=True
    )
    source = fields.Char(
        string="Channel Account",
        required=True,
        help="Channel and account, for example loja/1. An order number is taken in "
        "once per account.",
    )
    encoding = fields.Selection(
        [
            ("utf-8-sig", "UTF-8"),
            ("cp1252", "Windows-1252"),
            ("utf-16", "UTF-16"),
        ],
        help="Of CSV files; empty: found by itself.",
    )
    separator = fields.Selection(
        [(";", "Semicolon"), (",", "Comma"), ("tab", "Tab"), ("|", "Bar")],
        help="Of CSV files; empty: found by itself.",
    )
    decimal_mark = fields.Selection(
        [(",", "Comma (1.234,56)"), (".", "Point (1,234.56)")],
        required=True,
        default=",",
        help="Decides what 1.234 is, when an amount is text.",
    )
    column_ids = fields.One2many(
        "b2c.import.column",
        "layout_id",
        default=lambda self: self._default_column_ids(),
        copy=True,
    )
    sample_file = fields.Binary(
        store=False,
        help="A file of the channel: its headers are recognised. It is not kept.",
    )
    headers_found = fields.Text(
        string="Headers of the File", store=False, readonly=True
    )
    template_file = fields.Binary(compute="_compute_template_file")

    _name_uniq = models.UniqueIndex(
        "(company_id, name)", "There is a layout of this name already."
    )

    @api.model
    def _default_column_ids(self):
        return [
            Command.create({"field": code, "header": column.header})
            for code, column in template_columns().items()
        ]

    @api.constrains("source")
    def _check_source(self):
        for layout in self:
            if layout.source != layout.source.strip() or " " in layout.source:
                raise ValidationError(
                    self.env._("A channel account has no blanks: loja/1.")
                )

    @api.onchange("sample_file")
    def _onchange_sample_file(self):
        """Fill in the headers that are recognised; the others become empty."""
        if not self.sample_file:
            return
        sheet = self._read(b64decode(self.sample_file))
        guessed = guess_columns(sheet.headers)
        for column in self.column_ids:
            column.header = guessed.get(column.field, Column()).header
        self.headers_found = ", ".join(filter(None, sheet.headers))

    def _compute_template_file(self):
        """A workbook with the layout's headers and an example row, base64."""
        for layout in self:
            columns = layout.column_ids.filtered("header")
            content = template_xlsx(
                columns.mapped("header"),
                [column.default or EXAMPLE.get(column.field, "") for column in columns],
                [at for at, one in enumerate(columns) if one.field in TEXT_FIELDS],
            )
            layout.template_file = b64encode(content)

    def action_download_template(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_url",
            "target": "download",
            "url": f"/web/content/{self._name}/{self.id}/template_file"
            f"?download=true&filename=modelo_{plain(self.name).replace(' ', '_')}.xlsx",
        }

    # ------------------------------------------------------------ into domain

    def _read(self, content: bytes):
        """The table in a file.

        :raises UserError: the file as a whole cannot be read; says why and what to do
        """
        separator = "\t" if self.separator == "tab" else self.separator or ""
        try:
            return read_sheet(content, self.encoding or "", separator)
        except SheetError as error:
            self._refuse(error.code, error.params)

    def _refuse(self, code: str, params: dict):
        """Say in the user's words why a file is not read at all."""
        message, suggestion = (self.env._(text) for text in PROBLEMS[code])
        raise UserError("\n".join([message % params, suggestion]))

    def _layout(self) -> Layout:
        self.ensure_one()
        return Layout(
            source=self.source,
            columns={
                one.field: Column(one.header or "", one.default or "")
                for one in self.column_ids
            },
            mark=self.decimal_mark,
            zone=ZoneInfo(self.company_id.partner_id.tz or "America/Sao_Paulo"),
        )


class B2cImportColumn(models.Model):
    """Where one field of an order stands in the files of a layout."""

    _name = "b2c.import.column"
    _description = "Column of Order Files"
    _order = "sequence, id"
    _rec_name = "header"

    layout_id = fields.Many2one(
        "b2c.import.layout", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(
        related="layout_id.company_id", store=True, precompute=True, index=True
    )
    sequence = fields.Integer(compute="_compute_sequence", store=True, precompute=True)
    field = fields.Selection(FIELDS, required=True)
    header = fields.Char(help="As in the first row of the file.")
    default = fields.Char(
        string="If Empty", help="Taken when the cell is empty or there is no column."
    )
    is_required = fields.Boolean(string="Required", compute="_compute_is_required")

    _field_uniq = models.UniqueIndex(
        "(layout_id, field)", "Each field stands in one column."
    )

    @api.depends("field")
    def _compute_sequence(self):
        """The order of the template, whatever order the columns were added in."""
        codes = [code for code, _label in FIELDS]
        for column in self:
            column.sequence = codes.index(column.field) if column.field else 0

    @api.depends("field")
    def _compute_is_required(self):
        for column in self:
            column.is_required = column.field in REQUIRED
