"""Build and sign notes with PyNFe, in its own environment: JSON in, one figure out.

PyNFe knows no ICMSUFDest, no infIntermed and no IBS/CBS, so its notes are smaller than
ours. The certificate is opened once, which is more than its manual does.
"""

import json
import sys
import time
from datetime import datetime
from decimal import Decimal

from pynfe.entidades.cliente import Cliente
from pynfe.entidades.emitente import Emitente
from pynfe.entidades.fonte_dados import _fonte_dados
from pynfe.entidades.notafiscal import NotaFiscal
from pynfe.processamento.assinatura import AssinaturaA1
from pynfe.processamento.serializacao import SerializacaoXML

BRAZIL = "1058"


def address(party):
    """The fields of an address, as every party of PyNFe has them."""
    place = party["address"]
    return {
        "endereco_logradouro": place["street"],
        "endereco_numero": place["number"],
        "endereco_complemento": place["complement"],
        "endereco_bairro": place["district"],
        "endereco_municipio": place["city"],
        "endereco_uf": place["state"],
        "endereco_cep": place["zip_code"],
        "endereco_pais": BRAZIL,
    }


def add_item(nota, item):
    """A line with its ICMS, PIS and COFINS."""
    price, quantity = Decimal(item["unit_price"]), Decimal(item["quantity"])
    icms = item["taxes"]["icms"]
    nota.adicionar_produto_servico(
        codigo=item["code"],
        descricao=item["description"],
        ncm=item["ncm"],
        cfop=item["cfop"],
        unidade_comercial=item["unit"],
        ean="SEM GTIN",
        ean_tributavel="SEM GTIN",
        quantidade_comercial=quantity,
        valor_unitario_comercial=price,
        valor_total_bruto=Decimal(item["gross"]),
        unidade_tributavel=item["unit"],
        quantidade_tributavel=quantity,
        valor_unitario_tributavel=price,
        ind_total=1,
        icms_modalidade="00",
        icms_origem=int(icms["origin"] or 0),
        icms_modalidade_determinacao_bc=3,
        icms_valor_base_calculo=Decimal(icms["base"]),
        icms_aliquota=Decimal(icms["rate"]),
        icms_valor=Decimal(icms["value"]),
        pis_modalidade="07",
        cofins_modalidade="07",
        valor_tributos_aprox=item["taxes"]["approximate"],
    )


def build(note):
    """The entities of one note; PyNFe keeps them in a source of its own."""
    header, issuer, recipient = note["header"], note["issuer"], note["recipient"]
    issued = datetime.fromisoformat(header["issued_at"])
    nota = NotaFiscal(
        emitente=Emitente(
            razao_social=issuer["name"],
            nome_fantasia=issuer["trade_name"],
            cnpj=issuer["vat"],
            codigo_de_regime_tributario=issuer["tax_regime"],
            inscricao_estadual=issuer["state_registration"],
            **address(issuer),
        ),
        cliente=Cliente(
            razao_social=recipient["name"],
            tipo_documento="CPF",
            numero_documento=recipient["vat"],
            indicador_ie=9,
            **address(recipient),
        ),
        uf=issuer["address"]["state"],
        natureza_operacao=header["operation"],
        modelo=55,
        serie=str(header["series"]),
        numero_nf=str(header["number"]),
        data_emissao=issued,
        data_saida_entrada=issued,
        tipo_documento=1,
        municipio=header["city_code"],
        tipo_impressao_danfe=1,
        forma_emissao="1",
        cliente_final=1,
        indicador_destino=header["destination"],
        indicador_presencial=2,
        finalidade_emissao="1",
        processo_emissao="0",
        transporte_modalidade_frete=0,
    )
    for item in note["items"]:
        add_item(nota, item)
    for payment in note["payments"]:
        nota.adicionar_pagamento(
            t_pag=payment["method"],
            x_pag=payment["description"],
            v_pag=Decimal(payment["amount"]),
        )


given = json.load(sys.stdin)
pen = AssinaturaA1(given["certificate"], given["password"])


def work(note):
    """Build, serialise and sign one note."""
    build(note)
    tree = SerializacaoXML(_fonte_dados, homologacao=True).exportar()
    return pen.assinar(tree, retorna_string=True)


assert "SignatureValue" in work(given["notes"][0])  # noqa: S101
rounds = []
for _round in range(given["rounds"]):
    start = time.process_time()
    for one in given["notes"]:
        work(one)
    rounds.append(time.process_time() - start)
print(json.dumps({"ms": round(min(rounds) * 1000 / len(given["notes"]), 1)}))
