"""What the law on personal data (LGPD, Lei 13.709/2018) lets us show and keep.

Art. 18, IV and VI give the consumer the right to have data deleted; art. 16, I lets us
keep what the tax law obliges us to keep: notes and who they were made out to, five
years counted from the first day of the year after (CTN, Lei 5.172/1966, art. 173, I).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from .text import unpunctuated

RETENTION_YEARS = 5
_CPF_LENGTH = 11
_EXACT = frozenset(["=", "in", "like", "ilike", "=like", "=ilike"])


class Erasure(StrEnum):
    """How far a consumer's data may be erased at this moment."""

    NOT_YET = "not_yet"
    """An order is on its way: nothing, or it cannot be delivered."""
    CONTACTS = "contacts"
    """Phone, e-mail and addresses that no kept note names; the rest later."""
    ALL = "all"


@dataclass(frozen=True, slots=True)
class ErasurePlan:
    """``due``: the first day on which the rest may go too; None: nothing is left."""

    erasure: Erasure
    due: date | None = None


def masked_cpf(vat: str) -> str:
    """A CPF for the eyes of everybody: ``***.982.247-**``, as the federal government
    publishes it. A CNPJ is public and comes back as it is."""
    plain = unpunctuated(vat)
    if not is_cpf(plain):
        return vat
    return f"***.{plain[3:6]}.{plain[6:9]}-**"


def is_cpf(vat: str) -> bool:
    plain = unpunctuated(vat)
    return len(plain) == _CPF_LENGTH and plain.isdigit()


def is_whole_number(term: str) -> bool:
    """Does a search term name one CPF or CNPJ, and not all that begin like it?"""
    if "%" in term or "_" in term:
        return False
    return len(unpunctuated(term)) >= _CPF_LENGTH


def names_whole_numbers(operator: str, value: Any) -> bool:
    """May this condition on a CPF be answered: does it tell nothing but what it says?

    Whether there is a number at all is no secret.
    """
    one = isinstance(value, (str, bool)) or not value
    terms = [term for term in ([value] if one else value) if term]
    exact = operator in _EXACT and all(is_whole_number(str(term)) for term in terms)
    return exact or not terms


def free_from(last_note: date) -> date:
    """The first day on which a note of ``last_note`` need no longer be kept."""
    return date(last_note.year + RETENTION_YEARS + 1, 1, 1)


def plan_erasure(open_orders: int, last_note: date | None, today: date) -> ErasurePlan:
    """What may be erased today.

    :param last_note: local date of the consumer's youngest note or invoice
    """
    if open_orders:
        return ErasurePlan(Erasure.NOT_YET)
    due = free_from(last_note) if last_note else today
    if due > today:
        return ErasurePlan(Erasure.CONTACTS, due)
    return ErasurePlan(Erasure.ALL)
