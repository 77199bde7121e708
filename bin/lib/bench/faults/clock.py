"""One clock for the bench, its workers and the simulator, which leaps over waits.

The product's delays stay what they are: minutes and hours pass as soon as nobody has
anything to do.
"""

from __future__ import annotations

import mmap
import struct
from datetime import datetime, timedelta
from typing import Any

_SECONDS = struct.Struct("d")


class SharedClock:
    """The real time plus an offset that all forked processes share."""

    def __init__(self) -> None:
        self._memory = mmap.mmap(-1, _SECONDS.size)

    @property
    def offset(self) -> float:
        """Seconds ahead of the real time."""
        return _SECONDS.unpack(self._memory[:])[0]

    def now(self) -> datetime:
        """Naive UTC, as Odoo's fields have it."""
        return datetime.utcnow() + timedelta(seconds=self.offset)

    def advance(self, seconds: float) -> None:
        """Leap ahead."""
        self._memory[:] = _SECONDS.pack(self.offset + seconds)

    def install(self) -> None:
        """Let Odoo and its queue live by this clock; call it before addons load."""
        import odoo.fields
        from odoo import sql_db

        from odoo.addons.queue_job import job

        clock = self

        def now(*_args: Any) -> datetime:
            return clock.now().replace(microsecond=0)

        def transaction_now(cursor: Any) -> datetime:
            if cursor._now is None:
                cursor._now = clock.now()
            return cursor._now

        class Datetime(datetime):
            @classmethod
            def now(cls, tz: Any = None) -> datetime:
                return clock.now()

        odoo.fields.Datetime.now = staticmethod(now)
        sql_db.BaseCursor.now = transaction_now
        job.datetime = Datetime
