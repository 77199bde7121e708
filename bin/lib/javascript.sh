# eslint and prettier, pinned by package-lock.json, beside the Python environment. Only
# bin/test lint needs them; fetched once, they run offline.

javascript_tools() {
    local key modules="$LOCAL/node/node_modules"
    key=$(digest "$ROOT/package.json" "$ROOT/package-lock.json")
    # The configuration lies in the checkout, what it requires does not.
    export NODE_PATH="$modules"
    JS_BIN="$modules/.bin"
    done_before node "$key" && [ -x "$JS_BIN/eslint" ] && return
    need npm npm
    say "installing eslint and prettier"
    rm -rf "$LOCAL/node"
    mkdir -p "$LOCAL/node"
    cp "$ROOT/package.json" "$ROOT/package-lock.json" "$LOCAL/node"
    (cd "$LOCAL/node" && npm ci --no-audit --no-fund) >"$LOCAL/log/npm.log" 2>&1 ||
        die "npm failed, see $LOCAL/log/npm.log"
    mark_done node "$key"
}
