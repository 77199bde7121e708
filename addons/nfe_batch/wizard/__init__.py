from . import nfe_delivery_wizard
