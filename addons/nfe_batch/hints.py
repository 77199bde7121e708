"""What a person does about a problem, by its code; for the rejections see MOC 7.0,
anexo I, and the technical notes named in ``domain.cstat``."""

from odoo.tools.translate import LazyTranslate

from . import const

_lt = LazyTranslate(__name__)

_RECIPIENT_VAT = _lt("Correct the CPF or CNPJ of the customer.")
_RECIPIENT_IE = _lt(
    "Correct the state registration (IE) of the customer, or mark the customer as no "
    "ICMS taxpayer."
)
_CITY = _lt("Choose the city again in the address: its IBGE code and state must agree.")
_INTERMEDIARY = _lt(
    "Check the presence of the buyer and the CNPJ and seller identification of the "
    "marketplace."
)
_CARD = _lt("Complete the card data of the payment: type of integration and CNPJ.")
_PAYMENT = _lt("Make the payments add up to the total of the note.")
_DIFAL = _lt(
    "Check DIFAL and FCP of the line against the state of the customer: operation "
    "line, rate of the state, final consumer."
)
_FORM = _lt(
    "The form of the file is wrong: sending it again does not help. Open the XML and "
    "report it to support."
)
_CERTIFICATE = _lt(
    "Install a valid e-CNPJ of this company (Configuration Check tells which); the "
    "notes are sent then."
)
_DUPLICATE = _lt("Nothing to do: the note is read back by its key and adopted.")
_NUMBER_TAKEN = _lt(
    "The number stands at the SEFAZ under another key: look that key up at the SEFAZ's "
    "portal, then cancel this document and issue it under a new number."
)
_AGAIN = _lt("Nothing to do: it is sent again on its own.")
_TAX_CODES = _lt("Check CST and classification of IBS and CBS of the product.")
_CNPJ_REGISTER = _lt(
    "The CNPJ does not stand well in the register of the Receita Federal: check its "
    "situation there."
)

HINTS = {
    const.PREFLIGHT: _lt("Open the note, correct what it lists and confirm it again."),
    const.CERTIFICATE_MISSING: _CERTIFICATE,
    const.CERTIFICATE_EXPIRED: _CERTIFICATE,
    const.CERTIFICATE_INVALID: _lt("Check the file and the password of the e-CNPJ."),
    const.SEFAZ_UNAVAILABLE: _AGAIN,
    const.SEFAZ_PAUSED: _lt(
        "Nothing to do for an hour; look for what was sent again and again."
    ),
    const.OUTCOME_UNKNOWN: _lt(
        "Nothing to do: its situation is asked for. Do not issue another note."
    ),
    const.VETOED: _lt("The order holds the note back: look at the order."),
    const.SCHEMA: _FORM,
    const.DIGEST_MISMATCH: _lt(
        "Compare our XML with the one at the SEFAZ's portal before anything else."
    ),
    const.DUPLICATE_OTHER_KEY: _NUMBER_TAKEN,
    const.MOVE_NOT_CANCELLED: _lt(
        "The note is cancelled at the SEFAZ: cancel its invoice by hand."
    ),
    const.CORRECTION_IMPOSSIBLE: _lt(
        "The correction letter came too late or once too often."
    ),
    **{f"sefaz_{code}": _CNPJ_REGISTER for code in range(178, 187)},
    **{f"sefaz_{code}": _CERTIFICATE for code in (*range(280, 287), *range(290, 297))},
    **{
        f"sefaz_{code}": _FORM for code in (214, 215, 225, 297, 298, 402, 404, 587, 588)
    },
    **{f"sefaz_{code}": _AGAIN for code in (105, 108, 109, 635, 999)},
    "sefaz_203": _lt(
        "The company is not accredited to issue NF-e in its state: ask the SEFAZ."
    ),
    "sefaz_204": _DUPLICATE,
    "sefaz_206": _lt("The number was voided: cancel this document, issue a new one."),
    "sefaz_207": _lt("Correct the CNPJ of the company."),
    "sefaz_208": _RECIPIENT_VAT,
    "sefaz_209": _lt("Correct the state registration (IE) of the company."),
    "sefaz_210": _RECIPIENT_IE,
    "sefaz_213": _lt("The certificate is of another CNPJ: install the company's own."),
    "sefaz_226": _lt("Correct the state of the company."),
    "sefaz_228": _lt(
        "The date of issue is too old: set the note back to draft and confirm it again."
    ),
    "sefaz_230": _lt("The state does not know the IE of the company: check it."),
    "sefaz_232": _RECIPIENT_IE,
    "sefaz_233": _RECIPIENT_IE,
    "sefaz_234": _RECIPIENT_IE,
    "sefaz_237": _RECIPIENT_VAT,
    "sefaz_252": _lt("Set the right environment in the company's form, tab NF-e."),
    **{f"sefaz_{code}": _CITY for code in (270, 272, 273, 274, 275)},
    "sefaz_301": _lt("The state blocks the company: clear it up with the SEFAZ."),
    "sefaz_302": _lt("The state blocks the customer: clear it up with the customer."),
    "sefaz_303": _lt("The customer may not operate in that state."),
    "sefaz_327": _lt("Choose a CFOP of returns for this note."),
    "sefaz_321": _lt("Name the original note under Document Related."),
    "sefaz_391": _CARD,
    "sefaz_392": _CARD,
    "sefaz_443": _CARD,
    **{f"sefaz_{code}": _INTERMEDIARY for code in (434, 435, 438, 439, 440)},
    "sefaz_452": _FORM,
    "sefaz_539": _NUMBER_TAKEN,
    "sefaz_590": _lt("Use a CST of the ICMS that fits the company's tax framework."),
    "sefaz_591": _lt("Use a CSOSN that fits the company's tax framework."),
    "sefaz_610": _lt("The total of the note differs from the sum of its lines."),
    "sefaz_611": _lt("Correct the bar code (GTIN) of the product, or leave it empty."),
    "sefaz_629": _lt("Quantity × price is not the amount of the line."),
    "sefaz_656": _lt(
        "The SEFAZ blocked the company for an hour; look for what was sent again and "
        "again."
    ),
    **{f"sefaz_{code}": _DIFAL for code in range(693, 700)},
    "sefaz_703": _lt(
        "Set the clock of the server: the time of issue is in the future."
    ),
    "sefaz_732": _lt("Use a CFOP of sales to other states (6…) for this customer."),
    "sefaz_733": _lt("Use a CFOP of sales inside the state (5…) for this customer."),
    "sefaz_764": _FORM,
    "sefaz_772": _lt("The customer is in this state: use an operation inside it."),
    "sefaz_773": _lt("The customer is in another state: use an interstate operation."),
    "sefaz_778": _lt("The NCM of the product does not exist: correct it."),
    "sefaz_805": _RECIPIENT_IE,
    "sefaz_806": _lt("Enter the CEST of the product: it is subject to ICMS-ST."),
    **{f"sefaz_{code}": _PAYMENT for code in (853, 865, 866, 904)},
    "sefaz_1115": _lt("IBS and CBS are missing: set the tax classification."),
}

