# Sourced by etc/demo.sh and tests/run.sh: installs the Debian packages a command needs.
#
#   need_packages WHAT PACKAGE ...
#
# Says what is missing and installs it with apt; asks for root (sudo) only when something is.

BUILD_PACKAGES="build-essential cmake ninja-build pkg-config python3 libglib2.0-dev libldap-dev
    libcurl4-gnutls-dev libjansson-dev libconfig-dev libmicrohttpd-dev libsqlite3-dev libgnutls28-dev"

need_packages()
{
    purpose=$1
    shift
    missing=""
    for package in "$@"; do
        dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' ||
            missing="$missing $package"
    done
    [ -n "$missing" ] || return 0
    printf 'To %s, these Debian packages are still needed:\n ' "$purpose"
    echo "$missing" | fold -s -w 96 | sed '2,$s/^/  /'
    if ! command -v apt-get >/dev/null 2>&1; then
        echo "This system has no apt-get: please install what corresponds to them, or use Debian 12." >&2
        return 1
    fi
    as_root=""
    if [ "$(id -u)" -ne 0 ]; then
        if ! command -v sudo >/dev/null 2>&1; then
            echo "Only root can install them, and there is no sudo here. Have root run this, then try again:" >&2
            echo "  apt-get update && apt-get install --no-install-recommends$missing" >&2
            return 1
        fi
        echo "Installing them needs root: sudo may ask for your password."
        as_root=sudo
    fi
    echo "Installing them with apt: this can take some minutes."
    log=$(mktemp "${TMPDIR:-/tmp}/rolecall-packages.XXXXXX") || return 1
    if install_packages $missing >"$log" 2>&1; then
        rm -f "$log"
        echo "Installed."
        return 0
    fi
    grep '^E:' "$log" | head -n 3 >&2
    echo "apt could not install them; is a Debian mirror reachable from here? The whole log: $log" >&2
    return 1
}

# In a subshell, so that its trap takes the policy away however apt ends.
install_packages()
(
    # A server that is installed for a test is started by the test, never by its package.
    policy=/usr/sbin/policy-rc.d
    if [ ! -e "$policy" ]; then
        trap '$as_root rm -f "$policy"' EXIT
        trap 'exit 130' INT TERM
        printf '#!/bin/sh\nexit 101\n' | $as_root tee "$policy" && $as_root chmod +x "$policy"
    fi
    $as_root apt-get update -q &&
        $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends "$@"
)
