"""No secret and no CPF in a text that goes to a log."""

import pytest

from odoo.addons.industry_b2c_sales.domain.redact import redact


@pytest.mark.parametrize(
    "secret",
    [
        "APP_USR-123456-090515-8cc4448aac10d5105474e1351-1234567",
        "TG-5b9032b4e23464aed1f959f-1234567",
        "Bearer abc.def-123",
        "client_secret=9hT2",
        '"refresh_token": "anything"',
        "maria.teste@mail.example",
    ],
)
def test_secret_goes(secret):
    assert redact(f"before {secret} after").replace(chr(34), "").split() == [
        "before",
        "***",
        "after",
    ]


@pytest.mark.parametrize(
    "harmless",
    [
        "order 2000003508897196",
        "shipment 41297142475",
        "key 35250711222333000181550020000000011000000018",
        "CNPJ 11222333000181",
        "error_code wrong_receiver_cpf",
    ],
)
def test_ids_stay(harmless):
    assert redact(harmless) == harmless


def test_cpf_is_masked_alike_everywhere():
    text = "CPF 529.982.247-25, 52998224725, CNPJ 11.222.333/0001-81, pedido 2000001"
    assert redact(text) == (
        "CPF ***.982.247-**, ***.982.247-**, CNPJ 11.222.333/0001-81, pedido 2000001"
    )


@pytest.mark.parametrize("other", ["52998224724", "5299822472"])
def test_numbers_that_are_no_cpf_stay(other):
    assert redact(other) == other
