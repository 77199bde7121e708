"""Access rows, company rules, secrets, sudo, commits and public routes."""

import ast
import re
from pathlib import Path

import pytest

from .source import ROOT, addons, constant, keyword, label, qualified_calls, text

HERE = Path(__file__).parent
OURS = sorted(addons())
STORED = [m for a in addons().values() for m in a.models if m.is_new]
MANAGERS = ("_manager", "group_system", "group_erp_manager")

SYSTEM_ONLY = {
    "marketplace.token": "access and refresh tokens: read and rotated by the system",
}
"""Model without a row for users: the reason."""

MANAGERS_ONLY = {
    "marketplace.call.log": "technical record of the calls to a channel, for support",
}
"""Model with rows for managers only: the reason."""

SHARED = {}
"""Model with company_id that every company may see: the reason."""

COMMITS = {
    # "addons/x/models/y.py:Class.method": "why the work done so far must survive",
}

PUBLIC_ROUTES = {
    "addons/marketplace_connector/controllers/webhook.py": "notifications of channels: "
    "known by the secret part of the address, stored raw, worked off later",
}
"""Controllers that answer without a login: the reason."""

SECRET = re.compile(r"(^|_)(token|secret|password|api_key|hook_key|private_key)$")
NOT_SECRET = {
    "marketplace.account.hook_key": "managers paste the address into the channel",
}
"""model.field that only looks like a secret: the reason."""


def lines_of(name):
    """Entries of an allow-list: key -> reason."""
    entries = {}
    for line in text(HERE / name).splitlines():
        if line.strip() and not line.startswith("#"):
            key, _, reason = line.partition(" ")
            entries[key] = reason.strip()
    return entries


def calls_in_addons():
    for addon in addons().values():
        for path in addon.code:
            for scope, call in qualified_calls(path):
                yield path, scope, call


def concrete(model):
    return model.base != "AbstractModel"


@pytest.mark.parametrize(
    "model", [m for m in STORED if concrete(m)], ids=lambda m: m.name
)
def test_access_rows(model):
    """A model has a row for users and one for managers; a wizard has at least one."""
    rows = [
        row
        for row in addons()[model.addon].acl
        if row["model_id:id"]
        in {f"model_{model.table}", f"{model.addon}.model_{model.table}"}
    ]
    groups = {row["group_id:id"] for row in rows}
    assert rows, "no access row: nobody can use it"
    assert "" not in groups, "a row without a group is open to everybody"
    managers = {group for group in groups if group.endswith(MANAGERS)}
    if model.base == "Model" and model.name not in SYSTEM_ONLY:
        assert managers, "no row for a manager"
        assert groups - managers or model.name in MANAGERS_ONLY, "no row for a user"
    if model.name in SYSTEM_ONLY:
        assert groups <= {"base.group_system"}


@pytest.mark.parametrize("name", OURS)
def test_access_rows_are_named_after_their_model(name):
    wrong = [
        row["id"]
        for row in addons()[name].acl
        if not row["id"].startswith(
            "access_" + row["model_id:id"].split(".")[-1].removeprefix("model_")
        )
    ]
    assert wrong == []


@pytest.mark.parametrize(
    "model",
    [m for m in STORED if m.base == "Model" and "company_id" in m.fields],
    ids=lambda m: m.name,
)
def test_company_rule(model):
    """One global rule per model: a record of another company does not exist."""
    if model.name in SHARED:
        return
    domains = [
        record.values.get("domain_force", "")
        for record in addons()[model.addon].records
        if record.model == "ir.rule"
        and record.values.get("model_id", "").endswith(f"model_{model.table}")
        and not record.values.get("groups")
    ]
    assert any("company_id" in d and "company_ids" in d for d in domains)


@pytest.mark.parametrize("name", OURS)
def test_groups_stand_under_a_privilege(name):
    groups = [r for r in addons()[name].records if r.model == "res.groups" and r.xmlid]
    alone = [
        group.xmlid
        for group in groups
        if "." not in group.xmlid and not group.values.get("privilege_id")
    ]
    assert alone == []


