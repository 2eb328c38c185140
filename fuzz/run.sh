#!/usr/bin/env bash
# Runs every fuzz target for some seconds (600 by default) and prints what each came to.
set -euo pipefail
cd "$(dirname "$0")/.."
seconds=${1:-600}
export RUSTC_BOOTSTRAP=1

# The sanitizer would triple the time of code that is all safe Rust; panics are what we look for.
cargo fuzz build -s none
printf '%-10s %12s %8s\n' target executions finds
for target in $(cargo fuzz list); do
    log=$(mktemp)
    cargo fuzz run -s none "$target" -- -max_total_time="$seconds" -timeout=20 -rss_limit_mb=4096 \
        -print_final_stats=1 >"$log" 2>&1 || true
    executions=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")
    finds=$(grep -c '^SUMMARY: libFuzzer' "$log" || true)
    printf '%-10s %12s %8s\n' "$target" "${executions:-?}" "$finds"
    if [ "$finds" -gt 0 ]; then grep -m3 'panicked\|^SUMMARY' -A1 "$log"; fi
    rm -f "$log"
done
