"""Shipping documents: one 10×15 cm page per package, or ZPL and a declaration."""

from __future__ import annotations

import io
import zipfile

from reportlab.lib.units import cm
from reportlab.pdfgen.canvas import Canvas

from .records import Order, Shop


def pdf(orders: list[Order], shop: Shop) -> bytes:
    """One page per package."""
    return _pages([_lines(order, shop) for order in orders])


def zpl_zip(orders: list[Order], shop: Shop) -> bytes:
    """A text of ZPL for each package, and beside it a declaration of contents."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for order in orders:
            archive.writestr(f"{order.package.number}.txt", _zpl(_lines(order, shop)))
        declaration = [["DECLARAÇÃO DE CONTEÚDO", order.order_sn] for order in orders]
        archive.writestr("declaracao.pdf", _pages(declaration))
    return buffer.getvalue()


def _lines(order: Order, shop: Shop) -> list[str]:
    place = order.buyer.address
    return [
        "ENVIO SIMULADO - SEM VALOR POSTAL",
        f"Pedido {order.order_sn}",
        f"Pacote {order.package.number} - {order.package.tracking}",
        order.buyer.full_name,
        f"{place.street}, {place.number}",
        f"{place.neighborhood} - {place.city} - {place.uf} - {place.cep}",
        f"{shop.name} - CNPJ {shop.cnpj}",
        "NF-e " + (order.invoice.key if order.invoice else ""),
    ]


def _pages(texts: list[list[str]]) -> bytes:
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=(10 * cm, 15 * cm), invariant=1)
    for lines in texts:
        for number, line in enumerate(lines):
            canvas.setFont("Helvetica", 7)
            canvas.drawString(0.5 * cm, (14 - number) * cm, line)
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def _zpl(lines: list[str]) -> str:
    parts = ["^XA", "^CI28", "^PW800", "^LL1200"]
    for number, line in enumerate(lines):
        safe = line.replace("^", " ").replace("~", " ")
        parts.append(f"^FO40,{60 + number * 60}^A0N,28,28^FD{safe}^FS")
    return "\n".join([*parts, "^XZ"])
