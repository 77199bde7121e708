"""Words for the intake of files: fields of a layout, what can be wrong with a file."""

from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)

FIELDS = [
    ("external_id", "Order Number"),
    ("ordered_at", "Order Date"),
    ("status", "Status"),
    ("pack_id", "Cart"),
    ("name", "Consumer"),
    ("vat", "CPF/CNPJ"),
    ("email", "E-mail"),
    ("phone", "Phone"),
    ("zip", "CEP"),
    ("street", "Street"),
    ("number", "House Number"),
    ("complement", "Complement"),
    ("district", "District"),
    ("city", "City"),
    ("uf", "State (UF)"),
    ("sku", "SKU"),
    ("title", "Title of the Item"),
    ("quantity", "Quantity"),
    ("unit_price", "Unit Price"),
    ("line_discount", "Discount of the Item"),
    ("discount", "Discount of the Order"),
    ("channel_discount", "Discount by Channel"),
    ("freight", "Freight"),
    ("paid_total", "Total Paid"),
    ("method", "Payment Method"),
]
EXAMPLE = {
    "external_id": "2000012345",
    "ordered_at": "23/11/2026 14:30",
    "status": "Pago",
    "name": "Maria Exemplo",
    "vat": "529.982.247-25",
    "email": "maria@example.com",
    "phone": "(21) 99999-0000",
    "zip": "20011-901",
    "street": "Rua da Assembleia",
    "number": "10",
    "complement": "Sala 5",
    "district": "Centro",
    "city": "Rio de Janeiro",
    "uf": "RJ",
    "sku": "CAD-1",
    "title": "Cadeira Exemplo",
    "quantity": "1",
    "unit_price": "199,90",
    "freight": "20,00",
    "paid_total": "219,90",
    "method": "Pix",
}
# Columns whose numbers are names.
TEXT_FIELDS = ("external_id", "pack_id", "vat", "phone", "zip", "number", "sku")

OUTCOMES = [
    ("ready", "Ready"),
    ("created", "Taken In"),
    ("held", "Taken In, on Hold"),
    ("duplicate", "Here Already"),
    ("rejected", "Work Queue"),
    ("skipped", "Cancelled, Left Out"),
    ("error", "Not Readable"),
]

_SPLIT = _lt("Split the file and upload the parts.")
_SAVE_AS = _lt("Save it as XLSX or CSV and upload it again.")
_CORRECT = _lt("Correct the cell and upload the file again: what is in stays in.")
PROBLEMS = {
    "file_too_big": (
        _lt("The file has %(size)s MB, at most %(limit)s MB are read."),
        _SPLIT,
    ),
    "file_too_long": (_lt("The file has more than %(limit)s rows."), _SPLIT),
    "file_kind": (_lt("This is neither a CSV nor an XLSX file."), _SAVE_AS),
    "file_damaged": (_lt("The file is damaged."), _SAVE_AS),
    "file_encoding": (
        _lt("The file is not written in the encoding of its layout."),
        _lt("Choose another encoding in the layout, or let it be found."),
    ),
    "file_quote": (
        _lt("Row %(row)s: a quotation mark is opened and never closed."),
        _lt("Close the quotation mark and upload the file again."),
    ),
    "file_empty": (_lt("The file has no rows."), _SAVE_AS),
    "columns_missing": (
        _lt("Columns are missing: %(missing)s. The file has: %(headers)s."),
        _lt("Write the file's headers into its layout."),
    ),
    "cell_missing": (_lt("%(column)s is empty."), _CORRECT),
    "cell_number": (_lt("%(column)s: %(value)s is not a number."), _CORRECT),
    "cell_date": (
        _lt("%(column)s: %(value)s is not a date (day/month/year)."),
        _CORRECT,
    ),
    "cell_error": (_lt("%(column)s holds the error %(value)s."), _CORRECT),
    "cell_formula": (
        _lt("%(column)s is a formula without a stored result."),
        _lt("Open the file in a spreadsheet program, save it and upload it again."),
    ),
    "cell_converted": (
        _lt("%(column)s: the spreadsheet turned it into %(value)s."),
        _lt("Format the column as text and enter the value again."),
    ),
    "cell_status": (_lt("%(column)s: nobody knows the status %(value)s."), _CORRECT),
    "rows_differ": (
        _lt("%(column)s differs from row %(row)s of the same order."),
        _CORRECT,
    ),
}
