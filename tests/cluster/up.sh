#!/usr/bin/env bash
# A real OpenSearch cluster on this machine: three processes on loopback, small heaps, not root.
#
#   up.sh            starts what does not run and waits until the cluster is green
#   up.sh down       stops the nodes that this script started
#   up.sh kill N     ends node N (1, 2, 3) with SIGKILL
#   up.sh start N    starts node N again
#   up.sh wipe       stops them and deletes their data
#   up.sh urls       prints the addresses, joined by commas
#
# The server comes from Maven Central through `mvn` and its own settings. Needs mvn, unzip, curl and
# a JDK of 21 or newer. What is missing is said, and the exit code is then 77 (skipped).
#
#   LIANCHENG_CLUSTER_HOME   where server and data lie (default: a folder under TMPDIR)
#   LIANCHENG_CLUSTER_HEAP   heap of each node (default 512m)
#   LIANCHENG_CLUSTER_PORT   HTTP port of node 1; node 2 has the next (default 9201)
set -euo pipefail

version=3.8.0
nodes=(1 2 3)
home=${LIANCHENG_CLUSTER_HOME:-${TMPDIR:-/tmp}/liancheng-cluster}
heap=${LIANCHENG_CLUSTER_HEAP:-512m}
port=${LIANCHENG_CLUSTER_PORT:-9201}
server=$home/opensearch-$version

skip() { echo "SKIPPED: no cluster here: $1" >&2; exit 77; }

http() { echo "http://127.0.0.1:$((port + $1 - 1))"; }

urls() { local all=(); for n in "${nodes[@]}"; do all+=("$(http "$n")"); done; (IFS=,; echo "${all[*]}"); }

# The JDK that a test cluster runs on: the one named, or the newest that is installed.
java_home() {
    local found major best=0 chosen=
    for found in "${OPENSEARCH_JAVA_HOME:-}" "${JAVA_HOME:-}" /usr/lib/jvm/* /opt/java/*; do
        [ -x "$found/bin/java" ] || continue
        major=$("$found/bin/java" -version 2>&1 | sed -n '1s/.*version "\([0-9]*\).*/\1/p')
        if [ "${major:-0}" -ge 21 ] && [ "$major" -gt "$best" ]; then best=$major chosen=$found; fi
    done
    [ -n "$chosen" ] || return 1
    echo "$chosen"
}

fetch() {
    [ -x "$server/bin/opensearch" ] && return
    for tool in mvn unzip curl; do command -v $tool >/dev/null || skip "\`$tool\` is not installed"; done
    local part=org.opensearch.distribution.integ-test-zip:opensearch:$version:zip
    mkdir -p "$home/download"
    timeout 300 mvn -q -B dependency:get -Dtransitive=false -Dartifact=$part >"$home/download/log" 2>&1 &&
        timeout 300 mvn -q -B dependency:copy -Dmdep.useBaseVersion=true -Dartifact=$part \
            -DoutputDirectory="$home/download" >>"$home/download/log" 2>&1 ||
        skip "$part could not be had ($home/download/log says why)"
    unzip -q -o "$home/download/opensearch-$version.zip" -d "$home"
    rm -f "$home/download/opensearch-$version.zip"
}

runs() { [ -f "$home/node$1/pid" ] && kill -0 "$(cat "$home/node$1/pid")" 2>/dev/null; }

start() {
    local n=$1 own=$home/node$1 java seeds=() names=() m
    runs "$n" && return
    java=$(java_home) || skip "there is no JDK of 21 or newer (OPENSEARCH_JAVA_HOME names one)"
    for m in "${nodes[@]}"; do seeds+=("\"127.0.0.1:$((port + 99 + m))\""); names+=("n$m"); done
    mkdir -p "$own/data" "$own/logs" "$own/tmp"
    rm -rf "$own/config" && cp -r "$server/config" "$own/config"
    cat >"$own/config/opensearch.yml" <<Y
cluster.name: liancheng-test
node.name: n$n
network.host: 127.0.0.1
http.port: $((port + n - 1))
transport.port: $((port + 99 + n))
discovery.seed_hosts: [$(IFS=,; echo "${seeds[*]}")]
cluster.initial_cluster_manager_nodes: [$(IFS=,; echo "${names[*]}")]
path.data: $own/data
path.logs: $own/logs
cluster.routing.allocation.disk.threshold_enabled: false
Y
    # What the server writes belongs beside its data; its own folder stays as it came.
    sed -i -e "s|^-XX:HeapDumpPath=.*|-XX:HeapDumpPath=$own/data|" \
        -e "s|^-XX:ErrorFile=.*|-XX:ErrorFile=$own/logs/hs_err_pid%p.log|" \
        -e '/-Xlog:gc/d' "$own/config/jvm.options"
    local as=()
    if [ "$(id -u)" = 0 ]; then # The server refuses to run as root.
        chown -R nobody "$own"
        chmod a+rx "$home"
        as=(setpriv --reuid=nobody --regid="$(id -g nobody)" --clear-groups)
    fi
    OPENSEARCH_JAVA_HOME=$java OPENSEARCH_PATH_CONF=$own/config OPENSEARCH_TMPDIR=$own/tmp \
        OPENSEARCH_JAVA_OPTS="-Xms$heap -Xmx$heap" HOME=$own \
        nohup "${as[@]}" "$server/bin/opensearch" >"$own/logs/stdout" 2>&1 </dev/null &
    echo $! >"$own/pid"
}

# Waits for a green cluster of as many nodes as were started.
wait_green() {
    local wanted=0 n asked= try
    for n in "${nodes[@]}"; do if runs "$n"; then wanted=$((wanted + 1)); fi; done
    for try in $(seq 180); do
        for n in "${nodes[@]}"; do
            runs "$n" || continue
            asked=$(http "$n")
            if curl -sf "$asked/_cluster/health?wait_for_nodes=$wanted&wait_for_status=green&timeout=1s" \
                2>/dev/null | grep -q '"timed_out":false'; then return; fi
        done
        # A copy that could not be placed five times while a node was away waits to be told.
        if [ $((try % 20)) = 0 ]; then
            curl -sf -X POST "$asked/_cluster/reroute?retry_failed=true&metric=none" >/dev/null || true
        fi
        sleep 1
    done
    {
        echo "the cluster did not become green; it says:"
        curl -s "$asked/_cluster/health?pretty" || true
        curl -s "$asked/_cat/shards?v&h=index,shard,prirep,state,node,unassigned.reason" || true
        curl -s "$asked/_cluster/allocation/explain?pretty" | head -40 || true
        for n in "${nodes[@]}"; do runs "$n" || echo "node $n does not run"; done
    } >&2
    exit 1
}

stop() {
    local n=$1
    if runs "$n"; then
        kill "-$2" "$(cat "$home/node$n/pid")"
        for _ in $(seq 60); do runs "$n" || break; sleep 0.5; done
    fi
    rm -f "$home/node$n/pid"
}

case ${1:-up} in
up) fetch; for n in "${nodes[@]}"; do start "$n"; done; wait_green; urls ;;
down) for n in "${nodes[@]}"; do stop "$n" TERM; done ;;
kill) stop "$2" KILL ;;
start) fetch; start "$2"; wait_green ;;
wipe) for n in "${nodes[@]}"; do stop "$n" KILL; done; rm -rf "$home"/node[0-9] ;;
urls) urls ;;
*) sed -n '2,17s/^# \{0,1\}//p' "$0"; exit 2 ;;
esac
