#!/usr/bin/env bash
# The whole check: formatting, lints, build, tests. Ends with the summary of the test runner.
set -euo pipefail
cd "$(dirname "$0")/.."

cargo fmt --check
cargo clippy --release --all-targets --quiet -- -D warnings
# What tests print is shown, so that skipped ones say so aloud.
cargo test --release --quiet -- --show-output
