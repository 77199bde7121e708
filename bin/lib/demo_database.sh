# The demo's databases. The base holds our addons and the demo company, installed once per
# state of the code; a day works on a copy of it.
export B2C_LOCAL="$LOCAL"

# Sets DEMO_BASE.
demo_base() {
    DEMO_BASE="demo_base_$(find addons bin/lib/day/world.py bin/lib/day/company.py \
        simulators/mercadolivre/catalog.py -type f -not -name '*.pyc' \
        -not -path '*/tests/*' -print0 | sort -z | xargs -0 cat |
        cat - <(echo "$TEMPLATE") | sha256sum | cut -c1-12)"
    pg_exists "$DEMO_BASE" && return
    say "installing the suite and the demo company (once)"
    local building="demo_building_$$"
    copy_database "$TEMPLATE" "$building"
    run_odoo "$building" -i industry_b2c --stop-after-init --no-http \
        >"$LOCAL/log/demo-install.log" 2>&1 ||
        { tail -n 30 "$LOCAL/log/demo-install.log" >&2; die "the addons do not install"; }
    "$PY" -m bin.lib.day.company "$building" >"$LOCAL/log/demo-company.log" 2>&1 ||
        { tail -n 30 "$LOCAL/log/demo-company.log" >&2; die "the demo company cannot be made"; }
    drop_like 'demo\_base\_%' "$building"
    psql -qX -d postgres -c "ALTER DATABASE $building RENAME TO $DEMO_BASE"
}

# demo_database NAME FRESH: the database of a day; the code of an old one may not fit.
demo_database() {
    local made_of
    made_of=$(cat "$LOCAL/$1/base" 2>/dev/null || true)
    if [ -z "$2" ] && [ "$made_of" = "$DEMO_BASE" ] && pg_exists "$1"; then return; fi
    "$PY" -m bin.lib.day --stop --name "$1"
    rm -rf "${LOCAL:?}/$1"
    copy_database "$DEMO_BASE" "$1"
    mkdir -p "$LOCAL/$1"
    printf '%s' "$DEMO_BASE" >"$LOCAL/$1/base"
}
