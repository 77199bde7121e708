"""Reads many things in calls of at most n, although one bad id spoils a whole call."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from odoo.addons.marketplace_connector.domain.contract import (
    FATAL,
    ChannelError,
    NotFound,
    Rejected,
)
from odoo.addons.marketplace_connector.domain.each import chunks

from .errors import CONFIG

T = TypeVar("T")
Read = Callable[[Sequence[str]], dict[str, T]]


def read_all(
    ids: Sequence[str], size: int, read: Read[T]
) -> tuple[dict[str, T], dict[str, ChannelError]]:
    """What was found, and the error of every id that was not.

    :raise AuthDead, TokenExpired, RateLimited: the rest would fail as well
    """
    found: dict[str, T] = {}
    errors: dict[str, ChannelError] = {}
    for chunk in chunks(ids, size):
        _read(chunk, read, found, errors)
    return found, errors


def _read(
    ids: list[str], read: Read[T], found: dict[str, T], errors: dict[str, ChannelError]
) -> None:
    try:
        answer = read(ids)
    except FATAL:
        raise
    except ChannelError as error:
        if len(ids) > 1 and _may_be_one(error):
            # It does not tell which one is meant: halve until it is alone.
            middle = len(ids) // 2
            _read(ids[:middle], read, found, errors)
            _read(ids[middle:], read, found, errors)
        else:
            errors.update(dict.fromkeys(ids, error))
        return
    found.update({key: answer[key] for key in ids if key in answer})
    for key in ids:
        if key not in answer:
            errors[key] = NotFound("not in the channel's answer")


def _may_be_one(error: ChannelError) -> bool:
    """Can the error be one id's alone?"""
    if isinstance(error, Rejected):
        return error.who != CONFIG
    return isinstance(error, NotFound)
