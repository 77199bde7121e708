"""Reading many things, one by one or some at once: what fails, fails alone."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TypeVar

from .errors import FATAL, ChannelError

T = TypeVar("T")


def each(
    ids: Sequence[str], read: Callable[[str], T]
) -> Iterator[T | tuple[str, ChannelError]]:
    """Read every id; a failed one comes as (id, error), the rest goes on.

    :raise AuthDead, TokenExpired, RateLimited: the rest would fail as well
    """
    for ref in ids:
        try:
            yield read(ref)
        except FATAL:
            raise
        except ChannelError as error:
            yield ref, error


def chunks(values: Iterable[T], size: int) -> Iterator[list[T]]:
    """Lists of at most ``size``, in order, without doubles."""
    unique = list(dict.fromkeys(values))
    for start in range(0, len(unique), size):
        yield unique[start : start + size]
