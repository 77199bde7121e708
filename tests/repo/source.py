"""The repository as plain data: files, manifests, models, records; without Odoo."""

import ast
import csv
import subprocess
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from lxml import etree

ROOT = Path(__file__).resolve().parents[2]
ADDONS = ROOT / "addons"
MODEL_BASES = {"Model", "TransientModel", "AbstractModel"}


@cache
def files() -> tuple[Path, ...]:
    """Every file that is, or is about to be, under version control."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    paths = (ROOT / name for name in sorted(set(listed.split("\0")) - {""}))
    return tuple(path for path in paths if path.is_file())


def label(path: Path) -> str:
    """A path as people name it."""
    return path.relative_to(ROOT).as_posix()


@cache
def text(path: Path) -> str:
    """Content of a text file; empty when it is none or not there."""
    try:
        return path.read_text()
    except (FileNotFoundError, UnicodeDecodeError):
        return ""


@cache
def tree(path: Path) -> ast.Module:
    """The syntax tree of a Python file."""
    return ast.parse(text(path), filename=label(path))


@dataclass(frozen=True)
class Model:
    """A class that defines or extends a model."""

    addon: str
    path: Path
    name: str
    base: str
    is_new: bool
    fields: dict[str, ast.Call] = field(hash=False)

    @property
    def table(self) -> str:
        """The name as it stands in xmlids."""
        return self.name.replace(".", "_")


@dataclass(frozen=True)
class Record:
    """One record of a data file; `values` holds text, ref or eval of each field."""

    addon: str
    path: Path
    model: str
    xmlid: str
    values: dict[str, str] = field(hash=False)
    arch: str = ""
    """Tag of the root of a view's architecture."""


@dataclass(frozen=True)
class Addon:
    """One folder of addons/."""

    name: str
    path: Path
    manifest: dict = field(hash=False)

    def files(self, pattern: str) -> list[Path]:
        """Files below the addon that match, without caches."""
        known = set(files())
        return [path for path in sorted(self.path.rglob(pattern)) if path in known]

    @property
    def code(self) -> list[Path]:
        """Python files without tests and migrations."""
        skipped = {"tests", "migrations"}
        return [
            path
            for path in self.files("*.py")
            if not skipped & set(path.relative_to(self.path).parts)
        ]

    @property
    def models(self) -> list[Model]:
        """Classes of models, in the order of the files."""
        return [model for path in self.code for model in _models(self.name, path)]

    @property
    def records(self) -> list[Record]:
        """Records of all XML data files."""
        return [
            r for path in self.data_files(".xml") for r in _records(self.name, path)
        ]

    @property
    def acl(self) -> list[dict[str, str]]:
        """Rows of security/ir.model.access.csv."""
        path = self.path / "security/ir.model.access.csv"
        if not path.exists():
            return []
        with path.open(newline="") as stream:
            return list(csv.DictReader(stream))

    def data_files(self, suffix: str) -> list[Path]:
        """Data files that the manifest names, as paths that exist."""
        names = [*self.manifest.get("data", []), *self.manifest.get("demo", [])]
        paths = [self.path / name for name in names if name.endswith(suffix)]
        return [path for path in paths if path.exists()]


@cache
def addons() -> dict[str, Addon]:
    """Technical name -> addon."""
    return {
        path.parent.name: Addon(
            path.parent.name, path.parent, ast.literal_eval(path.read_text())
        )
        for path in sorted(ADDONS.glob("*/__manifest__.py"))
    }


@cache
def closure(name: str) -> frozenset[str]:
    """Our addons that one depends on, directly or not, itself included."""
    ours = addons()
    direct = [other for other in ours[name].manifest["depends"] if other in ours]
    return frozenset({name}).union(*(closure(other) for other in direct))


def _models(addon: str, path: Path) -> list[Model]:
    found = []
    for node in tree(path).body:
        if not isinstance(node, ast.ClassDef):
            continue
        base = next((b for b in map(_last_name, node.bases) if b in MODEL_BASES), None)
        if base is None:
            continue
        attributes = _attributes(node)
        inherited = _strings(attributes.get("_inherit"))
        names = _strings(attributes.get("_name")) or inherited[:1]
        if names:
            is_new = "_name" in attributes and names[0] not in inherited
            fields = {
                key: value
                for key, value in attributes.items()
                if isinstance(value, ast.Call) and _is_field(value)
            }
            found.append(Model(addon, path, names[0], base, is_new, fields))
    return found


def _attributes(node: ast.ClassDef) -> dict[str, ast.expr]:
    return {
        target.id: statement.value
        for statement in node.body
        if isinstance(statement, ast.Assign)
        for target in statement.targets
        if isinstance(target, ast.Name)
    }


def _last_name(node: ast.expr) -> str:
    return getattr(node, "attr", getattr(node, "id", ""))


def _is_field(call: ast.Call) -> bool:
    owner = getattr(call.func, "value", None)
    return isinstance(owner, ast.Name) and owner.id == "fields"


def _strings(node: ast.expr | None) -> list[str]:
    """The strings of a literal: one, or those of a list."""
    elements = getattr(node, "elts", [node])
    return [
        element.value
        for element in elements
        if isinstance(element, ast.Constant) and isinstance(element.value, str)
    ]


def _records(addon: str, path: Path) -> list[Record]:
    found = []
    for node in etree.parse(str(path)).iter("record"):
        values, arch = {}, ""
        for child in node.iterchildren("field"):
            name = child.get("name")
            content = child.get("ref") or child.get("eval") or (child.text or "")
            values[name] = content.strip()
            if name == "arch":
                arch = next((e.tag for e in child.iterchildren("*")), "")
        xmlid = node.get("id", "")
        found.append(Record(addon, path, node.get("model", ""), xmlid, values, arch))
    return found


def keyword(call: ast.Call, name: str) -> ast.expr | None:
    """The value of a keyword argument."""
    return next((k.value for k in call.keywords if k.arg == name), None)


def constant(node: ast.expr | None):
    """The value of a literal, None for anything else."""
    return node.value if isinstance(node, ast.Constant) else None


def qualified_calls(path: Path):
    """Each call of a file with the dotted name of the function around it."""

    def walk(node: ast.AST, scope: tuple[str, ...]):
        inner = scope
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            inner = (*scope, node.name)
        if isinstance(node, ast.Call):
            yield ".".join(scope) or "module", node
        for child in ast.iter_child_nodes(node):
            yield from walk(child, inner)

    yield from walk(tree(path), ())


def etree_tags(addon: str, tag: str) -> list[str]:
    """Ids of the elements of a kind in the addon's data files."""
    return [
        node.get("id", "")
        for path in addons()[addon].data_files(".xml")
        for node in etree.parse(str(path)).iter(tag)
    ]


def etree_strings(addon: str) -> list[str]:
    """Labels that stand as attributes in views and menus."""
    found = []
    for path in addons()[addon].data_files(".xml"):
        root = etree.parse(str(path)).getroot()
        for view in root.iter("record"):
            if view.get("model") != "ir.ui.view":
                continue
            for node in view.iter("*"):
                keys = ("string", "placeholder", "confirm", "help")
                found += [node.get(key).strip() for key in keys if node.get(key)]
        found += [
            node.get("name") for node in root.iter("menuitem") if node.get("name")
        ]
    return found
