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
    [ -z "$missing" ] && return 0
    echo "To $purpose, these Debian packages are still needed:$missing"
    as_root=""
    if [ "$(id -u)" -ne 0 ]; then
        if ! command -v sudo >/dev/null 2>&1; then
            echo "Please run this as root: apt-get install$missing" >&2
            return 1
        fi
        echo "Installing them needs root: sudo may ask for your password."
        as_root=sudo
    fi
    log=${TMPDIR:-/tmp}/rolecall-packages.$$.log
    # A server that is installed for a test is started by the test, never by its package.
    policy=/usr/sbin/policy-rc.d
    made_policy=""
    if [ ! -e "$policy" ]; then
        printf '#!/bin/sh\nexit 101\n' | $as_root tee "$policy" >/dev/null && $as_root chmod +x "$policy" && made_policy=yes
    fi
    status=0
    {
        $as_root apt-get update -q &&
            $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends $missing
    } >"$log" 2>&1 || status=1
    [ -n "$made_policy" ] && $as_root rm -f "$policy"
    if [ "$status" -ne 0 ]; then
        tail -n 20 "$log" >&2
        echo "apt could not install them (the whole log: $log)" >&2
        return 1
    fi
    rm -f "$log"
    echo "Installed."
}
