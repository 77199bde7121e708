"""Names of records: the official guidelines, without exceptions."""

import re

import pytest

from .source import addons, etree_tags

OURS = sorted(addons())
VIEW_TYPES = {
    "form",
    "list",
    "kanban",
    "search",
    "graph",
    "pivot",
    "calendar",
    "activity",
}


def own(name, *models):
    """Records that the addon itself defines."""
    return [
        record
        for record in addons()[name].records
        if record.model in models and "." not in record.xmlid
    ]


def underscored(model):
    return model.replace(".", "_")


@pytest.mark.parametrize("name", OURS)
def test_views(name):
    wrong = []
    for view in own(name, "ir.ui.view"):
        if view.values.get("inherit_id") or view.arch not in VIEW_TYPES:
            continue
        wanted = f"{underscored(view.values.get('model', ''))}_view_{view.arch}"
        if view.xmlid != wanted and not view.xmlid.startswith(f"{wanted}_"):
            wrong.append(f"{view.xmlid} should be {wanted}")
    assert wrong == []


@pytest.mark.parametrize("name", OURS)
def test_inherited_views_are_named_as_such(name):
    """The name tells which addon extends: `sale.order.form.inherit.<addon>`."""
    wrong = [
        view.xmlid
        for view in own(name, "ir.ui.view")
        if view.values.get("inherit_id")
        and f"inherit.{name}" not in view.values.get("name", "")
    ]
    assert wrong == []


@pytest.mark.parametrize("name", OURS)
def test_actions(name):
    wrong = []
    for action in own(name, "ir.actions.act_window"):
        wanted = f"{underscored(action.values.get('res_model', ''))}_action"
        if action.xmlid != wanted and not action.xmlid.startswith(f"{wanted}_"):
            wrong.append(f"{action.xmlid} should be {wanted}")
    assert wrong == []


@pytest.mark.parametrize("name", OURS)
def test_groups(name):
    wrong = [
        group.xmlid
        for group in own(name, "res.groups")
        if not group.xmlid.startswith(f"{name}_group_")
    ]
    assert wrong == []


@pytest.mark.parametrize("name", OURS)
def test_rules(name):
    wrong = []
    for rule in own(name, "ir.rule"):
        model = rule.values.get("model_id", "").split(".")[-1].removeprefix("model_")
        if not re.fullmatch(rf"{model}_rule_\w+", rule.xmlid):
            wrong.append(f"{rule.xmlid} should be {model}_rule_<concern>")
    assert wrong == []


@pytest.mark.parametrize("name", OURS)
def test_menus(name):
    wrong = [xmlid for xmlid in etree_tags(name, "menuitem") if "menu" not in xmlid]
    assert wrong == []


@pytest.mark.parametrize("name", OURS)
def test_every_xmlid_once(name):
    xmlids = [record.xmlid for record in addons()[name].records]
    assert "" not in xmlids
    assert len(xmlids) == len(set(xmlids))
