#!/bin/sh
# Installs what the conformance tests need: node, npm and Python's venv, and into a folder, once for each state of
# the lists, the packages of npm and PyPI:
#
#   install.sh FOLDER
set -eu
here=$(cd "$(dirname "$0")" && pwd)
tools=$1
. "$here/../../etc/packages.sh"
packages=python3-venv
command -v node >/dev/null || packages="$packages nodejs"
command -v npm >/dev/null || packages="$packages npm"
need_packages "compare with other implementations" $packages
wanted=$(cat "$here/package-lock.json" "$here/requirements.txt" | cksum)
[ "$(cat "$tools/installed" 2>/dev/null)" != "$wanted" ] || exit 0

echo "Installing the packages of the conformance tests (npm, pip)."
rm -rf "$tools"
mkdir -p "$tools"
cp "$here/package.json" "$here/package-lock.json" "$tools/"
{
    npm ci --prefix "$tools" --ignore-scripts --no-audit --no-fund --loglevel=error &&
        python3 -m venv "$tools/venv" &&
        "$tools/venv/bin/pip" install --quiet --disable-pip-version-check --no-deps -r "$here/requirements.txt"
} >"$tools/install.log" 2>&1 || { cat "$tools/install.log" >&2; exit 1; }
printf '%s' "$wanted" >"$tools/installed"
