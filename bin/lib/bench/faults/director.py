"""Keeps workers alive, lets time leap, and knows when everything is at rest."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import psycopg2

from ...day.web import post, read
from . import people, workers
from .clock import SharedClock
from .people import ALARMS, SETTLED

WORKERS = 3
PAUSE_SECONDS = 0.01
TICK = timedelta(minutes=1)
LAST_TROUBLE = timedelta(hours=12)
"""After so much time of the clock nothing is broken any more."""

REQUEUE = """
UPDATE queue_job SET state = 'pending', retry = retry + 1
 WHERE state IN ('enqueued', 'started') AND worker_pid = %s
"""
BUSY = """
SELECT count(*) FILTER (WHERE state != 'pending' OR eta IS NULL OR eta <= %(now)s),
       min(eta) FILTER (WHERE eta > %(now)s)
  FROM queue_job WHERE state IN ('pending', 'enqueued', 'started')
"""
OPEN = """
SELECT count(*) FROM l10n_br_fiscal_document
 WHERE id = ANY(%s)
   AND (state_edoc NOT IN %s OR nfe_cancellation IS NOT NULL
        OR state_edoc = 'autorizada' AND nfe_problem_code IS NULL AND id = ANY(%s))
   AND coalesce(nfe_problem_code, '') NOT IN %s
"""


class Director:
    """A run: ``work`` until ``is_done``; see ``drive``."""

    def __init__(
        self, database: str, clock: SharedClock, control: str, desk: people.Desk
    ) -> None:
        self._database = database
        self._clock = clock
        self._control = control
        self._desk = desk
        self._workers: set[int] = set()
        self._helpers: set[int] = set()
        self._next_tick = clock.now() + TICK
        self._minute = 0
        self._started = clock.now()
        self._connection = psycopg2.connect(dbname=database)
        self._connection.autocommit = True

    def open_documents(self, ids: list[int]) -> int:
        """Documents that are neither settled nor handed to a person."""
        return self._one(OPEN, (ids, SETTLED, self._desk.to_cancel, ALARMS))[0]

    def open_voidings(self) -> int:
        """Voidings that are not decided."""
        query = "SELECT count(*) FROM nfe_voiding WHERE state != 'authorized'"
        return self._one(query, None)[0]

    def drive(self, is_done: Callable[[], bool], limit: float) -> bool:
        """Run until done, at most ``limit`` real seconds; whether it was done."""
        deadline = time.monotonic() + limit
        while time.monotonic() < deadline:
            self._reap()
            while len(self._workers) < WORKERS:
                self._workers.add(workers.fork(self._serve))
            if self._is_idle():
                if is_done():
                    return True
                self._leap()
            time.sleep(PAUSE_SECONDS)
        return False

    def help(self, work: Callable[[Any], None]) -> None:
        """Have something done beside the workers, in a process of its own."""
        self._helpers.add(workers.fork(lambda: workers.with_env(self._database, work)))

    def leap(self, delta: timedelta) -> None:
        """Let time pass here and at the SEFAZ."""
        seconds = delta.total_seconds()
        post(f"{self._control}/__ctl/clock", {"advance_seconds": seconds})
        self._clock.advance(seconds)

    def stop(self) -> None:
        """End all processes."""
        for pid in self._workers | self._helpers:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
        self._workers.clear()
        self._helpers.clear()

    def _serve(self) -> None:
        workers.serve(self._database, self._clock.now)

    def _reap(self) -> None:
        for pid in [*self._workers, *self._helpers]:
            if os.waitpid(pid, os.WNOHANG)[0]:
                self._workers.discard(pid)
                self._helpers.discard(pid)
                self._execute(REQUEUE, (pid,))

    def _is_idle(self) -> bool:
        busy, _eta = self._one(BUSY, {"now": self._clock.now()})
        return not busy and not self._helpers and not self._held()

    def _held(self) -> int:
        return read(f"{self._control}/__ctl/health")["held"]

    def _leap(self) -> None:
        """To the next job, or to the next minute of crons and people."""
        now = self._clock.now()
        eta = self._one(BUSY, {"now": now})[1]
        until = min(eta or self._next_tick, self._next_tick)
        self.leap(max(until - now, timedelta()) + timedelta(milliseconds=1))
        if self._clock.now() >= self._next_tick:
            self._tick()

    def _tick(self) -> None:
        self._minute += 1
        self._next_tick = self._clock.now() + TICK
        minute = self._minute
        if minute % 2 == 0 or minute % 5 == 0:
            self.help(lambda env: people.crons(env, minute))
        if minute % 5 == 0:
            self.help(self._desk.work)
        if self._clock.now() > self._started + LAST_TROUBLE:
            post(f"{self._control}/__ctl/plan", {})

    def _one(self, query: str, values: Any) -> tuple:
        with self._connection.cursor() as cursor:
            cursor.execute(query, values)
            return cursor.fetchone()

    def _execute(self, query: str, values: Any) -> None:
        with self._connection.cursor() as cursor:
            cursor.execute(query, values)
