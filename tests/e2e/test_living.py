"""An order lives while the machinery works on it: real processes, killed and raced.

The processes are Odoo shells on one database with committed orders. A script that must
stand still at a certain point says so on its output and waits for a file.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg2
import pytest

from bin.lib.day.processes import ROOT

from .conftest import shell, wait_for

DATABASE = "e2e_living"
ORDERS = 6

SEED = """
from odoo.addons.industry_b2c_sales.tests import common
given = common.B2cCase
given.env = env = env(context=dict(env.context, chart_template_load=True))
company = given._make_company()
env.user.write({"company_ids": [(4, company.id)], "company_id": company.id})
given.env = env = env(context={"allowed_company_ids": [company.id]})
given.company = company.with_env(env)
given._set_up_taxes()
given._make_product("CAD-1", stock=100)
env.cr.commit()
"""
# Every script starts like this: the orders of the test, and how to stand still.
HEAD = """
import json, os, time
from odoo.addons.industry_b2c_sales.tests import common
company = env["res.company"].search([("name", "=", "Indústria Exemplo")])
env = env(context={{"allowed_company_ids": [company.id], "lang": "pt_BR"}})
model = env["sale.order"]
cls = env.registry["sale.order"]
orders = model.search([("b2c_external_id", "like", "{name}/")], order="id")
def halt():
    print("HALT", flush=True)
    while not os.path.exists("{go}"):
        time.sleep(0.05)
"""
TAKE_IN = """
model._b2c_intake([common.intake(f"{name}/{{n}}") for n in range({count})])
env.cr.commit()
"""
ADVANCE = """
orders._b2c_advance()
env.cr.commit()
"""
CANCEL = """
from odoo.service.model import retrying
def cancel():
    for order in orders:
        order._b2c_log("order", "cancelled", source=common.SOURCE, uid="cancel")