TITLES = {
    const.PREFLIGHT: _lt("Checked before sending"),
    const.CERTIFICATE_MISSING: _lt("No certificate"),
    const.CERTIFICATE_EXPIRED: _lt("Certificate expired"),
    const.CERTIFICATE_INVALID: _lt("Certificate cannot be opened"),
    const.SEFAZ_UNAVAILABLE: _lt("SEFAZ out of reach"),
    const.SEFAZ_PAUSED: _lt("Company blocked for an hour (656)"),
    const.OUTCOME_UNKNOWN: _lt("Outcome unknown"),
    const.VETOED: _lt("Held back"),
    const.SCHEMA: _lt("Does not fit the official layout"),
    const.DIGEST_MISMATCH: _lt("Other contents at the SEFAZ"),
    const.DUPLICATE_OTHER_KEY: _lt("Number taken by another key (539)"),
    const.MOVE_NOT_CANCELLED: _lt("Invoice not cancelled"),
    const.CORRECTION_IMPOSSIBLE: _lt("Correction letter impossible"),
}

_PREFIX = "sefaz_"
_TAX_REFORM = range(1020, 1219)
_GENERAL = _lt(
    "Read the answer of the SEFAZ, correct what it names in the register of product, "
    "customer or operation, and send again."
)


def _cstat(code):
    """The cStat in a problem code, or 0."""
    number = (code or "").removeprefix(_PREFIX)
    return int(number) if number.isdigit() else 0


def title(env, code):
    """A problem code as a short heading, in the language of ``env``."""
    if code in TITLES:
        return env._(TITLES[code])
    cstat = _cstat(code)
    return env._("Rejection %(code)s", code=cstat) if cstat else code or ""


def hint(env, code):
    """What to do about a problem code, in the language of ``env``."""
    text = HINTS.get(code)
    if text is None:
        text = _TAX_CODES if _cstat(code) in _TAX_REFORM else _GENERAL
    return env._(text)
