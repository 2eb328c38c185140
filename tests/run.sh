#!/usr/bin/env bash
# The whole check: formatting, lints, build, tests. Ends with the summary of the test runner.
set -euo pipefail
cd "$(dirname "$0")/.."

# The page is tested in a real browser where one is, or can be had; else those tests say that they
# are skipped.
can_install() { command -v apt-get >/dev/null && [ "$(id -u)" = 0 ]; }
missing=()
command -v chromium >/dev/null || [ -n "${LIANCHENG_CHROMIUM:-}" ] || missing+=(chromium fonts-noto-cjk)
command -v node >/dev/null || missing+=(nodejs)
command -v npm >/dev/null || missing+=(npm)
if [ ${#missing[@]} -gt 0 ] && can_install; then
    { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq \
        --no-install-recommends "${missing[@]}"; } >/dev/null 2>&1 ||
        echo "no browser could be installed; the tests in it will be skipped"
fi
if command -v npm >/dev/null && [ ! -d tests/browser/node_modules/playwright-core ]; then
    npm ci --prefix tests/browser --no-audit --no-fund --loglevel=error ||
        echo "the packages of tests/browser could not be installed; its tests will be skipped"
fi

cargo fmt --check
cargo clippy --release --all-targets --quiet -- -D warnings
# Properties are tried on the same texts every time, so that a change is held up by its own faults; new
# ones are looked for with another seed and more cases (tests/README.md) and by fuzz/.
export PROPTEST_RNG_SEED="${PROPTEST_RNG_SEED:-20261123}"
# What tests print is shown, so that skipped ones say so aloud.
cargo test --release --quiet -- --show-output
