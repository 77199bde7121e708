"""Shipping labels: one 10×15 cm page per parcel, or ZPL2 in a ZIP."""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass

from reportlab.graphics.barcode.code128 import Code128
from reportlab.lib.units import cm
from reportlab.pdfgen.canvas import Canvas

from .records import Invoice, Order, Seller, Shipment

_WIDTH, _HEIGHT = 10 * cm, 15 * cm


@dataclass(frozen=True)
class Label:
    """What one label shows."""

    shipment: Shipment
    orders: list[Order]
    invoice: Invoice | None
    seller: Seller

    @property
    def reference(self) -> str:
        """The cart's id, or the order's when there is no cart."""
        order = self.orders[0]
        return f"Pack {order.pack_id}" if order.pack_id else f"Venda {order.id}"

    @property
    def lines(self) -> list[str]:
        """Receiver, address and NF-e, top to bottom."""
        person = self.shipment.receiver
        address = person.address
        cep = f"{address.cep[:5]}-{address.cep[5:]}"
        complement = f" - {address.complement}" if address.complement else ""
        key = self.invoice.fiscal_key if self.invoice else ""
        return [
            "DESTINATÁRIO",
            person.full_name,
            f"{address.street}, {address.number}{complement}",
            address.neighborhood,
            f"{address.city} - {address.uf}",
            f"CEP {cep}",
            "",
            "REMETENTE",
            f"{self.seller.nickname} - CNPJ {self.seller.cnpj}",
            "",
            "NF-e " + (self.invoice.number if self.invoice else ""),
            " ".join(key[start : start + 4] for start in range(0, len(key), 4)),
        ]


def pdf(labels: list[Label]) -> bytes:
    """One page per label."""
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=(_WIDTH, _HEIGHT), invariant=1)
    for label in labels:
        _page(canvas, label)
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def _page(canvas: Canvas, label: Label) -> None:
    canvas.setFont("Helvetica-Bold", 12)
    canvas.drawString(0.6 * cm, 14.1 * cm, "ENVIO SIMULADO - SEM VALOR POSTAL")
    canvas.setFont("Helvetica", 9)
    canvas.drawString(0.6 * cm, 13.5 * cm, label.reference)
    canvas.drawString(0.6 * cm, 13.0 * cm, f"Rastreio {label.shipment.tracking_number}")
    code = str(label.shipment.id)
    barcode = Code128(code, barHeight=2.2 * cm, barWidth=1.3, quiet=False)
    barcode.drawOn(canvas, 0.6 * cm, 10.2 * cm)
    canvas.drawString(0.6 * cm, 9.7 * cm, f"Envio {code}")
    top = 8.9 * cm
    for number, line in enumerate(label.lines):
        size = 6.5 if number == len(label.lines) - 1 else 9
        canvas.setFont("Helvetica-Bold" if line.isupper() else "Helvetica", size)
        canvas.drawString(0.6 * cm, top - number * 0.6 * cm, line)


def zpl_zip(labels: list[Label]) -> bytes:
    """A ZIP with one text file of ZPL2, as ML sends it."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        text = "\n".join(_zpl(label) for label in labels)
        archive.writestr("Etiqueta de envio.txt", text)
    return buffer.getvalue()


def _zpl(label: Label) -> str:
    parts = ["^XA", "^CI28", "^PW800", "^LL1200"]
    parts.append(f"^FO40,40^A0N,32,32^FD{label.reference}^FS")
    parts.append(f"^FO40,90^BY3^BCN,180,Y,N,N^FD{label.shipment.id}^FS")
    for number, line in enumerate(label.lines):
        safe = line.replace("^", " ").replace("~", " ")
        parts.append(f"^FO40,{360 + number * 44}^A0N,28,28^FD{safe}^FS")
    parts.append("^XZ")
    return "\n".join(parts)
