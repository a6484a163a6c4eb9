#!/bin/sh
# The long campaigns, whole: sh tests/campaign.sh [name]
# Builds the release preset and runs the named campaign, or all of them. The everyday test command
# runs a fixed slice of each.
set -eu

cd "$(dirname "$0")/.."
campaigns="campaign_small_model campaign_random"
chosen="${1:-$campaigns}"
parts=$(getconf _NPROCESSORS_ONLN)

case " $campaigns " in
*" $chosen "*) ;;
*)
    if [ $# -gt 0 ]; then
        echo "no campaign '$chosen'; there are: $campaigns" >&2
        exit 64
    fi
    ;;
esac

cmake --preset release -DBUILD_TESTING=ON >/dev/null
# shellcheck disable=SC2086
cmake --build build/release --target $chosen

# Cut into one slice a processor: the slices together are the whole.
run_small_model() {
    part=0
    pids=""
    while [ "$part" -lt "$parts" ]; do
        build/release/tests/campaign/campaign_small_model "$part" "$parts" &
        pids="$pids $!"
        part=$((part + 1))
    done
    status=0
    for pid in $pids; do
        wait "$pid" || status=1
    done
    return "$status"
}

result=0
for name in $chosen; do
    case "$name" in
    campaign_small_model) run_small_model || result=1 ;;
    *) "build/release/tests/campaign/$name" || result=1 ;;
    esac
done
exit "$result"
