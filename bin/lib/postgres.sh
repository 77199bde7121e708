# A private PostgreSQL cluster on a unix socket. Fast, not durable: it holds
# databases for development, tests and the demo only.

pg_place() {
    PG_SOCKET="/tmp/industry-b2c-$(printf '%s' "$LOCAL" | sha256sum | cut -c1-10)"
    PG_DATA="$LOCAL/pg"
    PG_RUN=()
    if [ "$(id -u)" -eq 0 ]; then
        # The server refuses to run as root.
        PG_RUN=(runuser -u postgres --)
        # A checkout below a closed home folder is out of the server's reach.
        "${PG_RUN[@]}" test -x "$LOCAL" 2>/dev/null || PG_DATA="/var/tmp/${PG_SOCKET##*/}"
    fi
    # Odoo and the clients of PostgreSQL read these alike.
    export PGHOST="$PG_SOCKET" PGUSER=odoo PGPORT=5432 ODOO_DATA_DIR="$LOCAL/data"
    unset PGPASSWORD PGDATABASE PGSERVICE
}

pg_binaries() {
    local dirs
    dirs=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -n 1)
    if [ -n "$dirs" ] && [ -x "$dirs/initdb" ] && [ -x "$dirs/postgres" ]; then
        PG_BIN="$dirs"
    elif command -v initdb >/dev/null 2>&1 && command -v postgres >/dev/null 2>&1; then
        PG_BIN=$(dirname "$(command -v initdb)")
    else
        install_packages "the PostgreSQL server" postgresql
        PG_BIN=$(ls -d /usr/lib/postgresql/*/bin | sort -V | tail -n 1)
    fi
    export PATH="$PG_BIN:$PATH"
}

pg_start() {
    pg_binaries
    pg_place
    if "$PG_BIN/pg_isready" -q 2>/dev/null; then return; fi
    mkdir -p "$PG_SOCKET" "$PG_DATA"
    if [ "$(id -u)" -eq 0 ]; then chown postgres: "$PG_SOCKET" "$PG_DATA"; fi
    chmod 700 "$PG_SOCKET" "$PG_DATA"
    if [ ! -f "$PG_DATA/PG_VERSION" ]; then
        say "creating the private PostgreSQL cluster"
        "${PG_RUN[@]}" "$PG_BIN/initdb" -D "$PG_DATA" -U odoo --auth=trust -E UTF8 \
            --locale=C.UTF-8 >"$LOCAL/log/initdb.log" 2>&1 || die "initdb failed, see $LOCAL/log/initdb.log"
    fi
    # The caller's descriptors must not stay open in the server.
    "${PG_RUN[@]}" "$PG_BIN/pg_ctl" -D "$PG_DATA" -w -s -l "$PG_DATA/server.log" \
        -o "-k '$PG_SOCKET' -c listen_addresses='' -c max_connections=150 \
            -c shared_buffers=256MB -c fsync=off -c synchronous_commit=off \
            -c full_page_writes=off -c autovacuum_naptime=20s" \
        start </dev/null >"$LOCAL/log/pg_ctl.log" 2>&1 || die "PostgreSQL does not start, see $PG_DATA/server.log"
}

pg_stop() {
    pg_place
    [ -f "$PG_DATA/postmaster.pid" ] || return 0
    pg_binaries
    "${PG_RUN[@]}" "$PG_BIN/pg_ctl" -D "$PG_DATA" -m fast -s stop
}

pg_exists() { psql -qAtX -d postgres -c "SELECT 1 FROM pg_database WHERE datname = '$1'" | grep -q 1; }
pg_drop() { dropdb --if-exists --force "$1" 2>/dev/null; }

# drop_like PATTERN KEEP: drop the databases whose name is LIKE the pattern, but one.
drop_like() {
    local name
    psql -qAtX -d postgres -c "SELECT datname FROM pg_database WHERE datname LIKE '$1'" |
        while read -r name; do
            if [ "$name" != "$2" ]; then pg_drop "$name"; fi
        done
}
