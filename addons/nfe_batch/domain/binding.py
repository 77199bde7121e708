"""Filling nfelib's dataclasses from plain values."""

from __future__ import annotations

import dataclasses
import typing
from collections.abc import Callable
from enum import Enum
from functools import cache
from typing import Any, TypeVar

from .text import clean

Bound = TypeVar("Bound")
_Convert = Callable[[Any], Any]
_CPF_LENGTH = 11


def identity(vat: str) -> dict[str, str]:
    """CPF or CNPJ, by length; nothing for an empty number."""
    if not vat:
        return {}
    return {"CPF" if len(vat) == _CPF_LENGTH else "CNPJ": vat}


def make(cls: type[Bound], **values: Any) -> Bound | None:
    """Build a group; empty values are left out, an empty group is None.

    A code becomes the enumeration that the field wants (``ValueError`` for one
    that the layout does not know), free text is cleaned and cut to the length of
    the schema.
    """
    converters = _converters(cls)
    filled = {}
    for name, value in values.items():
        # Zero is a value.
        if not value and value in (None, "", []):
            continue
        converted = converters[name](value)
        if converted is not None:
            filled[name] = converted
    return cls(**filled) if filled else None


def pick(cls: type[Bound], values: dict[str, Any]) -> Bound | None:
    """Like ``make`` with only those of ``values`` that the group has."""
    known = _converters(cls)
    return make(cls, **{key: val for key, val in values.items() if key in known})


@cache
def _converters(cls: type) -> dict[str, _Convert]:
    hints = typing.get_type_hints(cls)
    return {
        field.name: _converter(hints[field.name], field.metadata)
        for field in dataclasses.fields(cls)
    }


def _converter(hint: Any, metadata: typing.Mapping[str, Any]) -> _Convert:
    """The enumeration of an Optional[Enum], a cleaner for text, or nothing."""
    options = [kind for kind in typing.get_args(hint) if kind is not type(None)]
    kind = options[0] if options else hint
    if isinstance(kind, type) and issubclass(kind, Enum):
        return kind
    limit = metadata.get("max_length")
    if kind is str and limit:
        return lambda value: clean(value, limit)
    return _same


def _same(value: Any) -> Any:
    return value
