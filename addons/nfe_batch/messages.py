"""The sentences of the preflight, by code of ``domain.problems``."""

from collections import defaultdict

from odoo.tools.translate import LazyTranslate

from .domain.problems import Code

_lt = LazyTranslate(__name__)

TOTAL_MISMATCH = "total_mismatch"

PLACES = {
    "issuer": _lt("company"),
    "recipient": _lt("customer"),
    "delivery": _lt("delivery address"),
}

SENTENCES = {
    Code.NO_ITEMS: _lt("The document has no lines."),
    Code.ZERO_VALUE: _lt("The total of the note is zero."),
    Code.ISSUER_VAT: _lt("The CNPJ of the company is missing or wrong."),
    Code.ISSUER_STATE_REGISTRATION: _lt(
        "The state registration (IE) of the company is missing."
    ),
    Code.ISSUER_TAX_REGIME: _lt("The tax framework of the company is missing."),
    Code.RECIPIENT_NAME: _lt("The customer has no name."),
    Code.RECIPIENT_VAT_MISSING: _lt("The customer has neither CPF nor CNPJ."),
    Code.RECIPIENT_CPF: _lt("The CPF of the customer is not valid."),
    Code.RECIPIENT_CNPJ: _lt("The CNPJ of the customer is not valid."),
    Code.RECIPIENT_IE_INDICATOR: _lt(
        "The customer is marked as ICMS taxpayer but has no state registration (IE)."
    ),
    Code.RECIPIENT_IE_EXEMPT: _lt(
        "The customer is marked as exempt from a state registration but has one (IE)."
    ),
    Code.RECIPIENT_VAT_ABROAD: _lt("A customer abroad has neither CPF nor CNPJ."),
    Code.RECIPIENT_FOREIGN_ID: _lt(
        "The identification of the customer abroad must have 5 to 20 characters "
        "without spaces."
    ),
    Code.RECIPIENT_IE_ABROAD: _lt(
        "A customer abroad is no ICMS taxpayer and has no state registration (IE)."
    ),
    Code.RECIPIENT_NOT_FINAL: _lt(
        "A customer who is no ICMS taxpayer must be a final consumer."
    ),
    Code.DELIVERY_VAT: _lt("The CPF or CNPJ of the delivery address is not valid."),
    Code.ADDRESS_STREET: _lt("The street is missing (%(where)s)."),
    Code.ADDRESS_NUMBER: _lt("The number of the house is missing (%(where)s)."),
    Code.ADDRESS_DISTRICT: _lt("The district is missing (%(where)s)."),
    Code.ADDRESS_CITY: _lt("The city with its IBGE code is missing (%(where)s)."),
    Code.ADDRESS_CITY_STATE: _lt("The city is not in that state (%(where)s)."),
    Code.ADDRESS_STATE: _lt("The state is missing (%(where)s)."),
    Code.ADDRESS_ZIP: _lt("The ZIP code must have eight digits (%(where)s)."),
    Code.ADDRESS_COUNTRY: _lt(
        "The country with its BACEN code is missing (%(where)s)."
    ),
    Code.EXIT_DATE: _lt("The date of exit is before the date of issue."),
    Code.NOTE_TYPE: _lt(
        "A credit note or debit note needs its type; another note has none."
    ),
    Code.DESTINATION: _lt(
        "The destination of the operation does not fit the states of company and "
        "customer."
    ),
    Code.INTERMEDIARY_INDICATOR: _lt(
        "The indicator of the intermediary does not fit the presence of the buyer."
    ),
    Code.INTERMEDIARY_MISSING: _lt("The data of the marketplace are missing."),
    Code.INTERMEDIARY_UNDUE: _lt("A sale without intermediary names a marketplace."),
    Code.INTERMEDIARY_CNPJ: _lt("The CNPJ of the marketplace is missing or wrong."),
    Code.INTERMEDIARY_SELLER_ID: _lt(
        "The seller's identification at the marketplace must have 2 to 60 characters."
    ),
    Code.PAYMENT_MISSING: _lt("The payment is missing."),
    Code.PAYMENT_SUM: _lt(
        "The payments add up to %(paid)s, the note to %(total)s: they must be equal."
    ),
    Code.PAYMENT_CARD: _lt("The data of the card payment are missing."),
    Code.PAYMENT_CARD_CNPJ: _lt("The CNPJ of the payment institution is wrong."),
    Code.PAYMENT_DESCRIPTION: _lt("The other means of payment needs a description."),
    Code.PAYMENT_ON_RETURN: _lt("A return note has no payment."),
    Code.BILLING_SUM: _lt(
        "The instalments add up to %(paid)s, the invoice to %(total)s: they must be "
        "equal."
    ),
    Code.BILLING_AT_SIGHT: _lt("A payment at sight has no instalments."),
    Code.BILLING_DUE: _lt(
        "The due dates of the instalments must be in order and not before the date "
        "of issue."
    ),
    Code.CARRIER_NAME: _lt("The carrier has no name."),
    Code.CARRIER_VAT: _lt("The CPF or CNPJ of the carrier %(carrier)s is not valid."),
    Code.CARRIER_STATE: _lt(
        "The carrier %(carrier)s has a state registration (IE) but no state."
    ),
    Code.EXPORT_PLACE: _lt("The place where the goods leave Brazil is missing."),
    Code.EXPORT_UNDUE: _lt("Only an export tells where the goods leave Brazil."),
    Code.RETURN_REFERENCE: _lt("A return note must name the note that it returns."),
    Code.COMPLEMENT_REFERENCE: _lt(
        "A complementary note must name the one note that it completes."
    ),
    Code.REFERENCE_TWICE: _lt("A related document is named twice."),
    Code.REFERENCE_KEY: _lt("The key of the related document %(key)s is wrong."),
    Code.RANDOM_CODE: _lt("The random code of the key can be guessed."),
    Code.CONTINGENCY_REASON: _lt("The reason of the contingency is missing."),
    Code.AUTHORIZED_VAT: _lt(
        "The CPF or CNPJ %(vat)s that may fetch the XML is wrong."
    ),
    Code.AUTHORIZED_RECIPIENT: _lt(
        "The customer may fetch the XML already and need not be authorised."
    ),
    Code.AUTHORIZED_COUNT: _lt("At most %(limit)s others may fetch the XML."),
    Code.FORM: _lt("The field %(field)s does not fit the layout: %(detail)s"),
    Code.ITEM_CODE: _lt("Line %(line)s (%(item)s): the product has no code."),
    Code.ITEM_DESCRIPTION: _lt("Line %(line)s: the description is missing."),
    Code.ITEM_NCM: _lt("Line %(line)s (%(item)s): the product has no NCM."),
    Code.ITEM_CFOP: _lt("Line %(line)s (%(item)s): the CFOP is missing."),
    Code.ITEM_CFOP_DIRECTION: _lt(
        "Line %(line)s (%(item)s): the CFOP does not fit an entry or an exit."
    ),
    Code.ITEM_CFOP_DESTINATION: _lt(
        "Line %(line)s (%(item)s): the CFOP does not fit the state of the customer."
    ),
    Code.ITEM_CEST: _lt("Line %(line)s (%(item)s): the CEST is missing or wrong."),
    Code.ITEM_UNIT: _lt(
        "Line %(line)s (%(item)s): the unit needs a code of 1 to 6 characters."
    ),
    Code.ITEM_QUANTITY: _lt("Line %(line)s (%(item)s): the quantity must be positive."),
    Code.ITEM_PRICE: _lt("Line %(line)s (%(item)s): the price is negative."),
    Code.ITEM_GROSS: _lt(
        "Line %(line)s (%(item)s): quantity × price is not the amount of the line."
    ),
    Code.ITEM_TAX_GROSS: _lt(
        "Line %(line)s (%(item)s): taxable quantity × price is not the amount of the "
        "line."
    ),
    Code.ITEM_GTIN: _lt("Line %(line)s (%(item)s): the bar code (GTIN) is wrong."),
    Code.ITEM_ICMS_CODE: _lt(
        "Line %(line)s (%(item)s): the CST or CSOSN of the ICMS is missing or not "
        "supported."
    ),
    Code.ITEM_ICMS_REGIME: _lt(
        "Line %(line)s (%(item)s): the CST of the ICMS does not fit the tax framework "
        "of the company."
    ),
    Code.ITEM_ICMS_ORIGIN: _lt("Line %(line)s (%(item)s): the ICMS origin is missing."),
    Code.ITEM_ICMS_RELIEF_REASON: _lt(
        "Line %(line)s (%(item)s): the reason of the ICMS relief is missing."
    ),
    Code.ITEM_ICMS_VALUE: _lt(
        "Line %(line)s (%(item)s): the ICMS is not its base × its rate."
    ),
    Code.ITEM_ICMS_RATE: _lt(
        "Line %(line)s (%(item)s): the rate of the ICMS is too high for a sale to that "
        "state."
    ),
    Code.ITEM_ICMS_DEFERRAL: _lt(
        "Line %(line)s (%(item)s): the deferred ICMS does not add up."
    ),
    Code.ITEM_FCP_PLACE: _lt(
        "Line %(line)s (%(item)s): the FCP of a consumer in another state goes with "
        "the DIFAL."
    ),
    Code.ITEM_OLD_TAXES: _lt(
        "Line %(line)s (%(item)s): a credit or debit note tells IBS and CBS alone."
    ),
    Code.ITEM_RETURNED_IPI: _lt(
        "Line %(line)s (%(item)s): only a return note gives IPI back."
    ),
    Code.ITEM_IPI_CODE: _lt("Line %(line)s (%(item)s): the CST of the IPI is wrong."),
    Code.ITEM_CONTRIBUTION_CODE: _lt(
        "Line %(line)s (%(item)s): the CST of PIS or COFINS is missing or not "
        "supported."
    ),
    Code.ITEM_DIFAL_MISSING: _lt(
        "Line %(line)s (%(item)s): the ICMS for the consumer's state (DIFAL) is "
        "missing."
    ),
    Code.ITEM_DIFAL_UNDUE: _lt(
        "Line %(line)s (%(item)s): the DIFAL is not due for this customer."
    ),
    Code.ITEM_DIFAL_RATE: _lt(
        "Line %(line)s (%(item)s): the interstate rate of the ICMS must be 4, 7 or "
        "12 %%."
    ),
    Code.ITEM_DIFAL_VALUE: _lt(
        "Line %(line)s (%(item)s): the DIFAL is not its base × rate less the "
        "interstate ICMS."
    ),
    Code.ITEM_IBS_CBS_MISSING: _lt(
        "Line %(line)s (%(item)s): IBS and CBS are missing."
    ),
    Code.ITEM_IBS_CBS_CODE: _lt(
        "Line %(line)s (%(item)s): the CST or the classification of IBS and CBS is "
        "wrong."
    ),
    Code.ITEM_NEGATIVE: _lt("Line %(line)s (%(item)s): an amount is negative."),
}


def sentence(env, problem):
    """A problem in words.

    :param env: environment in the language of the reader
    :param problem: ``domain.problems.Problem``
    """
    template = SENTENCES.get(problem.code)
    if template is None:
        return problem.code.value
    params = defaultdict(str, problem.params)
    place = PLACES.get(params["where"])
    if place is not None:
        params["where"] = env._(place)
    text = env._(template)
    return text % params
