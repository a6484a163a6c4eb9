#!/bin/sh
# All tests of rolecall, from nothing: installs what is missing, builds, checks, tests.
#
#   sh tests/run.sh            everything
#   sh tests/run.sh STAGE...   only these: format tidy cppcheck dev conformance asan demo
#
# Exits non-zero if anything failed; says at the end what passed, and how long it took.
set -u
cd "$(dirname "$0")/.." || exit 1
. etc/packages.sh

for stage in "$@"; do
    case "$stage" in
    format | tidy | cppcheck | dev | conformance | asan | demo) ;;
    *)
        sed -n '2,6s/^# \{0,1\}//p' tests/run.sh
        [ "$stage" = --help ] && exit 0
        exit 64
        ;;
    esac
done

TEST_PACKAGES="libcmocka-dev clang-format clang-tidy cppcheck slapd ldap-utils curl python3-aiosmtpd
    chromium chromium-driver"
need_packages "build and test rolecall" $BUILD_PACKAGES $TEST_PACKAGES || exit 1
# Certificates name it, and browsers. A system made by debootstrap has no /etc/hosts.
getent hosts localhost >/dev/null ||
    { echo "The name localhost is not known here: put the line '127.0.0.1 localhost' into /etc/hosts." >&2; exit 1; }

# All that a test makes lies in here, also when it crashes.
scratch=$(mktemp -d "${TMPDIR:-/tmp}/rolecall-tests.XXXXXX") || exit 1
export TMPDIR="$scratch"
trap 'rm -rf "$scratch"' EXIT
trap 'exit 130' INT TERM

jobs=$(nproc)
failed=""
passed=0

sources()
{
    find agent scim mapping -name '*.c' | sort
}

configure()
{
    cmake --preset "$1" >"build/$1.configure.log" 2>&1 || { cat "build/$1.configure.log"; return 1; }
}

# Every server of a test has a path of the scratch folder in its command line.
no_process_left()
{
    left=0
    for each in /proc/[0-9]*/cmdline; do
        line=$({ tr '\0' ' ' <"$each"; } 2>/dev/null) || continue
        case "$line" in
        *"$scratch"*) echo "a test left this process behind: $line"; left=1 ;;
        esac
    done
    return "$left"
}

stage_format()
{
    find agent scim mapping tests -name '*.[ch]' -print0 | xargs -0 -P "$jobs" -n 40 clang-format --dry-run -Werror
}

stage_dev()
{
    configure dev && cmake --build build/dev -j "$jobs" &&
        ctest --test-dir build/dev --output-on-failure -j "$jobs" && no_process_left
}

# Independent tests and implementations, from npm and PyPI: the endpoint of dev, and its filters and PATCH.
stage_conformance()
{
    configure dev && cmake --build build/dev -j "$jobs" --target rolecall protocol_driver &&
        sh tests/conformance/install.sh "$PWD/build/conformance" &&
        ROLECALL="$PWD/build/dev/rolecall" PROTOCOL_DRIVER="$PWD/build/dev/tests/conformance/protocol_driver" \
            CONFORMANCE_TOOLS="$PWD/build/conformance" PYTHONDONTWRITEBYTECODE=1 \
            python3 tests/conformance/run_conformance.py && no_process_left
}

# Unit and scenario tests once more under the address and undefined-behaviour sanitizers; the live
# servers, the campaigns' slices and the two matrices run once, in dev.
stage_asan()
{
    configure asan && cmake --build build/asan -j "$jobs" &&
        ctest --test-dir build/asan --output-on-failure -j "$jobs" -LE 'live|campaign|structure|matrix' &&
        no_process_left
}

stage_tidy()
{
    # What goes to stderr counts warnings of foreign headers, which are not shown.
    configure dev && sources | xargs -P "$jobs" -n 4 clang-tidy -p build/dev --quiet \
        --extra-arg=-Wno-unknown-warning-option 2>build/tidy.log ||
        { grep -v 'warnings\? generated' build/tidy.log; return 1; }
}

stage_cppcheck()
{
    configure dev && cppcheck --quiet -j "$jobs" --std=c11 --error-exitcode=1 --inline-suppr \
        --enable=warning,performance,portability --suppress=missingIncludeSystem \
        --library=gtk --suppress=unknownMacro -I . agent scim mapping
}

stage_demo()
{
    sh etc/demo.sh --once
}

run_stage()
{
    printf '\n=== %s\n' "$1"
    began=$(date +%s)
    mkdir -p build
    if "stage_$1"; then
        passed=$((passed + 1))
        echo "=== $1: passed in $(($(date +%s) - began)) s"
    else
        failed="$failed $1"
        echo "=== $1: FAILED after $(($(date +%s) - began)) s"
    fi
}

start=$(date +%s)
[ $# -gt 0 ] || set -- format dev conformance asan tidy cppcheck demo
for stage in "$@"; do
    run_stage "$stage"
done
printf '\n%s s in all\n' "$(($(date +%s) - start))"
count=$(echo $failed | wc -w)
[ -z "$failed" ] || echo "failed:$failed"
echo "stages: $passed passed, $count failed"
[ -z "$failed" ]
