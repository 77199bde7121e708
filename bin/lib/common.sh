# Shared by the scripts in bin/: places, messages, packages of the system.
# All state lives in .local (deletable at any time); B2C_LOCAL moves it.
set -euo pipefail

ROOT="$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)"
LOCAL="${B2C_LOCAL:-$ROOT/.local}"
# Downloads outlive the checkout, so that a fresh clone does not fetch them again.
CACHE="${B2C_CACHE:-${XDG_CACHE_HOME:-${HOME:-/tmp}/.cache}/industry-b2c}"
VENV="$LOCAL/venv"
PY="$VENV/bin/python"
mkdir -p "$LOCAL/log" "$LOCAL/stamp"
export PYTHONDONTWRITEBYTECODE=1 PYTHONPATH="$ROOT"

say() { printf '\033[1m==>\033[0m %s\n' "$*" >&2; }
die() { printf '\033[31merror:\033[0m %s\n' "$*" >&2; exit 1; }

# need PROGRAM PACKAGE...: installs the packages when root, else says what is missing.
need() {
    local program=$1
    shift
    command -v "$program" >/dev/null 2>&1 && return
    install_packages "$program" "$@"
}

install_packages() {
    local what=$1
    shift
    if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null 2>&1; then
        die "$what is missing: install the package(s) $* and run this again"
    fi
    say "installing $* ($what is missing)"
    (
        export DEBIAN_FRONTEND=noninteractive
        # A list of packages that never was fetched finds nothing.
        apt-get -q update
        apt-get -q install -y --no-install-recommends "$@"
    ) >>"$LOCAL/log/apt.log" 2>&1 || die "apt-get install $* failed, see $LOCAL/log/apt.log"
}

# done_before NAME KEY / mark_done NAME KEY: skip a step whose inputs did not change.
done_before() { [ "$(cat "$LOCAL/stamp/$1" 2>/dev/null || true)" = "$2" ]; }
mark_done() { printf '%s' "$2" >"$LOCAL/stamp/$1"; }

# digest FILE...: one hash over the contents.
digest() { cat "$@" | sha256sum | cut -c1-16; }
