"""What goes wrong at Mercado Livre in particular."""

from __future__ import annotations

import json
from dataclasses import replace

from simulators.common.channel.faults import Fault, objects, spoil
from simulators.common.channel.routing import Answer

KINDS = frozenset({"cpf_lost_zeros", "not_propagated"})


def spoil_answer(fault: Fault, answer: Answer) -> Answer:
    """An answer that is there, but not as it should be."""
    if fault.kind == "not_propagated":
        return Answer(raw=b"", status=204)
    if answer.raw is None and answer.status < 300:
        if fault.kind == "cpf_lost_zeros":
            return replace(answer, payload=_lose_zeros(answer.payload))
        if fault.kind == "partial":
            headers = {"X-Content-Missing": ", ".join(fault.missing)}
            return replace(spoil(fault, answer), status=206, headers=headers)
    return spoil(fault, answer)


def _lose_zeros(payload: object) -> object:
    copy = json.loads(json.dumps(payload))
    for entry in objects(copy):
        if entry.get("type") in ("CPF", "CNPJ") and "number" in entry:
            entry["number"] = entry["number"].lstrip("0")
    return copy
