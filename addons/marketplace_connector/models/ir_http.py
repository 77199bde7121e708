"""A process that answers notifications and nothing else."""

import re
from configparser import ConfigParser

from werkzeug.exceptions import NotFound

from odoo import models
from odoo.http import request
from odoo.tools import config, str2bool

SECTION = "marketplace_connector"
SERVED = re.compile(r"/marketplace/(?!oauth/)[^/]+/[^/]+|/web/health")


def read_webhook_only(path: str) -> bool:
    """``webhook_only`` of the section ``[marketplace_connector]`` of Odoo's file."""
    parser = ConfigParser(interpolation=None)
    parser.read(path)
    return str2bool(parser.get(SECTION, "webhook_only", fallback="no"), False)


WEBHOOK_ONLY = read_webhook_only(config["config"] or "")


class IrHttp(models.AbstractModel):
    _inherit = "ir.http"

    @classmethod
    def _match(cls, path_info):
        """In the process for notifications other pages do not exist: no login to try,
        no job to start, no RPC, whatever the proxy before it lets through."""
        if WEBHOOK_ONLY and not SERVED.fullmatch(path_info):
            raise NotFound()
        return super()._match(path_info)

    @classmethod
    def _pre_dispatch(cls, rule, args):
        """Core would read the company's address on each request to find a language, for
        an answer without words: half of the time of a notification."""
        if WEBHOOK_ONLY:
            language, _name = request.env["res.lang"].get_installed()[0]
            request.update_context(lang=language)
        return super()._pre_dispatch(rule, args)

    @classmethod
    def _serve_fallback(cls):
        if WEBHOOK_ONLY and not SERVED.fullmatch(request.httprequest.path):
            return None
        return super()._serve_fallback()
