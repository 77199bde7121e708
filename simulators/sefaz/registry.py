"""CadConsultaCadastro4: the taxpayers of the state (MOC 7.0 section 5.6)."""

from __future__ import annotations

from . import answers
from .call import Call
from .cstat import Rejection, text
from .note import text as read
from .office import Office
from .store import Row


def consult(office: Office, call: Call) -> bytes:
    """Answer ConsCad for an IE, CNPJ or CPF."""
    call.raise_forced()
    asked = {
        name: read(call.root, f"infCons/{name}") or None
        for name in ("UF", "IE", "CNPJ", "CPF")
    }
    if asked["UF"] != office.state:
        raise Rejection(289)
    rows = office.store.rows(
        "SELECT * FROM taxpayer WHERE uf = ? AND (ie = ? OR vat = ?) ORDER BY ie",
        *(asked["UF"], asked["IE"], asked["CNPJ"] or asked["CPF"]),
    )
    if not rows:
        raise Rejection(259)
    call.cstat = 111 if len(rows) == 1 else 112
    found = [_row(row) for row in rows]
    return answers.registry(
        office, call.cstat, text(call.cstat), answers.fields(**asked), found
    )


def _row(row: Row) -> bytes:
    name = "CNPJ" if len(row["vat"]) == len("00000000000000") else "CPF"
    body = answers.fields(
        IE=row["ie"],
        **{name: row["vat"]},
        UF=row["uf"],
        cSit=row["enabled"],
        indCredNFe=1,
        indCredCTe=4,
        xNome=row["name"],
    )
    return f"<infCad>{body}</infCad>".encode()
