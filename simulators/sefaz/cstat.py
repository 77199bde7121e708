"""Official result codes (cStat) and their texts (xMotivo).

Sources: MOC 7.0, tables of the visão geral and of anexo I; NT 2020.006
(intermediary), NT 2025.001 (synchronous lots, invoice), NT 2025.002 (IBS and CBS).
"""

from __future__ import annotations

TEXTS: dict[int, str] = {
    100: "Autorizado o uso da NF-e",
    101: "Cancelamento de NF-e homologado",
    102: "Inutilização de número homologado",
    103: "Lote recebido com sucesso",
    104: "Lote processado",
    105: "Lote em processamento",
    106: "Lote não localizado",
    107: "Serviço em Operação",
    108: "Serviço Paralisado Momentaneamente (curto prazo)",
    109: "Serviço Paralisado sem Previsão",
    110: "Uso Denegado",
    111: "Consulta cadastro com uma ocorrência",
    112: "Consulta cadastro com mais de uma ocorrência",
    113: "SVC em processo de desativação",
    114: "SVC desabilitada pela SEFAZ de Origem",
    124: "EPEC Autorizado",
    128: "Lote de Evento Processado",
    135: "Evento registrado e vinculado a NF-e",
    136: "Evento registrado, mas não vinculado a NF-e",
    137: "Nenhum documento localizado",
    138: "Documento(s) localizado(s)",
    142: "Ambiente de Contingência EPEC bloqueado para o Emitente",
    150: "Autorizado o uso da NF-e, autorização fora de prazo",
    151: "Cancelamento de NF-e homologado fora de prazo",
    155: "Cancelamento homologado fora de prazo",
    201: "Número máximo de numeração a inutilizar ultrapassou o limite",
    203: "Emissor não habilitado para emissão de NF-e",
    204: "Duplicidade de NF-e",
    205: "NF-e está denegada na base de dados da SEFAZ",
    206: "NF-e já está inutilizada na Base de Dados da SEFAZ",
    207: "CNPJ do emitente inválido",
    208: "CNPJ do destinatário inválido",
    213: "CNPJ-Base do Emitente difere do CNPJ-Base do Certificado Digital",
    214: "Tamanho da mensagem excedeu o limite estabelecido",
    215: "Falha no schema XML",
    217: "NF-e não consta na base de dados da SEFAZ",
    218: "NF-e já está cancelada na base de dados da SEFAZ",
    219: "Circulação da NF-e verificada",
    220: "Prazo de Cancelamento superior ao previsto na Legislação",
    221: "Confirmado o recebimento da NF-e pelo destinatário",
    222: "Protocolo de Autorização de Uso difere do cadastrado",
    223: "CNPJ do transmissor do lote difere do CNPJ do transmissor da consulta",
    224: "A faixa inicial é maior que a faixa final",
    225: "Falha no Schema XML do lote de NFe",
    226: "Código da UF do Emitente diverge da UF autorizadora",
    228: "Data de Emissão muito atrasada",
    236: "Chave de Acesso com dígito verificador inválido",
    237: "CPF do destinatário inválido",
    239: "Cabeçalho - Versão do arquivo XML não suportada",
    240: "Cancelamento/Inutilização - Irregularidade Fiscal do Emitente",
    241: "Um número da faixa já foi utilizado",
    243: "XML Mal Formado",
    247: "Sigla da UF do Emitente diverge da UF autorizadora",
    248: "UF do Recibo diverge da UF autorizadora",
    249: "UF da Chave de Acesso diverge da UF autorizadora",
    250: "UF diverge da UF autorizadora",
    252: "Ambiente informado diverge do Ambiente de recebimento",
    253: "Digito Verificador da chave de acesso composta inválida",
    254: "NF-e complementar não possui NF referenciada",
    255: "NF-e complementar possui mais de uma NF referenciada",
    256: "Uma NF-e da faixa já está inutilizada na Base de dados da SEFAZ",
    259: "CNPJ da consulta não cadastrado como contribuinte na UF",
    280: "Certificado Transmissor inválido",
    281: "Certificado Transmissor Data Validade",
    282: "Certificado Transmissor sem CNPJ",
    289: "Código da UF informada diverge da UF solicitada",
    290: "Certificado Assinatura inválido",
    291: "Certificado Assinatura Data Validade",
    292: "Certificado Assinatura sem CNPJ",
    293: "Certificado Assinatura - erro Cadeia de Certificação",
    297: "Assinatura difere do calculado",
    298: "Assinatura difere do padrão do Sistema",
    301: "Uso Denegado: Irregularidade fiscal do emitente",
    302: "Uso Denegado: Irregularidade fiscal do destinatário",
    303: "Uso Denegado: Destinatário não habilitado a operar na UF",
    321: "NF-e de devolução de mercadoria não possui documento fiscal referenciado",
    323: "CNPJ autorizado para download inválido",
    324: "CNPJ do destinatário já autorizado para download",
    325: "CPF autorizado para download inválido",
    326: "CPF do destinatário já autorizado para download",
    351: "Valor do ICMS da Operação no CST=51 difere do produto BC e Alíquota",
    352: "Valor do ICMS Diferido no CST=51 difere do produto Valor ICMS Operação "
    "e percentual diferimento",
    353: "Valor do ICMS no CST=51 não corresponde a diferença do ICMS operação e "
    "ICMS diferido",
    354: "Informado grupo de devolução de tributos para NF-e que não tem "
    "finalidade de devolução de mercadoria",
    355: "Informar o local de saída do Pais no caso da exportação",
    356: "Informar o local de saída do Pais somente no caso da exportação",
    402: "XML da área de dados com codificação diferente de UTF-8",
    404: "Uso de prefixo de namespace não permitido",
    416: "Falha na descompactação da área de dados",
    434: "NF-e sem indicativo do intermediador",
    435: "NF-e não pode ter o indicativo do intermediador",
    438: "Obrigatória as informações do intermediador da transação para operação "
    "por site de terceiros",
    439: "Informações do intermediador da transação para operação por site de "
    "terceiros preenchido indevidamente",
    440: "CNPJ do intermediador da transação inválido",
    441: "Descrição do pagamento obrigatória para meio de pagamento 99-Outros",
    410: "UF informada no campo cUF não é atendida pelo Web Service",
    450: "Modelo da NF-e diferente de 55",
    452: "Solicitada resposta assíncrona para Lote com somente 1 (uma) NF-e",
    453: "Ano de inutilização não pode ser superior ao Ano atual",
    454: "Ano de inutilização não pode ser inferior a 2006",
    455: "Órgão Autor do evento diferente da UF da Chave de Acesso",
    467: "Dados da NF-e divergentes do EPEC",
    468: "NF-e com Tipo Emissão = 4, sem EPEC correspondente",
    484: "Chave de Acesso com tipo de emissão diferente de 4 (posição 35 da Chave de "
    "Acesso)",
    485: "Duplicidade de numeração do EPEC (Modelo, CNPJ ou CPF, Série e Número)",
    491: "O tpEvento informado inválido",
    493: "Evento não atende o Schema XML específico",
    494: "Chave de Acesso inexistente",
    501: "Prazo de cancelamento superior ao previsto na Legislação",
    502: "Erro na Chave de Acesso - Campo Id não corresponde à concatenação dos "
    "campos correspondentes",
    506: "Data de Saída menor que a Data de Emissão",
    507: "O CNPJ do destinatário/remetente não deve ser informado em operação "
    "com o exterior",
    509: "Informado código de município diferente de 9999999 para operação com o "
    "exterior",
    510: "Operação com Exterior e Código País destinatário é 1058 (Brasil) ou "
    "não informado",
    511: "Não é de Operação com Exterior e Código País destinatário difere de "
    "1058 (Brasil)",
    516: "Falha no schema XML - inexiste a tag raiz esperada para a mensagem",
    518: "CFOP de entrada para NF-e de saída",
    519: "CFOP de saída para NF-e de entrada",
    528: "Valor do ICMS difere do produto BC e Alíquota",
    531: "Total da BC ICMS difere do somatório dos itens",
    532: "Total do ICMS difere do somatório dos itens",
    533: "Total da BC ICMS-ST difere do somatório dos itens",
    534: "Total do ICMS-ST difere do somatório dos itens",
    535: "Total do Frete difere do somatório dos itens",
    536: "Total do Seguro difere do somatório dos itens",
    537: "Total do Desconto difere do somatório dos itens",
    538: "Total do IPI difere do somatório dos itens",
    539: "Duplicidade de NF-e com diferença na Chave de Acesso",
    542: "CNPJ do Transportador inválido",
    543: "CPF do Transportador inválido",
    547: "Dígito Verificador da Chave de Acesso da NF-e Referenciada inválido",
    556: "Justificativa de entrada em contingência não deve ser informada para "
    "tipo de emissão normal",
    557: "A Justificativa de entrada em contingência deve ser informada",
    558: "Data de entrada em contingência posterior a data de recebimento",
    559: "UF do Transportador não informada",
    562: "Código Numérico informado na Chave de Acesso difere do Código Numérico da "
    "NF-e",
    563: "Já existe pedido de Inutilização com a mesma faixa de inutilização",
    564: "Total do Produto / Serviço difere do somatório dos itens",
    569: "Data de entrada em contingência muito atrasada",
    570: "Tipo de Emissão 3, 6 ou 7 só é válido nas contingências SCAN/SVC",
    572: "Erro Atributo ID do evento não corresponde a concatenação dos campos "
    "(ID + tpEvento + chNFe + nSeqEvento)",
    573: "Duplicidade de Evento",
    574: "O autor do evento diverge do emissor da NF-e",
    577: "A data do evento não pode ser menor que a data de emissão da NF-e",
    578: "A data do evento não pode ser maior que a data do processamento",
    579: "A data do evento não pode ser menor que a data de autorização para NF-e "
    "não emitida em contingência",
    580: "O evento exige uma NF-e autorizada",
    587: "Usar somente o namespace padrão da NF-e",
    588: "Não é permitida a presença de caracteres de edição no início/fim da "
    "mensagem ou entre as tags da mensagem",
    589: "Número do NSU informado superior ao maior NSU do Ambiente Nacional",
    593: "CNPJ-Base consultado difere do CNPJ-Base do Certificado Digital",
    594: "O número de sequencia do evento informado é maior que o permitido",
    598: "NF-e emitida em ambiente de homologação com Razão Social do destinatário "
    "diferente de NF-E EMITIDA EM AMBIENTE DE HOMOLOGACAO - SEM VALOR FISCAL",
    601: "Total do II difere do somatório dos itens",
    602: "Total do PIS difere do somatório dos itens sujeitos ao ICMS",
    603: "Total da COFINS difere do somatório dos itens sujeitos ao ICMS",
    604: "Total do vOutro difere do somatório dos itens",
    610: "Total da NF difere do somatório dos Valores compõe o valor Total da NF",
    613: "Chave de Acesso difere da existente em BD",
    629: "Valor do Produto difere do produto Valor Unitário de Comercialização e "
    "Quantidade Comercial",
    630: "Valor do Produto difere do produto Valor Unitário de Tributação e "
    "Quantidade Tributável",
    635: "NF-e com mesmo número e série já transmitida e aguardando processamento",
    640: "CNPJ/CPF do interessado não possui permissão para consultar esta NF-e",
    641: "NF-e indisponível para o emitente",
    653: "NF-e Cancelada, arquivo indisponível para download",
    656: "Consumo indevido pelo aplicativo da empresa",
    657: "Código do Órgão diverge do órgão autorizador",
    659: "Ano-Mês da Data de Emissão diverge do Ano_Mês da Chave de Acesso",
    661: "NF-e já existente para o número do EPEC informado",
    662: "Numeração do EPEC está inutilizada na Base de Dados da SEFAZ",
    680: "Duplicidade de NF-e referenciada (Chave de Acesso referenciada mais de "
    "uma vez)",
    685: "Total do Valor Aproximado dos Tributos difere do somatório dos itens",
    691: "Chave de Acesso da NF-e diverge da Chave de Acesso do EPEC",
    692: "Existe EPEC registrado para esta Série e Número",
    693: "Alíquota de ICMS superior à definida para a operação interestadual",
    694: "Não informado o grupo de ICMS para a UF de destino",
    695: "Informado indevidamente o grupo de ICMS para a UF de destino",
    696: "Operação com não contribuinte deve indicar operação com consumidor final",
    699: "Percentual do ICMS Interestadual para a UF de destino difere do previsto "
    "para o ano da Data de Emissão",
    703: "Data-Hora de Emissão posterior ao horário de recebimento",
    713: "Tipo de Emissão diferente de 6 ou 7 para contingência da SVC acessada",
    720: "Na operação com Exterior deve ser informada tag idEstrangeiro",
    727: "Operação com Exterior e UF diferente de EX",
    732: "CFOP de operação interestadual e idDest diferente de 2",
    733: "CFOP de operação interna e idDest diferente de 1",
    745: "NF-e sem grupo do PIS",
    748: "NF-e sem grupo da COFINS",
    764: "Solicitada resposta síncrona para Lote com mais de uma NF-e (indSinc=1)",
    772: "Operação Interestadual e UF de destino igual à UF do emitente",
    773: "Operação Interna e UF de destino difere da UF do emitente",
    778: "Informado NCM inexistente",
    790: "Operação com Exterior para destinatário Contribuinte de ICMS",
    791: "NF-e com indicação de destinatário isento de IE, com a informação da "
    "IE do destinatário",
    792: "Informada a IE do destinatário para operação com destinatário no Exterior",
    795: "Total do ICMS desonerado difere do somatório dos itens",
    798: "Valor total do ICMS relativo Fundo de Combate à Pobreza (FCP) da UF de "
    "destino difere do somatório do valor dos itens",
    799: "Valor total do ICMS Interestadual da UF de destino difere do somatório "
    "dos itens",
    800: "Valor total do ICMS Interestadual da UF do remetente difere do somatório "
    "dos itens",
    815: "Valor do ICMS Interestadual para UF de Destino difere do calculado",
    851: "Soma do valor das parcelas difere do Valor Líquido da Fatura",
    852: "Número da parcela inválido ou não informado",
    853: "Dados de cobrança não devem ser informados para pagamento à vista",
    861: "Total do FCP difere do somatório dos itens",
    862: "Total do FCP ST difere do somatório dos itens",
    863: "Total do IPI devolvido difere do somatório dos itens",
    871: "O campo Forma de Pagamento deve ser preenchido com a opção Sem Pagamento",
    876: "Operação interestadual para Consumidor Final e valor do FCP informado em "
    "campo diferente de vFCPUFDest",
    897: "Código numérico em formato inválido",
    898: "Data de vencimento da parcela não informada ou menor que Data de Autorização",
    904: "Informado indevidamente campo valor de pagamento",
    999: "Erro não catalogado",
    1001: "NF-e com finalidade de débito ou crédito somente para IBS/CBS",
    1115: "Não informado o grupo de IBS e CBS",
}

_RESULTS = {
    *range(100, 111),
    *(111, 112, 113, 114, 124, 128, 135, 136, 137, 138, 150, 151, 155),
    *(301, 302, 303),
}
"""Codes that report a result; every other text starts with "Rejeição: "."""

MAX_TEXT = 255
"""TMotivo of tiposBasico_v4.00.xsd."""


def text(code: int, detail: str = "") -> str:
    """Return the xMotivo of ``code``, with ``detail`` appended in brackets."""
    base = TEXTS.get(code, "Erro não catalogado")
    prefix = "" if code in _RESULTS else "Rejeição: "
    suffix = f" [{detail}]" if detail else ""
    return f"{prefix}{base}{suffix}"[:MAX_TEXT].strip()


class Rejection(Exception):
    """A rule refused the message: the code, and the xMotivo to answer.

    ``detail`` is appended to the official text, ``message`` replaces it.
    """

    def __init__(self, code: int, detail: str = "", message: str = "") -> None:
        self.code = code
        self.reason = message or text(code, detail)
        super().__init__(self.reason)