@pytest.mark.parametrize("name", OURS)
def test_secrets_are_invisible_and_stay_behind(name):
    """Fields that hold secrets: for the system's group only, never copied."""
    open_fields = [
        f"{model.name}.{field}"
        for model in addons()[name].models
        for field, call in model.fields.items()
        if SECRET.search(field)
        and f"{model.name}.{field}" not in NOT_SECRET
        and model.name not in SYSTEM_ONLY
        and getattr(call.func, "attr", "") in {"Char", "Text", "Binary", "Json"}
        and (
            constant(keyword(call, "groups")) != "base.group_system"
            or constant(keyword(call, "copy")) is not False
        )
    ]
    assert open_fields == []


def becomes_superuser(call):
    """sudo(), and the other doors to the same room."""
    name = getattr(call.func, "attr", getattr(call.func, "id", ""))
    if name == "sudo":
        return constant(call.args[0]) is not False if call.args else True
    if constant(keyword(call, "su")) is True:
        return True
    arguments = [*call.args, *(k.value for k in call.keywords)]
    return name in {"with_user", "with_env", "Environment", "env"} and any(
        "SUPERUSER" in ast.unparse(argument) for argument in arguments
    )


def test_sudo_is_on_the_list_with_a_reason():
    listed = lines_of("sudo_allowlist.txt")
    used = {
        f"{label(path)}:{scope}"
        for path, scope, call in calls_in_addons()
        if becomes_superuser(call)
    }
    assert "\n".join(sorted(used - set(listed))) == "", "not on the list"
    assert "\n".join(sorted(set(listed) - used)) == "", "on the list, but not used"
    assert [key for key, reason in listed.items() if len(reason) < 15] == []


def test_nothing_commits_by_hand():
    """Steps that must survive open a cursor of their own: `with registry.cursor()`."""
    used = {
        f"{label(path)}:{scope}"
        for path, scope, call in calls_in_addons()
        if getattr(call.func, "attr", "") in {"commit", "rollback"}
        # A channel's `commit(token)` confirms a page; the database's takes nothing.
        and not call.args
    }
    assert used == set(COMMITS)


def test_nothing_prints():
    printing = [
        f"{label(path)}:{scope}"
        for path, scope, call in calls_in_addons()
        if getattr(call.func, "id", "") == "print"
    ]
    assert printing == []


def test_routes_without_login_have_a_reason():
    open_routes = {
        label(path)
        for path, _scope, call in calls_in_addons()
        if getattr(call.func, "attr", "") == "route"
        and constant(keyword(call, "auth")) in {"public", "none"}
    }
    assert open_routes == set(PUBLIC_ROUTES)


def test_requests_have_a_timeout_and_check_certificates():
    careless = [
        f"{label(path)}:{scope}"
        for path, scope, call in calls_in_addons()
        if constant(keyword(call, "verify")) is False
        or constant(keyword(call, "check_hostname")) is False
    ]
    assert careless == []


def test_code_is_not_kept_in_the_database():
    evaluated = [
        f"{label(path)}:{scope}"
        for path, scope, call in calls_in_addons()
        if (getattr(call.func, "id", "") or getattr(call.func, "attr", ""))
        in {"eval", "exec", "safe_eval"}
    ]
    assert evaluated == []


def test_reasons_are_given():
    for reasons in (
        SYSTEM_ONLY,
        MANAGERS_ONLY,
        SHARED,
        COMMITS,
        PUBLIC_ROUTES,
        NOT_SECRET,
    ):
        assert all(len(reason) > 15 for reason in reasons.values())
    assert all((ROOT / path).exists() for path in PUBLIC_ROUTES)
    assert {*SYSTEM_ONLY, *MANAGERS_ONLY, *SHARED} <= {model.name for model in STORED}