retrying(cancel, env)
"""
RUN_CANCELLATION = """
orders._b2c_run_cancellation()
env.cr.commit()
"""
TELL = """
print(json.dumps([{
    "state": order.state,
    "axis": order.b2c_order_state,
    "invoices": order.invoice_ids.mapped("state"),
    "numbers": order.invoice_ids.fiscal_document_id.mapped("document_number"),
    "moves": order.picking_ids.move_ids.mapped("state"),
    "steps": {step.step: step.state for step in order.b2c_cancel_step_ids},
    "attempts": order.b2c_cancel_step_ids.mapped("attempts"),
    "stops": order.b2c_verdict_ids.filtered(lambda v: v.decision == "stop")
                 .mapped("reason_code"),
} for order in orders]), flush=True)
"""


class Shells:
    """Odoo shells on the test's database, about the orders called ``name``."""

    def __init__(self, name: str, folder: Path) -> None:
        self.name, self.go = name, folder / "go"
        self.left: list[subprocess.Popen[str]] = []

    def start(self, *parts: str) -> subprocess.Popen[str]:
        """Run a script in a process of its own."""
        values = {"name": self.name, "go": self.go, "count": ORDERS}
        head = HEAD.format(**values)
        process = subprocess.Popen(
            [
                *(sys.executable, "bin/lib/odoo_server.py", "shell"),
                *("-c", "config/odoo.test.conf", "-d", DATABASE),
                *("--no-http", "--log-level=critical"),
            ],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.left.append(process)
        assert process.stdin
        process.stdin.write(head + "\n".join(parts))
        process.stdin.close()
        return process

    def run(self, *parts: str) -> Any:
        """Run a script to its end; what its last line says, as JSON."""
        return self.end(self.start(*parts, TELL))

    def end(self, process: subprocess.Popen[str]) -> Any:
        assert process.stdout
        output = process.stdout.read()
        assert process.wait(120) == 0, output
        lines = [line for line in output.splitlines() if line.startswith("[")]
        assert lines, output
        return json.loads(lines[-1])

    def until_halt(self, process: subprocess.Popen[str]) -> None:
        """Wait until the script stands still where it should."""
        assert process.stdout
        output = []
        for line in process.stdout:
            output.append(line)
            if line.strip() == "HALT":
                return
        raise AssertionError("".join(output))

    def kill(self, process: subprocess.Popen[str]) -> None:
        process.kill()
        process.wait(30)

    def let_go(self) -> None:
        self.go.touch()

    def stop(self) -> None:
        for process in self.left:
            if process.poll() is None:
                self.kill(process)


@pytest.fixture(scope="module")
def database() -> Iterator[str]:
    """A company that sells to consumers, committed."""
    shell(
        f'source bin/setup; copy_database "$TEMPLATE" {DATABASE};'
        f"run_odoo {DATABASE} -i industry_b2c_sales --stop-after-init --no-http"
    )
    with tempfile.NamedTemporaryFile("w", suffix=".py") as script:
        script.write(SEED)
        script.flush()
        shell(
            'source bin/setup; "$PY" bin/lib/odoo_server.py shell '
            f"-c config/odoo.test.conf -d {DATABASE} --no-http < {script.name}"
        )
    yield DATABASE
    shell(f"source bin/setup; pg_drop {DATABASE}")


@pytest.fixture
def shells(
    database: str, request: pytest.FixtureRequest, tmp_path: Path
) -> Iterator[Shells]:
    """Orders of the test's own, just taken in."""
    found = Shells(request.node.name.removeprefix("test_")[:40], tmp_path)
    found.run(TAKE_IN.format(name=found.name, count=ORDERS))
    yield found
    found.stop()


def halt_in(method: str, *, before: bool = False) -> str:
    """Stand still the first time that a method was (or is about to be) called on
    any records."""
    return f"""
original, seen = cls.{method}, []
def standing(self, *args, **kwargs):
    first = bool(self) and not seen
    if first:
        seen.append(1)
    if first and {before}:
        halt()
    result = original(self, *args, **kwargs)
    if first and not {before}:
        halt()
    return result
cls.{method} = standing
"""


def test_killed_in_the_middle_of_advancing(shells: Shells) -> None:
    working = shells.start(halt_in("_b2c_post_invoices"), ADVANCE)
    shells.until_halt(working)
    shells.kill(working)

    killed = shells.run()
    assert [order["state"] for order in killed] == ["draft"] * ORDERS
    assert not any(order["invoices"] for order in killed)

    for _again in range(2):
        done = shells.run(ADVANCE)
        assert [order["invoices"] for order in done] == [["posted"]] * ORDERS
        assert [order["moves"] for order in done] == [["assigned"]] * ORDERS
        numbers = sorted(int(order["numbers"][0]) for order in done)
        # The killed process has used up no number either.
        assert numbers == list(range(numbers[0], numbers[0] + ORDERS))


def test_killed_in_the_middle_of_cancelling(shells: Shells) -> None:
    shells.run(ADVANCE, CANCEL)
    working = shells.start(halt_in("_b2c_cancel_step_cancel_nfe"), RUN_CANCELLATION)
    shells.until_halt(working)
    shells.kill(working)

    killed = shells.run()
    assert [order["axis"] for order in killed] == ["cancelled"] * ORDERS
    assert not any(order["steps"] for order in killed)
    assert [order["moves"] for order in killed] == [["assigned"]] * ORDERS

    for _again in range(2):
        done = shells.run(RUN_CANCELLATION)
        assert [order["moves"] for order in done] == [["cancel"]] * ORDERS
        assert [order["state"] for order in done] == ["cancel"] * ORDERS
        for order in done:
            assert order["steps"]["release_stock"] == "done"
            assert order["steps"]["cancel_nfe"] == "manual"
            assert set(order["attempts"]) <= {0, 1}


def test_cancelled_while_the_chunk_is_being_invoiced(shells: Shells) -> None:
    """The cancellation waits for the chunk, then undoes what the chunk has done."""
    working = shells.start(halt_in("_b2c_make_invoices", before=True), ADVANCE, TELL)
    shells.until_halt(working)
    cancelling = shells.start(CANCEL, TELL)
    wait_for(lambda: waiting_for_a_lock() > 0, "the cancellation waits for the lock")
    shells.let_go()
    shells.end(working)
    cancelled = shells.end(cancelling)
    assert [order["axis"] for order in cancelled] == ["cancelled"] * ORDERS
    assert [order["invoices"] for order in cancelled] == [["posted"]] * ORDERS

    undone = shells.run(RUN_CANCELLATION)
    assert [order["steps"]["cancel_nfe"] for order in undone] == ["manual"] * ORDERS
    assert [order["moves"] for order in undone] == [["cancel"]] * ORDERS


def test_cancelled_after_the_chunk_was_read(shells: Shells) -> None:
    """What the chunk read a moment ago is no longer true: the database notices."""
    shells.run("orders._b2c_advance_confirm()\nenv.cr.commit()\n")
    working = shells.start(
        halt_in("_b2c_advance_reserve", before=True),
        """
try:
    orders._b2c_advance()
    outcome = "done"
except Exception as error:
    outcome = type(error).__name__
env.cr.rollback()
print(json.dumps([outcome]), flush=True)
""",
    )
    shells.until_halt(working)
    shells.run(CANCEL)
    shells.let_go()
    assert shells.end(working)[0] in ("SerializationFailure", "RetryableJobError")

    again = shells.run(ADVANCE)
    assert not any(order["invoices"] for order in again)
    assert all("order_cancelled" in order["stops"] for order in again)


def waiting_for_a_lock() -> int:
    """Connections to the test's database that wait for a row of another one."""
    connection = psycopg2.connect(dbname=DATABASE)
    try:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity"
                " WHERE datname = %s AND wait_event_type = 'Lock'",
                [DATABASE],
            )
            return int(cursor.fetchone()[0])
    finally:
        connection.close()
