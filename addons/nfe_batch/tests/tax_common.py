from decimal import ROUND_HALF_UP, Decimal

from lxml import etree

from odoo import Command

NAMESPACE = "{http://www.portalfiscal.inf.br/nfe}"
CENT = Decimal("0.01")
# Own make, resale: within the state, to another one.
CFOP_SALE = {True: ("5101", "5102"), False: ("6107", "6108")}
CFOP_RETURN = {True: ("1201", "1202"), False: ("2201", "2202")}
PLAIN = {"quantity": 1}

# Interstate rate, internal rate of the destination, its FCP, in percent: what the
# regulation of the fiscal layer says for NCM 9403.30.00 from SP.
RATES = {
    "SP": ("12", "0", "0"),
    "RJ": ("12", "22", "4"),
    "MG": ("12", "18", "2"),
    "BA": ("7", "20.5", "2"),
    "SC": ("12", "17", "0"),
}
ADDRESSES = {
    "MG": ("39053344705", "base.state_br_mg", "l10n_br_base.city_3106200", "30110-000"),
    "BA": ("15350946056", "base.state_br_ba", "l10n_br_base.city_2927408", "40010-000"),
    "SC": ("86288366757", "base.state_br_sc", "l10n_br_base.city_4205407", "88010-000"),
}


def cents(amount):
    return amount.quantize(CENT, ROUND_HALF_UP)


def percent(amount, rate):
    return cents(amount * Decimal(rate) / 100)


def golden(state, *, own_make, gross, freight="0", discount="0"):
    """The taxes of an item sold from SP to a consumer, by hand.

    operation = goods − discount + freight; IPI of own make only, on the operation;
    ICMS, DIFAL and FCP on operation + IPI (single base); PIS and COFINS (not
    cumulative) on the operation; IBS and CBS on the operation without ICMS, DIFAL,
    FCP, PIS, COFINS. The item is worth operation + IPI.
    """
    inter, internal, fcp_rate = RATES[state]
    operation = Decimal(gross) - Decimal(discount) + Decimal(freight)
    ipi = percent(operation, "3.25") if own_make else Decimal("0.00")
    base = operation + ipi
    icms = percent(base, inter)
    difal = percent(base, internal) - icms if state != "SP" else Decimal("0.00")
    fcp = percent(base, fcp_rate)
    pis, cofins = percent(operation, "1.65"), percent(operation, "7.6")
    reform = operation - icms - difal - fcp - pis - cofins
    return {
        "base": base,
        "icms": icms,
        "difal": difal,
        "fcp": fcp,
        "ipi": ipi,
        "pis": pis,
        "cofins": cofins,
        "reform": reform,
        "ibs": percent(reform, "0.1"),
        "cbs": percent(reform, "0.9"),
        "total": base,
    }


def part_of(taxes, sold):
    """One of ``sold`` pieces comes back: each amount of the sale by its part."""
    shares = {name: cents(value / sold) for name, value in taxes.items()}
    return shares | {"total": cents((taxes["total"] - taxes["ipi"]) / sold)}


PATHS = {
    "base": "imposto/ICMS/*/vBC",
    "icms": "imposto/ICMS/*/vICMS",
    "difal": "imposto/ICMSUFDest/vICMSUFDest",
    "fcp": "imposto/ICMSUFDest/vFCPUFDest",
    "ipi": "imposto/IPI/IPITrib/vIPI",
    "pis": "imposto/PIS/*/vPIS",
    "cofins": "imposto/COFINS/*/vCOFINS",
    "reform": "imposto/IBSCBS/gIBSCBS/vBC",
    "ibs": "imposto/IBSCBS/gIBSCBS/vIBS",
    "cbs": "imposto/IBSCBS/gIBSCBS/gCBS/vCBS",
}


class Xml:
    """The authorised note as the SEFAZ has it."""

    def __init__(self, document):
        root = etree.fromstring(document.nfe_signed_id.raw)
        self.info = root.find(f".//{NAMESPACE}infNFe")

    def texts(self, path, node=None):
        path = "/".join(
            step if step == "*" else NAMESPACE + step for step in path.split("/")
        )
        node = self.info if node is None else node
        return [found.text for found in node.findall(path)]

    def items(self):
        return self.info.findall(f"{NAMESPACE}det")

    def taxes(self, item):
        """Amounts of an item, zero where the group is missing."""
        return {
            name: Decimal((self.texts(path, item) or ["0.00"])[0])
            for name, path in PATHS.items()
        }


class TaxMixin:
    """Consumers in five states, an article of own make and one for resale."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.consumers = {"SP": cls.partner_sp, "RJ": cls.partner}
        for state, (cpf, *address) in ADDRESSES.items():
            cls.consumers[state] = cls._make_partner(f"Cliente {state}", cpf, *address)
        cls.resale = cls._make_product("Luminária", "REV1", fiscal_type="00")

    def _line_command(self, product, amounts):
        return Command.create(
            {
                "product_id": product.id,
                "quantity": amounts["quantity"],
                "price_unit": 199.9,
                "discount_value": float(amounts.get("discount", 0)),
                "freight_value": float(amounts.get("freight", 0)),
                "fiscal_operation_id": self.operation.id,
            }
        )

    def _expected(self, state, items):
        return [
            golden(
                state,
                own_make=product == self.product,
                gross=Decimal("199.90") * amounts["quantity"],
                freight=amounts.get("freight", "0"),
                discount=amounts.get("discount", "0"),
            )
            for product, amounts in items
        ]

    def assertNote(self, document, expected, cfops):
        """The groups of the XML that the SEFAZ authorised."""
        xml = Xml(document)
        self.assertEqual(
            [xml.texts("prod/CFOP", item)[0] for item in xml.items()], list(cfops)
        )
        for item, taxes in zip(xml.items(), expected, strict=True):
            taxes = {key: value for key, value in taxes.items() if key != "total"}
            self.assertEqual(xml.taxes(item), taxes)
        self.assertEqual(
            Decimal(xml.texts("total/ICMSTot/vFCPUFDest")[0]),
            sum(taxes["fcp"] for taxes in expected),
        )
        return xml

    def assertReturnOf(self, xml, document):
        self.assertEqual(
            (xml.texts("ide/finNFe"), xml.texts("ide/tpNF")), (["4"], ["0"])
        )
        self.assertEqual(xml.texts("ide/NFref/refNFe"), [document.document_key])
