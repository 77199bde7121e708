"""pt_BR is complete: what Odoo exports, and what the code says today."""

import ast
import re

import polib
import pytest

from .source import addons, constant, etree_strings, keyword, label, tree

OURS = sorted(addons())
PLACEHOLDER = re.compile(r"%\((\w+)\)[sdif]|%[sdif]|\{(\w*)\}")
LABELS = {"string", "help"}
SAME_IN_BOTH = 3
"""Words up to which a term may read the same in both languages (NF-e, DANFE)."""


def catalog(name, suffix="pt_BR.po"):
    path = addons()[name].path / "i18n" / suffix
    return polib.pofile(str(path)) if path.exists() else None


def known(name):
    return {entry.msgid for entry in catalog(name) or () if not entry.obsolete}


def literals(name):
    """Terms of self.env._("…") and of the fields' labels, with the place they stand."""
    for path in addons()[name].code:
        for node in ast.walk(tree(path)):
            if not isinstance(node, ast.Call):
                continue
            where = f"{label(path)}:{node.lineno}"
            if getattr(node.func, "attr", getattr(node.func, "id", "")) in {"_", "_lt"}:
                if node.args and isinstance(term := constant(node.args[0]), str):
                    yield where, term
            elif ast.unparse(node.func).startswith("fields."):
                for key in LABELS:
                    if isinstance(term := constant(keyword(node, key)), str):
                        yield where, term


@pytest.mark.parametrize("name", OURS)
def test_every_term_is_translated(name):
    po = catalog(name)
    assert po is not None
    assert po.metadata.get("Language") == "pt_BR"
    assert [entry.msgid for entry in po.untranslated_entries()] == []
    assert [entry.msgid for entry in po.fuzzy_entries()] == []
    assert [entry.msgid for entry in po.obsolete_entries()] == []


@pytest.mark.parametrize("name", OURS)
def test_template_and_translation_hold_the_same_terms(name):
    pot = catalog(name, f"{name}.pot")
    assert pot is not None
    assert {entry.msgid for entry in pot} == known(name)


@pytest.mark.parametrize("name", OURS)
def test_terms_of_the_code_are_exported(name):
    """bin/i18n was run after the last change of a text."""
    missing = {
        f"{where}: {term}" for where, term in literals(name) if term not in known(name)
    }
    assert missing == set()


@pytest.mark.parametrize("name", OURS)
def test_terms_of_the_views_are_exported(name):
    missing = [term for term in etree_strings(name) if term not in known(name)]
    assert missing == []


@pytest.mark.parametrize("name", OURS)
def test_placeholders_survive_the_translation(name):
    broken = [
        entry.msgid
        for entry in catalog(name) or ()
        if sorted(PLACEHOLDER.findall(entry.msgid))
        != sorted(PLACEHOLDER.findall(entry.msgstr))
    ]
    assert broken == []


@pytest.mark.parametrize("name", OURS)
def test_translation_is_no_copy(name):
    copies = [
        entry.msgid
        for entry in catalog(name) or ()
        if entry.msgid == entry.msgstr
        # Labels of other addons' fields may be Portuguese at the source.
        and entry.msgid.isascii()
        and len(re.findall(r"[A-Za-z]{2,}", entry.msgid)) > SAME_IN_BOTH
    ]
    assert copies == []


@pytest.mark.parametrize("name", OURS)
def test_sources_are_english(name):
    """A Portuguese source string can never be shown in English."""
    portuguese = re.compile(r"[ãõçÃÕÇ]|\b(não|pedido|nota fiscal)\b", re.IGNORECASE)
    trade_terms = re.compile(
        r"inutilização|devolução|conferência|carta de correção", re.I
    )
    found = [
        f"{where}: {term}"
        for where, term in literals(name)
        if portuguese.search(trade_terms.sub("", term))
    ]
    assert found == []
