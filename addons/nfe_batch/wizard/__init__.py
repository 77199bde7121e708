from . import nfe_contingency_wizard
