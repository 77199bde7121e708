"""What a person sees while the day runs, and at its end."""

from __future__ import annotations

import sys

from .books import Counts

STAGES = (
    ("orders", "pedidos recebidos"),
    ("confirmed", "confirmados e reservados"),
    ("authorised", "NF-e autorizadas"),
    ("accepted_by_channel", "XML aceito pelo canal"),
    ("labels", "etiquetas"),
    ("shipped", "despachados"),
)
WIDTH = 30


class Progress:
    """One bar per stage, redrawn in place on a terminal, silent elsewhere."""

    def __init__(self, total: int) -> None:
        self._total = total
        self._drawn = False
        self._live = sys.stderr.isatty()

    def show(self, counts: Counts) -> None:
        """Draw the bars."""
        if not self._live:
            return
        if self._drawn:
            sys.stderr.write(f"\033[{len(STAGES)}A")
        for name, label in STAGES:
            done = getattr(counts, name)
            filled = round(WIDTH * min(done / self._total, 1))
            bar = "█" * filled + "·" * (WIDTH - filled)
            sys.stderr.write(f"\033[K{label:26} {bar} {done:5}/{self._total}\n")
        sys.stderr.flush()
        self._drawn = True


def table(counts: Counts, cancelled_shipped: int, seconds: float) -> str:
    """The closing table."""
    rows = [
        *((label, getattr(counts, name)) for name, label in STAGES),
        ("cancelados pelo comprador", counts.cancelled),
        ("NF-e canceladas", counts.nfe_cancelled),
        ("cancelados e despachados", cancelled_shipped),
        ("pendências na fila de trabalho", counts.issues),
    ]
    width = max(len(label) for label, _value in rows)
    lines = [f"  {label:<{width}}  {value:>6}" for label, value in rows]
    rule = "  " + "─" * (width + 8)
    return "\n".join([rule, *lines, rule, f"  {seconds:.0f} s"])
