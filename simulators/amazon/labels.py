"""Shipping labels: a 10×15 cm page, or ZPL."""

from __future__ import annotations

import io

from reportlab.graphics.barcode.code128 import Code128
from reportlab.lib.units import cm
from reportlab.pdfgen.canvas import Canvas

from .records import Order, Shipment


def pdf(order: Order, shipment: Shipment) -> bytes:
    """One page."""
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=(10 * cm, 15 * cm), invariant=1)
    canvas.setFont("Helvetica-Bold", 12)
    canvas.drawString(0.6 * cm, 14.1 * cm, "ENVIO SIMULADO - SEM VALOR POSTAL")
    barcode = Code128(shipment.id, barHeight=2.2 * cm, barWidth=1.3, quiet=False)
    barcode.drawOn(canvas, 0.6 * cm, 10.2 * cm)
    canvas.setFont("Helvetica", 9)
    for number, line in enumerate(_lines(order, shipment)):
        canvas.drawString(0.6 * cm, (9.6 - 0.6 * number) * cm, line)
    canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def zpl(order: Order, shipment: Shipment) -> bytes:
    """The same for a thermal printer."""
    parts = ["^XA", "^CI28", f"^FO40,90^BY3^BCN,180,Y,N,N^FD{shipment.id}^FS"]
    for number, line in enumerate(_lines(order, shipment)):
        parts.append(f"^FO40,{360 + number * 44}^A0N,28,28^FD{line}^FS")
    return "\n".join([*parts, "^XZ"]).encode()


def _lines(order: Order, shipment: Shipment) -> list[str]:
    place = order.buyer.address
    return [
        f"Pedido {order.id}",
        f"Envio {shipment.id}",
        order.buyer.full_name,
        f"{place.street}, {place.number}",
        place.neighborhood,
        f"{place.city} - {place.uf}",
        f"CEP {place.cep[:5]}-{place.cep[5:]}",
    ]
