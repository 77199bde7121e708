# The stages of bin/test. Each adds to PASSED and FAILED; none stops the ones after it.

PASSED=0 FAILED=0
count() { PASSED=$((PASSED + $1)) FAILED=$((FAILED + $2)); }

# check NAME COMMAND...: one check that passes or fails as a whole.
check() {
    local name=$1
    shift
    if "$@" >"$LOCAL/log/check.log" 2>&1; then
        count 1 0
        printf '  ok      %s\n' "$name"
    else
        count 0 1
        printf '  FAILED  %s\n' "$name"
        cat "$LOCAL/log/check.log"
    fi
}

# run_pytest NAME ARGUMENT...: pytest, its counts read from the JUnit file.
run_pytest() {
    local name=$1 report="$LOCAL/log/$1-$$.xml" code=0
    shift
    rm -f "$report"
    "$PY" -m pytest -q --junitxml="$report" "$@" || code=$?
    local passed failed skipped
    read -r passed failed skipped < <("$PY" "$ROOT/bin/lib/junit.py" "$report")
    # What a test of the database lacks, such as a browser for a tour, is not to lack.
    if [ "$name" = addons ] && [ "$skipped" -gt 0 ]; then
        printf '  FAILED  %s test(s) skipped\n' "$skipped"
        failed=$((failed + skipped))
    fi
    # Nothing collected, a crash before the report: never green.
    if [ "$failed" -eq 0 ] && { [ "$passed" -eq 0 ] || [ "$code" -ne 0 ]; }; then
        printf '  FAILED  %s: pytest ended with %s\n' "$name" "$code"
        failed=$((failed + 1))
    fi
    count "$passed" "$failed"
}

stage_lint() {
    need xmllint libxml2-utils
    javascript_tools
    local bin="$VENV/bin" manifests pofiles scripts
    manifests=$(ls addons/*/__manifest__.py)
    scripts=$(find addons -path '*/static/*' -name '*.js' -not -path '*/static/lib/*')
    pofiles=$(ls addons/*/i18n/*.po 2>/dev/null || true)
    check "ruff" "$bin/ruff" check .
    check "ruff format" "$bin/ruff" format --check .
    # shellcheck disable=SC2086
    check "pylint-odoo" "$bin/pylint" --rcfile=.pylintrc addons/*
    check "oca-checks-odoo-module" "$bin/oca-checks-odoo-module" $manifests
    check "oca-checks-po" "$bin/oca-checks-po" --disable=po-pretty-format $pofiles
    # shellcheck disable=SC2086
    check "eslint" "$JS_BIN/eslint" --max-warnings 0 ./*.cjs $scripts
    # shellcheck disable=SC2086
    check "prettier" "$JS_BIN/prettier" --check ./*.cjs $scripts
    check "bandit" "$bin/bandit" -q -r -ll -x '*/tests/*' addons bin
    check "shell syntax" bash -n bin/demo bin/odoo bin/setup bin/test bin/lib/*.sh .ci/run
    check "compose file" "$PY" bin/lib/compose_check.py
}

stage_unit() {
    need xmllint libxml2-utils
    need xmlsec1 xmlsec1
    run_pytest unit tests/unit tests/repo tests/simulators
}

# Odoo's own runner, side by side on copies of the template, where none of our addons is
# installed: what serves without the rest of the suite, the marketplaces, and the rest.
stage_odoo() {
    local name logs=() runs=() parts=(nfe_batch "$(matching '^marketplace_')"
        "$(matching -v '^marketplace_\|^nfe_batch$')")
    browser_ready
    for name in "${!parts[@]}"; do
        logs+=("$LOCAL/log/odoo-$name.log")
        copy_database "$TEMPLATE" "test_${name}_$$"
        odoo_tests "${parts[name]}" "test_${name}_$$" "$(free_port)" >"${logs[name]}" 2>&1 &
        runs+=($!)
    done
    for name in "${!parts[@]}"; do
        judge_odoo "${parts[name]}" "${logs[name]}" "${runs[name]}"
    done
}

# matching GREP-ARGUMENT...: our addons that do, separated by commas.
matching() { addon_names | tr ',' '\n' | grep "$@" | paste -sd,; }

# odoo_tests ADDONS DATABASE PORT: install the addons, run their tests, drop the database.
odoo_tests() {
    local code=0
    run_odoo "$2" -i "$1" --test-enable --stop-after-init --http-port="$3" \
        --test-tags="/${1//,/,/}" || code=$?
    pg_drop "$2"
    return "$code"
}

# judge_odoo ADDONS LOG PROCESS: await a run, count what its log says.
judge_odoo() {
    local passed failed code=0
    wait "$3" || code=$?
    read -r passed failed < <("$PY" "$ROOT/bin/lib/odoo_log.py" "$2" "$1")
    if [ "$code" -ne 0 ] && [ "$failed" -eq 0 ]; then failed=1; fi
    if [ "$failed" -gt 0 ]; then printf '  full log: %s\n' "$2"; fi
    count "$passed" "$failed"
}

# The quick way for one addon: install it, then pytest-odoo.
stage_addons() {
    local db="dev_$$" joined
    joined=$(IFS=,; echo "$*")
    browser_ready
    copy_database "$TEMPLATE" "$db"
    run_odoo "$db" -i "$joined" --stop-after-init --no-http >"$LOCAL/log/install.log" 2>&1 ||
        { tail -n 40 "$LOCAL/log/install.log"; die "the addon does not install"; }
    run_pytest addons -p odoo --odoo-config=config/odoo.test.conf --odoo-database="$db" --odoo-http \
        "${@/#/addons/}"
    pg_drop "$db"
}

stage_e2e() {
    need xmllint libxml2-utils
    need xmlsec1 xmlsec1
    need pdftotext poppler-utils
    browser_ready
    run_pytest e2e tests/e2e
}

# Tours are skipped without a word when there is no browser.
browser_ready() {
    command -v chromium >/dev/null 2>&1 || command -v google-chrome >/dev/null 2>&1 ||
        install_packages "a Chromium browser" chromium fonts-dejavu-core
}

free_port() { "$PY" -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }

summary() {
    printf '%s passed, %s failed\n' "$PASSED" "$FAILED"
    [ "$FAILED" -eq 0 ] && [ "$PASSED" -gt 0 ]
}
