"""The tokens of an account: one row, rotated under its lock in an own transaction."""

import logging
from datetime import timedelta

from psycopg2.extensions import TransactionRollbackError

from odoo import SUPERUSER_ID, api, fields, models

from odoo.addons.industry_b2c_sales.timing import aware, utc_now, whole_seconds

from ..const import TOKEN_MARGIN
from ..domain.contract import AuthDead, ChannelError, TokenSet

_logger = logging.getLogger(__name__)

FIELDS = (
    "access",
    "refresh",
    "expires_at",
    "refresh_expires_at",
    "grant_expires_at",
    "generation",
)
ROTATE_TRIES = 5


class MarketplaceToken(models.Model):
    """Access and refresh token of one account.

    Refresh tokens of most channels are single use: two workers that refresh at once
    burn the pair and the account is dead until a person authorises it again. So the
    row is locked in a transaction of its own, read again under the lock, and the new
    pair is committed before anybody uses it.
    """

    _name = "marketplace.token"
    _description = "Marketplace Token"
    _rec_name = "account_id"

    account_id = fields.Many2one(
        "marketplace.account", required=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="account_id.company_id", store=True)
    access = fields.Char(groups="base.group_system", copy=False)
    refresh = fields.Char(groups="base.group_system", copy=False)
    expires_at = fields.Datetime()
    refresh_expires_at = fields.Datetime()
    grant_expires_at = fields.Datetime()
    generation = fields.Integer(help="Counts the rotations.")

    _account_uniq = models.Constraint(
        "UNIQUE(account_id)", "An account has one row of tokens."
    )

    @api.model
    def _get(self, account, refused: int | None = None) -> TokenSet:
        """A token that lives at least five minutes more, rotated when needed.

        :param refused: generation that the channel just refused: rotate although its
            time is not over
        :raise AuthDead: never connected, or the grant is gone (account marked dead)
        :raise Transient: the channel could not be asked; the stored token is kept
        """
        token = self._read(account)
        if _usable(token, refused):
            return token
        for _attempt in range(ROTATE_TRIES):
            try:
                return self._rotate(account, refused)
            except TransactionRollbackError:
                # Another worker rotated while we waited for the row: read its pair.
                continue
            except AuthDead as error:
                account._mark_dead(str(error))
                raise
        raise ChannelError("The row of the token stayed locked")

    @api.model
    def _rotate(self, account, refused: int | None) -> TokenSet:
        with self.env.registry.cursor() as cr:
            token = self._fetch(cr, account, lock=True)
            if _usable(token, refused):
                return token
            try:
                fresh = account._adapter().refresh(token)
            except AuthDead:
                raise
            except ChannelError:
                # The channel cannot be reached, the old one may still do.
                if token.expires_at > utc_now() and refused is None:
                    return token
                raise
            generation = token.generation + 1
            self._update(cr, account, fresh, generation, token)
        _logger.info("Rotated the token of marketplace account %s", account.id)
        return self._read(account)

    @api.model
    def _read(self, account) -> TokenSet:
        # The caller's transaction may be older than the last rotation.
        with self.env.registry.cursor() as cr:
            return self._fetch(cr, account)

    @api.model
    def _fetch(self, cr, account, lock: bool = False) -> TokenSet:
        cr.execute(
            # The names are the constant above.
            f"SELECT {', '.join(FIELDS)} FROM marketplace_token "  # nosec B608
            "WHERE account_id = %s" + (" FOR UPDATE" if lock else ""),
            [account.id],
            # That another worker rotated meanwhile is expected: see ``_get``.
            log_exceptions=not lock,
        )
        row = cr.dictfetchone()
        if not row or not row["access"]:
            raise AuthDead("The account was never connected", code="not_connected")
        return TokenSet(
            access=row["access"],
            refresh=row["refresh"],
            expires_at=aware(row["expires_at"]),
            refresh_expires_at=aware(row["refresh_expires_at"]),
            grant_expires_at=aware(row["grant_expires_at"]),
            generation=row["generation"] or 0,
        )

    @api.model
    def _update(self, cr, account, fresh: TokenSet, generation: int, old: TokenSet):
        cr.execute(
            """
            UPDATE marketplace_token
               SET access = %s, refresh = %s, expires_at = %s, refresh_expires_at = %s,
                   grant_expires_at = %s, generation = %s,
                   write_date = now() AT TIME ZONE 'utc'
             WHERE account_id = %s
            """,
            [
                fresh.access,
                # Channels that do not rotate answer without a refresh token.
                fresh.refresh or old.refresh,
                whole_seconds(fresh.expires_at),
                whole_seconds(fresh.refresh_expires_at or old.refresh_expires_at),
                whole_seconds(fresh.grant_expires_at or old.grant_expires_at),
                generation,
                account.id,
            ],
        )

    @api.model
    def _store(self, account, token: TokenSet):
        """Keep the tokens of a new authorisation; the generation goes on counting."""
        # sudo: nobody but the system has access to tokens.
        row = self.sudo().search([("account_id", "=", account.id)])
        values = {
            "access": token.access,
            "refresh": token.refresh,
            "expires_at": whole_seconds(token.expires_at),
            "refresh_expires_at": whole_seconds(token.refresh_expires_at),
            "grant_expires_at": whole_seconds(token.grant_expires_at),
            "generation": row.generation + 1,
        }
        if row:
            row.write(values)
        else:
            row = row.create({"account_id": account.id, **values})
        # From here on it is read by SQL.
        row.flush_recordset()


class TokenSource:
    """``http.TokenProvider`` on the row of an account; lives as long as one job."""

    def __init__(self, account):
        self._account = account.with_user(SUPERUSER_ID)
        self._token = None
        self._good_until = None

    def get_token(self) -> str:
        """The current token, rotated when less than five minutes are left.

        When that does not work, the old one serves this job to its end: asking again at
        every call would only hurry the end of an account whose new pair got lost.
        """
        if self._token is None or utc_now() >= self._good_until:
            self._token = self._ask(None)
        return self._token.access

    def refresh(self, refused: str) -> str:
        """The channel refused this token: one of another generation."""
        if self._token is None or self._token.access != refused:
            return self.get_token()
        self._token = self._ask(self._token.generation)
        return self._token.access

    def _ask(self, generation):
        token = self._account.env["marketplace.token"]._get(self._account, generation)
        margin = TOKEN_MARGIN if _usable(token, None) else timedelta(0)
        self._good_until = token.expires_at - margin
        return token


def _usable(token: TokenSet, refused: int | None) -> bool:
    """Alive for five minutes more, and not the one that the channel refused."""
    if refused is not None and token.generation <= refused:
        return False
    return token.expires_at - utc_now() > TOKEN_MARGIN
