"""Channels of the queue are the same in the code, the configuration and the pages."""

import ast
import configparser
import re

import pytest

from .source import ROOT, addons, constant, keyword, label, text, tree

OURS = sorted(addons())
DELAY = {"with_delay", "delayable"}


def configured(name):
    parser = configparser.ConfigParser(interpolation=None)
    parser.read_string(text(ROOT / "config" / name))
    entries = parser["queue_job"]["channels"].split(",")
    return {
        channel: int(size) for channel, size in (e.strip().split(":") for e in entries)
    }


def channels_of(addon):
    """Full names of the channels that an addon's data define, by xmlid."""
    records = {r.xmlid: r for r in addon.records if r.model == "queue.job.channel"}

    def full(xmlid):
        if xmlid.split(".")[-1] == "channel_root":
            return "root"
        record = records.get(xmlid.removeprefix(f"{addon.name}."))
        if record is None:
            owner, _, name = xmlid.partition(".")
            return channels_of(addons()[owner])[name] if owner in addons() else xmlid
        return f"{full(record.values['parent_id'])}.{record.values['name']}"

    return {xmlid: full(xmlid) for xmlid in records}


def delayed(addon):
    """(place, method, channel) of each job that the code enqueues."""
    for path in addon.code:
        for node in ast.walk(tree(path)):
            if not isinstance(node, ast.Call) or not isinstance(
                node.func, ast.Attribute
            ):
                continue
            inner = node.func.value
            if not isinstance(inner, ast.Call):
                continue
            if getattr(inner.func, "attr", "") in DELAY:
                place = f"{label(path)}:{node.lineno}"
                yield place, node.func.attr, constant(keyword(inner, "channel"))


def test_channels_have_a_capacity():
    sizes = configured("odoo.prod.conf")
    defined = {
        name for addon in addons().values() for name in channels_of(addon).values()
    }
    parents = {name.rpartition(".")[0] for name in sizes} | {"root"}
    assert {name for name in defined - parents if name not in sizes} == set()
    used = {c for addon in addons().values() for _p, _m, c in delayed(addon) if c}
    assert {name for name in used if name not in sizes} == set()


def test_development_and_production_know_the_same_channels():
    development, production = configured("odoo.dev.conf"), configured("odoo.prod.conf")
    assert set(development) == set(production)
    development.pop("root"), production.pop("root")
    assert development == production


@pytest.mark.parametrize("stage", ["stock", "post"])
def test_goods_and_numbers_are_taken_one_at_a_time(stage):
    assert configured("odoo.prod.conf")[f"root.b2c.{stage}"] == 1


def test_webhook_process_runs_no_job():
    assert configured("odoo.webhook.conf") == {"root": 0}


def test_pages_name_the_channels():
    pages = text(ROOT / "docs/architecture.md") + text(ROOT / "docs/operations.md")
    missing = [
        c for c in configured("odoo.prod.conf") if c != "root" and c not in pages
    ]
    assert missing == []


@pytest.mark.parametrize("name", OURS)
def test_every_job_has_a_function_record(name):
    """Without one the job runs in root, with queue_job's retry pattern."""
    functions = {
        record.values.get("method")
        for addon in addons().values()
        for record in addon.records
        if record.model == "queue.job.function"
    }
    missing = [
        f"{p}: {m}" for p, m, _c in delayed(addons()[name]) if m not in functions
    ]
    assert missing == []


@pytest.mark.parametrize("name", OURS)
def test_every_job_is_enqueued_once(name):
    """Jobs carry an identity: a second event must not queue the same work again."""
    without = [
        f"{label(path)}:{node.lineno}"
        for path in addons()[name].code
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call)
        and getattr(node.func, "attr", "") in DELAY
        and keyword(node, "identity_key") is None
        and all(k.arg for k in node.keywords)
    ]
    assert without == []


@pytest.mark.parametrize("name", OURS)
def test_function_records_name_methods_that_exist(name):
    defined = {
        node.name
        for addon in addons().values()
        for path in addon.code
        for node in ast.walk(tree(path))
        if isinstance(node, ast.FunctionDef)
    }
    gone = [
        record.xmlid
        for record in addons()[name].records
        if record.model == "queue.job.function"
        and record.values.get("method") not in defined
    ]
    assert gone == []


def test_no_cron_works_by_itself_for_long():
    """A cron enqueues; it calls one method of ours."""
    wrong = [
        record.xmlid
        for addon in addons().values()
        for record in addon.records
        if record.model == "ir.cron"
        and not re.fullmatch(r"model\.\w+\([\w=, ]*\)", record.values.get("code", ""))
    ]
    assert wrong == []
