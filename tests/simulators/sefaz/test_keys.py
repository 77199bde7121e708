"""Keys and taxpayer numbers against an independent library."""

from __future__ import annotations

import pytest
from erpbrasil.base.fiscal import cnpj_cpf
from erpbrasil.base.fiscal.edoc import ChaveEdoc

from simulators.sefaz.keys import AccessKey, is_cnpj, is_cpf

from .builder import key_for
from .conftest import NOW


@pytest.mark.parametrize("cnpj", ["11222333000181", "12ABC34501DE35"])
@pytest.mark.parametrize("number", [1, 22, 333, 4444, 999999999])
def test_keys_of_the_library_are_valid(cnpj, number):
    key = AccessKey(key_for(number, NOW, cnpj))
    assert key.is_valid
    assert (key.uf, key.year_month, key.cnpj) == ("35", "2611", cnpj)
    assert (key.model, key.series, key.number) == ("55", 1, number)
    assert ChaveEdoc(key.value).digito_verificador == key.value[43]


def test_any_other_digit_is_invalid():
    body = key_for(1, NOW)[:43]
    assert sum(AccessKey(body + digit).is_valid for digit in "0123456789") == 1


@pytest.mark.parametrize(
    "number",
    ["11222333000181", "11222333000182", "12ABC34501DE35", "12ABC34501DE36"]
    + ["00000000000000", "1122233300018", "1122233300018A"],
)
def test_cnpj(number):
    expected = number != "0" * 14 and bool(cnpj_cpf.validar_cnpj(number))
    assert is_cnpj(number) == expected


@pytest.mark.parametrize(
    "number", ["52998224725", "52998224726", "11111111111", "5299822472", "0" * 11]
)
def test_cpf(number):
    assert is_cpf(number) == bool(cnpj_cpf.validar_cpf(number))
