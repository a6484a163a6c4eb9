#!/bin/sh
# The long campaigns, whole:
#
#   sh tests/campaign.sh           all of them
#   sh tests/campaign.sh NAME...   only these: campaign_small_model campaign_random
#                                  campaign_organization campaign_race campaign_timing
#                                  campaign_mail campaign_kill campaign_filter campaign_group
#                                  campaign_differential; "campaign_" may be left out
#
# Installs what is missing and builds the release preset. The everyday test command runs a fixed
# slice of each.
set -eu
cd "$(dirname "$0")/.."
. etc/packages.sh

campaigns="campaign_small_model campaign_random campaign_organization campaign_race campaign_timing campaign_mail campaign_kill campaign_filter campaign_group campaign_differential"
chosen=""
for name in "$@"; do
    name="campaign_${name#campaign_}"
    chosen="$chosen $name"
    case " $campaigns " in
    *" $name "*) ;;
    *)
        sed -n '2,11s/^# \{0,1\}//p' tests/campaign.sh
        [ "$name" = campaign_--help ] && exit 0
        echo "There is no campaign '$name'." >&2
        exit 64
        ;;
    esac
done
set -- ${chosen:-$campaigns}

need_packages "build the campaigns" $BUILD_PACKAGES libcmocka-dev
mkdir -p build
# One of them is a script around the program itself, one a test that goes on for longer.
targets=$(echo "$@" | sed 's/campaign_kill/rolecall/; s/campaign_mail/test_mail_message mail_samples/;
    s/campaign_differential/protocol_driver/')
{
    cmake --preset release -DBUILD_TESTING=ON && cmake --build build/release --target $targets
} >build/campaign-build.log 2>&1 || { tail -n 30 build/campaign-build.log; exit 1; }

# Stops the slices that still run when the script is interrupted.
pids=""
trap '[ -z "$pids" ] || kill $pids 2>/dev/null || true' EXIT
trap 'exit 130' INT TERM

# Fails if anything of what was started did.
wait_for_all()
{
    status=0
    for pid in $pids; do
        wait "$pid" || status=1
    done
    pids=""
    return "$status"
}

# Cut into one slice a processor: the slices together are the whole.
run_small_model()
{
    parts=$(getconf _NPROCESSORS_ONLN)
    part=0
    while [ "$part" -lt "$parts" ]; do
        build/release/tests/campaign/campaign_small_model "$part" "$parts" &
        pids="$pids $!"
        part=$((part + 1))
    done
    wait_for_all
}

# A million mails made of names to break them with; some of them read by Python as well.
run_mail()
{
    ROLECALL_MAIL_ROUNDS=1000000 build/release/tests/scim/mail/test_mail_message &
    pids=$!
    wait "$pids" || { pids=""; return 1; }
    python3 tests/scim/mail/check_mail_samples.py build/release/tests/scim/mail/mail_samples 20000 2 &
    pids=$!
    wait "$pids" || { pids=""; return 1; }
    pids=""
}

# A hundred thousand filters, shared among the processors, each on people of its own.
run_filter()
{
    parts=$(getconf _NPROCESSORS_ONLN)
    part=0
    while [ "$part" -lt "$parts" ]; do
        build/release/tests/campaign/campaign_filter $(((100000 + parts - 1) / parts)) $((part + 1)) &
        pids="$pids $!"
        part=$((part + 1))
    done
    wait_for_all
}

# Filters and PATCH beside other implementations, from npm: 10^5 random cases of each.
run_differential()
{
    sh tests/conformance/install.sh "$PWD/build/conformance" || return 1
    for what in filters patches; do
        PROTOCOL_DRIVER="$PWD/build/release/tests/conformance/protocol_driver" PYTHONDONTWRITEBYTECODE=1 \
            CONFORMANCE_TOOLS="$PWD/build/conformance" \
            python3 tests/conformance/conformance_differential.py "$what" 100000 &
        pids="$pids $!"
    done
    wait_for_all
}

# No new kill after half an hour.
run_kill()
{
    ROLECALL="$PWD/build/release/rolecall" PYTHONDONTWRITEBYTECODE=1 \
        python3 tests/live/live_kill.py 1000 1800 &
    pids=$!
    wait "$pids" || { pids=""; return 1; }
    pids=""
}

failed=""
for name in "$@"; do
    printf '\n=== %s\n' "$name"
    began=$(date +%s)
    case "$name" in
    campaign_small_model) run_small_model || failed="$failed $name" ;;
    campaign_mail) run_mail || failed="$failed $name" ;;
    campaign_kill) run_kill || failed="$failed $name" ;;
    campaign_differential) run_differential || failed="$failed $name" ;;
    campaign_filter) run_filter || failed="$failed $name" ;;
    *)
        "build/release/tests/campaign/$name" &
        pids=$!
        wait "$pids" || failed="$failed $name"
        pids=""
        ;;
    esac
    echo "=== $name: $(($(date +%s) - began)) s"
done
[ -z "$failed" ] || { echo "failed:$failed"; exit 1; }
