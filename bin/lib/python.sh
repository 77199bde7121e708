# The Python environment: requirements.txt pinned by constraints.txt, Odoo beside it.

python_env() {
    local key
    key="$ODOO_ID-$(digest "$ROOT/requirements.txt" "$ROOT/requirements-dev.txt" "$ROOT/constraints.txt")"
    done_before python "$key" && [ -x "$PY" ] && return
    need python3 python3
    python3 -c 'import venv, ensurepip' 2>/dev/null || install_packages "python3 venv" python3-venv
    say "building the Python environment"
    rm -rf "$VENV"
    python3 -m venv "$VENV"
    python_link_odoo
    "$VENV/bin/pip" install -q --disable-pip-version-check \
        -c "$ROOT/constraints.txt" -r "$ROOT/requirements-dev.txt" \
        >"$LOCAL/log/pip.log" 2>&1 || die "pip failed, see $LOCAL/log/pip.log"
    mark_done python "$key"
}

# OCA's wheels require "odoo==19.0.*": pip has to see a version. What Odoo itself requires
# is in requirements.txt: Debian's metadata names packages that exist as source only.
python_link_odoo() {
    local site info
    site=$("$PY" -c 'import sysconfig; print(sysconfig.get_path("purelib"))')
    echo "$ODOO_PATH" >"$site/odoo-tree.pth"
    info="$site/odoo-19.0.dist-info"
    mkdir -p "$info"
    printf 'Metadata-Version: 2.1\nName: odoo\nVersion: 19.0\n' >"$info/METADATA"
    : >"$info/RECORD"
}
