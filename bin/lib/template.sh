# The template database: every addon that ours depend on, none of ours.
# Tests need that: installing an addon that is installed already runs no test.

addon_dependencies() { "$PY" "$ROOT/bin/lib/addons.py" dependencies; }
addon_names() { "$PY" "$ROOT/bin/lib/addons.py" names; }

# run_odoo DATABASE ARGUMENT...: the server program on the private cluster.
run_odoo() {
    local db=$1
    shift
    (cd "$ROOT" && exec "$PY" bin/lib/odoo_server.py -c config/odoo.test.conf -d "$db" "$@")
}

template_name() {
    echo "tpl_$(printf '%s' "$ODOO_ID $(addon_dependencies)" |
        cat - "$ROOT/constraints.txt" | sha256sum | cut -c1-12)"
}

template_ready() {
    TEMPLATE=$(template_name)
    pg_exists "$TEMPLATE" && return
    say "building the template database (about a minute and a half, once)"
    local building="building_$$"
    pg_drop "$building"
    "$PY" "$ROOT/bin/lib/odoo_server.py" db init "$building" --language pt_BR --country BR \
        >"$LOCAL/log/template.log" 2>&1 || die "see $LOCAL/log/template.log"
    # Attachments in the database: a copy of it is complete without a filestore.
    psql -qX -d "$building" -c "INSERT INTO ir_config_parameter (key, value, create_date, write_date)
        VALUES ('ir_attachment.location', 'db', now(), now())"
    run_odoo "$building" -i "$(addon_dependencies)" --no-http --stop-after-init \
        >>"$LOCAL/log/template.log" 2>&1 || die "see $LOCAL/log/template.log"
    if grep -qE ' (ERROR|CRITICAL) ' "$LOCAL/log/template.log"; then
        die "the dependencies do not install cleanly, see $LOCAL/log/template.log"
    fi
    psql -qX -d postgres -c "ALTER DATABASE $building RENAME TO $TEMPLATE"
}

# copy_database FROM TO
copy_database() {
    pg_drop "$2"
    createdb -T "$1" "$2"
}
