"""nfelib's dataclasses to the bytes of the layout: no prefix, no white space.

xsdata's own serializer does the same in twenty times the CPU; the tests hold this
walker byte by byte against it, for our notes and for nfelib's samples.
"""

from __future__ import annotations

import base64
import dataclasses
from enum import Enum
from functools import cache
from typing import Any, NamedTuple
from xml.sax.saxutils import escape

NAMESPACE = "http://www.portalfiscal.inf.br/nfe"
SIGNATURE_NAMESPACE = "http://www.w3.org/2000/09/xmldsig#"

_ATTRIBUTE_ENTITIES = {'"': "&quot;"}


class _Member(NamedTuple):
    attribute: str
    tag: str
    namespace: str


class _Plan(NamedTuple):
    """What a class writes, in order; looked up once per class."""

    attributes: tuple[_Member, ...]
    elements: tuple[_Member, ...]


def serialize(element: Any, tag: str) -> bytes:
    """Write a dataclass of nfelib as ``tag`` in the namespace of the NF-e.

    The root declares the namespace and there is no XML declaration, so the bytes
    can stand inside a lot as they are.
    """
    parts: list[str] = []
    _write(parts, element, tag, NAMESPACE, "")
    return "".join(parts).encode()


def _write(parts: list[str], value: Any, tag: str, namespace: str, scope: str) -> None:
    declaration = "" if namespace == scope else f' xmlns="{namespace}"'
    plan = _plan(type(value))
    if plan is None:
        content = escape(_text(value))
        end = f">{content}</{tag}>" if content else "/>"
        parts.append(f"<{tag}{declaration}{end}")
        return
    parts.append(f"<{tag}{declaration}")
    for name, label, _namespace in plan.attributes:
        content = getattr(value, name)
        if content is not None:
            quoted = escape(_text(content), _ATTRIBUTE_ENTITIES)
            parts.append(f' {label}="{quoted}"')
    start = len(parts)
    parts.append(">")
    for name, label, place in plan.elements:
        content = getattr(value, name)
        # Most elements of the layout are optional and not there.
        if content is None:
            continue
        for row in content if isinstance(content, list) else (content,):
            if row and type(row) is str and place == namespace:
                parts.append(f"<{label}>{escape(row)}</{label}>")
            elif row is not None:
                _write(parts, row, label, place, namespace)
    if len(parts) == start + 1:
        parts[start] = "/>"
    else:
        parts.append(f"</{tag}>")


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, Enum):
        return str(value.value)
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    return str(value)


@cache
def _plan(cls: type) -> _Plan | None:
    """None for a class that is a value, not a group."""
    if not dataclasses.is_dataclass(cls):
        return None
    attributes, elements = [], []
    for field in dataclasses.fields(cls):
        member = _Member(
            field.name,
            field.metadata.get("name", field.name),
            field.metadata.get("namespace", NAMESPACE),
        )
        is_attribute = field.metadata.get("type") == "Attribute"
        (attributes if is_attribute else elements).append(member)
    return _Plan(tuple(attributes), tuple(elements))
