"""Habits of older series that Odoo 19 ignores, or that break only at run time."""

import re

import pytest

from .source import addons, label, text

OURS = sorted(addons())
PYTHON = {
    "_sql_constraints is ignored": r"\b_sql_constraints\b",
    "osv.expression: use odoo.fields.Domain": r"\bosv(\.| import )expression\b",
    "read_group: use _read_group": r"\.read_group\(",
    "_cr, _uid, _context: use env": r"\bself\._(cr|uid|context)\b",
    "check_access_rights: use check_access": r"\bcheck_access_r(ights|ule)\b",
    "route type json: use jsonrpc": r"""type=["']json["']""",
    "unlink raises: use @api.ondelete": r"def unlink\(",
    "naive time: use timezone.utc": r"datetime\.(utcnow|utcfromtimestamp)\b",
}
XML = {
    "tree: use list": r"</?tree\b|tree_view_ref|view_mode[^<]*\btree\b",
    "attrs, states: use invisible, readonly": r"""\b(attrs|states)=["'][{\w]""",
    "oe_chatter: use <chatter/>": r"oe_chatter",
    "category_id of a group: use privilege_id": r"""name="category_id".*module_cat""",
    "t-esc, t-raw: use t-out": r"t-(esc|raw)=",
}


def hits(paths, patterns):
    return [
        f"{label(path)}:{number}: {why}"
        for path in paths
        for number, line in enumerate(text(path).splitlines(), 1)
        for why, pattern in patterns.items()
        if re.search(pattern, line)
    ]


@pytest.mark.parametrize("name", OURS)
def test_python(name):
    paths = [p for p in addons()[name].files("*.py") if "domain" not in p.parts]
    assert hits(paths, PYTHON) == []


@pytest.mark.parametrize("name", OURS)
def test_views(name):
    paths = [p for p in addons()[name].files("*.xml") if "security" not in p.parts]
    assert hits(paths, XML) == []
