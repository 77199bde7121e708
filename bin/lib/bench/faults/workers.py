"""Workers that run the queue's jobs in processes of their own, and die.

They do what Odoo's workers do with a job, by the queue's own code, without the way
over HTTP; they are forked from a process with the registry loaded, so that a death
costs milliseconds.
"""

from __future__ import annotations

import fcntl
import functools
import logging
import os
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg2

from .plan import CALL_SECONDS, Plan

_logger = logging.getLogger(__name__)
IDLE_SECONDS = 0.01
TAKE = """
UPDATE queue_job SET state = 'enqueued', date_enqueued = %(now)s, worker_pid = %(pid)s
 WHERE id = (SELECT id FROM queue_job
              WHERE state = 'pending' AND (eta IS NULL OR eta <= %(now)s)
              ORDER BY priority, id LIMIT 1 FOR UPDATE SKIP LOCKED)
RETURNING uuid
"""
GIVE_BACK = """
UPDATE queue_job SET state = 'pending'
 WHERE uuid = %s AND state = 'enqueued' AND worker_pid = %s
"""
"""Another worker had the row locked for a moment, while it looked for a job of its own.
In production the runner finds such a job after some seconds."""


class Tally:
    """Counts that outlive the process that counted: one byte each in a file."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def add(self, name: str) -> int:
        """Count once more; the count."""
        descriptor = os.open(self._folder / name, os.O_CREAT | os.O_RDWR | os.O_APPEND)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            os.write(descriptor, b".")
            return os.fstat(descriptor).st_size
        finally:
            os.close(descriptor)

    def counts(self) -> dict[str, int]:
        """All counts by name."""
        return {file.name: file.stat().st_size for file in self._folder.iterdir()}


def install_kills(registry: Any, plan: Plan, tally: Tally) -> None:
    """Let processes die behind the named points, the numbers be rolled back."""
    from odoo.addons.nfe_batch.sefaz_client import SefazClient
    from odoo.addons.queue_job.exception import RetryableJobError

    def die(point: str) -> None:
        if plan.is_killed(point, tally.add(f"at_{point}")):
            tally.add(f"killed_{point}")
            os.kill(os.getpid(), signal.SIGKILL)

    def behind(owner: Any, name: str, point: str | Callable[..., str]) -> None:
        original = getattr(owner, name)

        @functools.wraps(original)
        def wrapper(*args: Any, **options: Any) -> Any:
            result = original(*args, **options)
            place = point(*args) if callable(point) else point
            if place:
                die(place)
            return result

        setattr(owner, name, wrapper)

    document = registry["l10n_br_fiscal.document"]
    behind(document, "_nfe_draw_numbers", "numbered")
    behind(document, "_nfe_store_signed", "signed")
    behind(document, "_nfe_open_send", "intent")
    behind(document, "_nfe_store_send", "result")
    behind(document, "_nfe_store", "stored")
    behind(document, "_nfe_announce", "announced")
    behind(document, "_nfe_open_event", "event_intent")
    behind(registry["nfe.attempt"], "_open_poll", "poll_intent")
    points = {
        "NFeAutorizacao4": "sent",
        "NFeRetAutorizacao4": "polled",
        "NFeConsultaProtocolo4": "consulted",
        "NFeRecepcaoEvento4": "event_sent",
        "NFeInutilizacao4": "voided",
    }
    behind(SefazClient, "call", lambda _self, service, _m: points.get(service.label))
    confirm = document.action_document_confirm

    @functools.wraps(confirm)
    def confirm_or_not(self: Any) -> Any:
        result = confirm(self)
        if self.env.context.get("job_uuid") and plan.is_rolled_back(
            tally.add("at_confirmed")
        ):
            tally.add("rolled_back")
            raise RetryableJobError("rolled back", seconds=1, ignore_retry=True)
        return result

    document.action_document_confirm = confirm_or_not


def install_impatience() -> None:
    """The workers wait for an answer as long as the plan says."""
    from odoo.addons.nfe_batch.domain import transport

    transport.kept = functools.partial(transport.kept, timeouts=(5.0, CALL_SECONDS))


def fork(work: Callable[[], None]) -> int:
    """Run ``work`` in a child process; its pid."""
    pid = os.fork()
    if pid:
        return pid
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    status = 1
    try:
        work()
        status = 0
    except BaseException:
        _logger.exception("a process of the bench failed")
    finally:
        os._exit(status)


def serve(database: str, now: Callable[[], Any]) -> None:
    """Run jobs until killed, or until the bench is gone."""
    bench = os.getppid()
    # Read committed, as the queue's runner does: two that take at once do not collide.
    connection = psycopg2.connect(dbname=database)
    connection.autocommit = True
    while os.getppid() == bench:
        with connection.cursor() as cursor:
            cursor.execute(TAKE, {"now": now(), "pid": os.getpid()})
            row = cursor.fetchone()
            if row and not run_job(database, row[0]):
                cursor.execute(GIVE_BACK, (row[0], os.getpid()))
        if not row:
            time.sleep(IDLE_SECONDS)


def run_job(database: str, uuid: str) -> bool:
    """Run one job as the queue's controller does; whether it could be had."""
    from odoo import SUPERUSER_ID, api
    from odoo.modules.registry import Registry

    from odoo.addons.queue_job.controllers.main import RunJobController

    with Registry(database).cursor() as cr:
        env = api.Environment(cr, SUPERUSER_ID, {})
        job = RunJobController._acquire_job(env, uuid)
        if not job:
            return False
        try:
            RunJobController._runjob(env, job)
        except Exception:
            # The job keeps its traceback; what it should do is found again by a cron.
            cr.rollback()
    return True


def with_env(database: str, work: Callable[[Any], None]) -> None:
    """Run ``work`` with the superuser's environment and commit."""
    from odoo import SUPERUSER_ID, api
    from odoo.modules.registry import Registry

    with Registry(database).cursor() as cr:
        work(api.Environment(cr, SUPERUSER_ID, {"lang": "pt_BR"}))
