"""What a test run needs many times and what never changes meanwhile."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from typing import Any


def remembered(method: Callable[..., Any]) -> Callable[..., Any]:
    """The method, run once per arguments; ``self`` does not count.

    Callers get copies: what they do to a result stays theirs.
    """
    known: dict[tuple[Any, ...], Any] = {}

    def recall(self: Any, *arguments: Any, **named: Any) -> Any:
        key = (*arguments, *sorted(named.items()))
        if key not in known:
            known[key] = method(self, *arguments, **named)
        return deepcopy(known[key])

    return recall
