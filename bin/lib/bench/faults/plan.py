"""What goes wrong in a run, by its seed."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Any

AUTHORIZATION = "NFeAutorizacao4"
CALL_SECONDS = 0.6
"""How long the workers of a run wait for an answer."""

_LINE = ("drop_before", "drop_after", "reset", "reset_after", "html_503", "truncate")
_BROKEN: list[dict[str, Any]] = [
    *({"kind": kind} for kind in _LINE),
    {"kind": "hold_before", "seconds": CALL_SECONDS * 2},
    {"kind": "hold_after", "seconds": CALL_SECONDS * 2},
]


def _refused(*codes: int) -> list[dict[str, Any]]:
    return [{"kind": "cstat", "cstat": code} for code in codes]


FAULTS: dict[str, list[dict[str, Any]]] = {
    AUTHORIZATION: [
        *_BROKEN * 3,
        *_refused(108, 109, 225, 225, 280, 297, 635, 656, 778, 778, 999),
    ],
    "NFeRetAutorizacao4": [*_BROKEN * 2, *_refused(105, 106, 106, 108, 656)],
    "NFeConsultaProtocolo4": [*_BROKEN * 2, *_refused(108, 656)],
    "NFeRecepcaoEvento4": [*_BROKEN * 2, *_refused(108, 573, 656)],
    "NFeStatusServico4": [*_BROKEN, *_refused(108)],
    "NFeInutilizacao4": [*_BROKEN, *_refused(108)],
}
"""By service: broken lines, lost answers, refusals (see ``simulators/sefaz``)."""

POINTS = (
    *("numbered", "signed", "intent", "sent", "result", "stored", "announced"),
    *("poll_intent", "polled", "consulted", "event_intent", "event_sent", "voided"),
)
"""Where a worker may die; ``workers.install_kills`` says what they mean."""

RATE = 0.25
KILL_RATE = 0.01
ROLLBACK_RATE = 0.15


@dataclass(frozen=True)
class Plan:
    """A run of ``n`` notes. Its draws are the same for the same seed."""

    seed: int
    n: int

    def fate(self, index: int) -> str:
        """What people do with the n-th note: keep, cancel, or drop it unsent."""
        return self._dice("fate", index).choices(
            ("keep", "cancel", "drop"), (85, 10, 5)
        )[0]

    def is_killed(self, point: str, passing: int) -> bool:
        """Whether the n-th worker at a point dies there; the first one always does."""
        return passing == 1 or self._dice(point, passing).random() < KILL_RATE

    def is_rolled_back(self, passing: int) -> bool:
        """Whether the n-th confirmation fails after it took its numbers."""
        return self._dice("rollback", passing).random() < ROLLBACK_RATE

    def chunks(self, ids: list[int]) -> list[list[int]]:
        """The documents in blocks of 1 to 20, each confirmed in one go."""
        dice, chunks, start = self._dice("chunks", 0), [], 0
        while start < len(ids):
            size = dice.randint(1, 20)
            chunks.append(ids[start : start + size])
            start += size
        return chunks

    def order(self) -> dict[str, Any]:
        """The plan that the simulator follows."""
        return {"seed": self.seed, "rate": RATE, "faults": FAULTS}

    def _dice(self, what: str, number: int) -> random.Random:
        return random.Random(f"{self.seed}/{what}/{number}")  # noqa: S311
