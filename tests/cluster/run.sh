#!/usr/bin/env bash
# An archive on a real cluster of three nodes, held against the index on this machine.
#
#   run.sh                the sample of the repository: push, parity, a push that is killed (2 minutes)
#   run.sh archive        the real archive in ../shared: parity, speeds and faults (half an hour)
#
# Says SKIPPED and ends with 77 where no cluster can be started. LIANCHENG_SEARCH_SECONDS is how long
# searches go on while nodes are killed (default 600), LIANCHENG_KILLS how often a push is killed
# (default 20).
set -euo pipefail
cd "$(dirname "$0")/../.."

what=${1:-sample}
shared=${LIANCHENG_SHARED:-../shared}
work=$(mktemp -d)
up=tests/cluster/up.sh
trap 'bash $up wipe; rm -rf "$work"' EXIT

say() { printf '\n== %s\n' "$*"; }
fail() { echo "FAILED: $*" >&2; exit 1; }

if [ "$what" = archive ] && [ ! -f "$shared/corpus/archive40k.jsonl.gz" ]; then
    echo "SKIPPED: $shared/corpus/archive40k.jsonl.gz is not here" >&2
    exit 77
fi
# Before the cluster, which would need the processors as much.
cargo build --release --quiet --bin liancheng --example parity --example cluster_soak
bash $up wipe
bash $up >/dev/null || exit $?
urls=$(bash $up urls)
export LIANCHENG_CLUSTER=$urls
target=${CARGO_TARGET_DIR:-target}/release
liancheng=$target/liancheng
index=$work/a.idx

if [ "$what" = archive ]; then
    topics=$shared/topics/dev.json
    "$liancheng" index --index "$index" "$shared/corpus/archive40k.jsonl.gz" "$shared/seeds"
else
    topics=tests/golden/topics.json
    "$liancheng" index --index "$index" data/sample
fi

say "push"
"$liancheng" push --index "$index" --to "$urls" --format json | tee "$work/push.json"
"$target/examples/cluster_soak" same "$index" "$urls"

say "parity"
"$target/examples/parity" "$index" "$urls" "$topics"

say "a second push sends nothing"
"$liancheng" push --index "$index" --to "$urls" --format json >"$work/again.json"
grep -q '"sent": 0,' "$work/again.json" || fail "something was sent twice: $(cat "$work/again.json")"

# How long a full push takes, in milliseconds: kills are spread over it.
long=$(sed -n 's/.*"seconds": \([0-9.]*\).*/\1/p' "$work/push.json" | awk '{ print int($1 * 1000) }')
kills=${LIANCHENG_KILLS:-20}
say "a full push, killed at $kills moments, ends the same"
for kill in $(seq "$kills"); do
    wait=$(awk -v r=$RANDOM -v long="$long" 'BEGIN { print r / 32768 * long / 1000 }')
    setsid "$liancheng" push --index "$index" --to "$urls" --full >/dev/null 2>&1 &
    pushing=$!
    sleep "$wait"
    kill -9 $pushing 2>/dev/null || true
    wait $pushing 2>/dev/null || true
    # Whatever a search finds now is whole.
    "$target/examples/cluster_soak" same "$index" "$urls" >"$work/same.json" ||
        fail "after kill $kill at $wait s: $(cat "$work/same.json")"
done
"$liancheng" push --index "$index" --to "$urls" --full --format json
"$target/examples/cluster_soak" same "$index" "$urls"

say "back to the archive before, and forward again"
"$liancheng" push --to "$urls" --rollback
"$target/examples/cluster_soak" same "$index" "$urls" >/dev/null
"$liancheng" push --index "$index" --to "$urls" --full >/dev/null

[ "$what" = archive ] || { say "done"; exit 0; }

say "a node is killed while articles are pushed"
"$liancheng" push --index "$index" --to "$urls" --full --format json >"$work/killed.json" &
pushing=$!
sleep "$(awk -v long="$long" 'BEGIN { print long / 3000 }')"
bash $up kill 2
wait $pushing || fail "the push did not survive: $(cat "$work/killed.json")"
cat "$work/killed.json"
"$target/examples/cluster_soak" same "$index" "$urls"
bash $up start 2

seconds=${LIANCHENG_SEARCH_SECONDS:-600}
say "nodes are killed during $seconds s of searches, 16 at a time"
"$target/examples/cluster_soak" search "$urls" "$topics" "$seconds" &
searching=$!
sleep $((seconds / 5))
bash $up kill 3
sleep $((seconds / 5))
bash $up start 3
sleep $((seconds / 5))
bash $up kill 1
sleep $((seconds / 10))
bash $up start 1
wait $searching || fail "searches failed or answered otherwise"
say "done"
