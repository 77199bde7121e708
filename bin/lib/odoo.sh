# Where Odoo 19 comes from: ODOO_SRC, the container image, else Debian's package.
# Sets ODOO_PATH (the folder that holds the Python package "odoo") and ODOO_ID.

ODOO_DEBIAN="$LOCAL/odoo"
ODOO_DEBIAN_PACKAGES=(
    odoo-19/sid
    # Odoo's static files are links into these; sid's Font Awesome lacks the version 4
    # files that Odoo's icons need.
    libjs-jquery/trixie libjs-jquery-form/trixie libjs-underscore/trixie
    fonts-font-awesome/trixie fonts-roboto-unhinted/trixie fonts-inconsolata/trixie
    fonts-ocr-b/trixie fonts-montserrat/trixie
)

odoo_series() {
    python3 - "$1/odoo/release.py" <<'PY'
import runpy, sys
print("%s.%s" % runpy.run_path(sys.argv[1])["version_info"][:2])
PY
}

odoo_find() {
    if [ -n "${ODOO_SRC:-}" ]; then
        [ -f "$ODOO_SRC/odoo/release.py" ] ||
            die "ODOO_SRC=$ODOO_SRC holds no Odoo (odoo/release.py is missing)"
        local series
        series=$(odoo_series "$ODOO_SRC")
        [ "$series" = 19.0 ] ||
            die "ODOO_SRC=$ODOO_SRC is Odoo $series; this suite needs series 19.0"
        ODOO_PATH=$(cd "$ODOO_SRC" && pwd)
        ODOO_ID="src-$(digest "$ODOO_PATH/odoo/release.py")"
    elif [ "${ODOO_VERSION:-}" = 19.0 ] && [ -f /usr/lib/python3/dist-packages/odoo/release.py ]; then
        ODOO_PATH=/usr/lib/python3/dist-packages
        ODOO_ID="image-$(digest "$ODOO_PATH/odoo/release.py")"
    else
        odoo_fetch
        ODOO_PATH="$ODOO_DEBIAN/usr/lib/python3/dist-packages"
        ODOO_ID="debian-$(digest "$CACHE/debs/SHA256SUMS" "$ROOT"/patches/odoo-19-debian/*.patch)"
    fi
}

# Debian's packages, unpacked into a prefix of our own: nothing of the system changes,
# signatures are checked, the mirror is the one that the machine's apt uses.
odoo_fetch() {
    odoo_download
    local key
    key=$(digest "$CACHE/debs/SHA256SUMS" "$ROOT"/patches/odoo-19-debian/*.patch)
    done_before odoo "$key" && return
    say "unpacking Odoo 19"
    rm -rf "$ODOO_DEBIAN"
    mkdir -p "$ODOO_DEBIAN"
    local deb
    for deb in "$CACHE"/debs/*.deb; do dpkg-deb -x "$deb" "$ODOO_DEBIAN"; done
    odoo_patch "$ODOO_DEBIAN/usr/lib/python3/dist-packages"
    mark_done odoo "$key"
}

odoo_download() {
    (cd "$CACHE/debs" 2>/dev/null && sha256sum --quiet -c SHA256SUMS >/dev/null 2>&1) && return
    command -v apt-get >/dev/null 2>&1 ||
        die "no apt here: set ODOO_SRC to a checkout of Odoo 19.0"
    local keyring=/usr/share/keyrings/debian-archive-keyring.gpg
    [ -f "$keyring" ] || install_packages "$keyring" debian-archive-keyring
    say "fetching Odoo 19 from Debian"
    local work mirror arch
    work=$(mktemp -d)
    mkdir -p "$work/lists/partial" "$work/cache/archives/partial"
    : >"$work/status"
    arch=$(dpkg --print-architecture)
    mirror=$(debian_mirror)
    [ -n "$mirror" ] || die "apt knows no Debian mirror: set ODOO_SRC to a checkout of Odoo 19.0"
    local suite
    for suite in sid trixie; do
        echo "deb [arch=$arch signed-by=$keyring] $mirror $suite main"
    done >"$work/sources.list"
    local apt=(
        apt-get -q
        -o "Dir::Etc::sourcelist=$work/sources.list" -o Dir::Etc::sourceparts=-
        -o Dir::Etc::trusted=/dev/null -o Dir::Etc::trustedparts=/dev/null
        -o "Dir::State=$work" -o "Dir::State::lists=$work/lists"
        -o "Dir::State::status=$work/status" -o "Dir::Cache=$work/cache"
        -o Acquire::Languages=none -o APT::Get::AllowUnauthenticated=false
        -o Acquire::AllowInsecureRepositories=false -o APT::Sandbox::User=root
    )
    mkdir -p "$work/debs"
    (
        cd "$work/debs"
        "${apt[@]}" update
        "${apt[@]}" download "${ODOO_DEBIAN_PACKAGES[@]}"
        sha256sum -- *.deb >SHA256SUMS
    ) >"$LOCAL/log/odoo-fetch.log" 2>&1 ||
        die "Odoo 19 could not be fetched from Debian (see $LOCAL/log/odoo-fetch.log); set ODOO_SRC to a checkout of Odoo 19.0"
    rm -rf "$CACHE/debs"
    mkdir -p "$CACHE"
    mv "$work/debs" "$CACHE/debs"
    rm -rf "$work"
}

# The mirror of the machine's own apt; its lists may never have been fetched.
debian_mirror() {
    {
        apt-get indextargets --no-release-info --format '$(REPO_URI)' 'Created-By: Packages'
        grep -rhoE '^(URIs:|deb) .*' /etc/apt/sources.list /etc/apt/sources.list.d |
            grep -oE 'https?://[^ ]+'
    } 2>/dev/null | grep -E '/debian/?$' | head -n 1 || true
}

# Each patch says which upstream change it carries; one that is in already is skipped.
odoo_patch() {
    need patch patch
    local file
    for file in "$ROOT"/patches/odoo-19-debian/*.patch; do
        if patch -d "$1" -p1 --dry-run --reverse --force <"$file" >/dev/null 2>&1; then
            continue
        fi
        patch -d "$1" -p1 --forward --quiet <"$file" || die "$file does not apply"
    done
}
