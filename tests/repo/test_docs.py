"""Pages that name what exists."""

import re

import polib
import pytest

from .source import ROOT, addons, files, label, text

PAGES = [path for path in files() if path.suffix == ".md"]
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)[^)]*\)")
ROLES = (
    "vendas",
    "arquivos",
    "cancelamento",
    "consumidores",
    "estoque",
    "expedicao",
    "fiscal",
    "shopee",
    "ti",
)
ROOT_PAGES = (
    "README.md",
    "README.en.md",
    "LICENSE",
    "CONTRIBUTING.md",
    "CHANGELOG.md",
    "SECURITY.md",
    "docs/architecture.md",
    "docs/operations.md",
)


@pytest.mark.parametrize("page", PAGES, ids=label)
def test_links_lead_somewhere(page):
    """Files and screenshots; addresses on the net are nobody's to check offline."""
    local = [
        target.split("#")[0]
        for target in LINK.findall(text(page))
        if not re.match(r"[a-z]+:|#", target)
    ]
    assert [target for target in local if not (page.parent / target).exists()] == []


@pytest.mark.parametrize("name", ROOT_PAGES)
def test_page_is_there(name):
    assert text(ROOT / name).strip()


@pytest.mark.parametrize("role", ROLES)
def test_each_role_has_a_short_page(role):
    page = text(ROOT / f"docs/pt_BR/{role}.md")
    assert page.startswith("# ")
    assert len(page.splitlines()) <= 120


@pytest.mark.parametrize("role", ROLES)
def test_menus_and_buttons_are_called_so_on_the_screen(role):
    """`**Menu ▸ Entry**` and `clique em **Button**` are translations of ours."""
    labels = {
        entry.msgstr
        for addon in addons().values()
        for path in addon.files("i18n/pt_BR.po")
        for entry in polib.pofile(str(path))
    }
    page = re.sub(r"\s+", " ", text(ROOT / f"docs/pt_BR/{role}.md"))
    named = {
        part
        for path in re.findall(r"\*\*([^*]+ ▸ [^*]+)\*\*", page)
        for part in path.split(" ▸ ")
    }
    named |= set(re.findall(r"[Cc]lique em \*\*([^*]+)\*\*", page))
    assert named - labels == set()


@pytest.mark.parametrize("name", sorted(addons()))
def test_addon_is_in_every_table(name):
    for page in ("README.md", "README.en.md", "docs/architecture.md"):
        assert f"`{name}`" in text(ROOT / page), page
    headings = re.findall(r"^### (\w+)$", text(ROOT / "CHANGELOG.md"), re.MULTILINE)
    assert name in headings


def test_no_addon_is_promised():
    named = re.findall(r"^\| `(\w+)` \|", text(ROOT / "README.md"), re.MULTILINE)
    assert set(named) == set(addons())


def test_decisions_are_numbered():
    names = sorted(p.name for p in files() if p.parent == ROOT / "docs/decisions")
    numbers = [int(name[:3]) for name in names]
    assert numbers == list(range(1, len(names) + 1))
    assert names


def test_commands_of_the_pages_exist():
    named = {
        (label(page), command)
        for page in PAGES
        for command in re.findall(r"\bbin/[a-z0-9_/]+(?:\.py|\.sh)?", text(page))
    }
    assert [
        (p, c) for p, c in sorted(named) if not (ROOT / c.rstrip("/")).exists()
    ] == []
