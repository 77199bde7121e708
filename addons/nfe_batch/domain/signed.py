"""What two signed notes have in common."""

from __future__ import annotations

import re

_OF_THE_KEY = re.compile(
    rb'(?<= )Id="NFe[^"]*"|<(cNF|cDV|dhEmi|dhSaiEnt)>[^<]*</\1>'
    rb"|<Signature[ >].*</Signature>",
    re.DOTALL,
)


def same_contents(one: bytes, other: bytes) -> bool:
    """True when two signed NF-e differ in key, moment and signature at most."""
    return _OF_THE_KEY.sub(b"", one) == _OF_THE_KEY.sub(b"", other)
