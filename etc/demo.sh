#!/bin/sh
# Two days in the life of an example company, from nothing: builds rolecall, starts its endpoint on
# loopback, lets the directory in etc/example/ be read, planned and carried out.
#
#   sh etc/demo.sh           leaves the endpoint running, prints its URL and a token
#   sh etc/demo.sh --once    stops everything at the end; the last line is the last run's report
#
# Everything it makes is below build/.
set -eu
cd "$(dirname "$0")/.."
. etc/packages.sh

once=""
case "${1:-}" in
"") ;;
--once) once=yes ;;
*)
    sed -n '2,8s/^# \{0,1\}//p' etc/demo.sh
    [ "$1" = --help ] && exit 0
    exit 64
    ;;
esac

need_packages "build and run the demo" $BUILD_PACKAGES curl

bold() { if [ -t 1 ]; then printf '\033[1m%s\033[0m' "$1"; else printf '%s' "$1"; fi; }
title() { printf '\n'; bold "== $1"; printf '\n'; }
# The commands are shown as they would be typed.
show() { printf '\n'; bold "\$ rolecall $*"; printf '\n'; rolecall "$@"; }

title "Building"
mkdir -p build
began=$(date +%s)
cmake --preset release >build/demo-build.log 2>&1 &&
    cmake --build build/release >>build/demo-build.log 2>&1 || { tail -n 30 build/demo-build.log; exit 1; }
grep -c 'warning:' build/demo-build.log >/dev/null && { grep 'warning:' build/demo-build.log; exit 1; }
binary=$PWD/build/release/rolecall
echo "$binary, built in $(($(date +%s) - began)) s"

folder=$PWD/build/demo
# Its process id may be another process by now: only one that serves this very config is stopped.
if [ -f "$folder/serve.pid" ]; then
    old=$(cat "$folder/serve.pid")
    if tr '\0' '\n' 2>/dev/null <"/proc/$old/cmdline" | grep -q -x -F "$folder/rolecall.conf"; then
        kill "$old"
        while kill -0 "$old" 2>/dev/null; do sleep 0.05; done
        echo "(the endpoint of an earlier demo was still running: stopped)"
    fi
fi
rm -rf "$folder"
mkdir -p "$folder"
# The first free port from 8480 on.
port=$(python3 -c '
import itertools, socket
for port in itertools.count(8480):
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            continue
        print(port)
        break')
sed -e "s|@FOLDER@|$folder|g" -e "s|@PORT@|$port|g" etc/example/rolecall.conf >"$folder/rolecall.conf"
cp etc/example/company-day-1.ldif "$folder/company.ldif"
rolecall() { verb=$1; shift; "$binary" "$verb" -c "$folder/rolecall.conf" "$@"; }
# A verb may end with one of these statuses besides 0: "may 2 plan".
may()
{
    allowed=$1
    shift
    status=0
    "$@" || status=$?
    [ "$status" -eq 0 ] || [ "$status" -eq "$allowed" ] || { echo "unexpected exit status $status" >&2; exit 1; }
}

title "The endpoint"
"$binary" serve -c "$folder/rolecall.conf" >"$folder/serve.out" 2>"$folder/serve.log" &
server=$!
echo "$server" >"$folder/serve.pid"
stop_server()
{
    kill "$server" 2>/dev/null && wait "$server" 2>/dev/null || true
    rm -f "$folder/serve.pid"
}
trap 'stop_server' EXIT
trap 'exit 130' INT TERM
until grep -q listening "$folder/serve.out"; do
    kill -0 "$server" 2>/dev/null || { cat "$folder/serve.log"; exit 1; }
    sleep 0.05
done
cat "$folder/serve.out"
show check

# People accept by posting the token of their link, as the page behind the link does.
accept()
{
    rolecall resend --organization acme "$@" >"$folder/links"
    grep -o '#[A-Za-z0-9_-]*' "$folder/links" | cut -c2- | while read -r token; do
        curl -s -f -o /dev/null --data-urlencode "token=$token" --data answer=accept \
            "http://127.0.0.1:$port/invitation" || { echo "an acceptance failed" >&2; exit 1; }
    done
    echo "$# people accepted their invitation over HTTP."
}

title "Day one: the directory is read for the first time"
show invite --organization acme --role member sam.reed@example.com
may 2 show plan
show sync

title "People answer their invitations"
# everybody who is invited, but six who are on holiday
accept $(rolecall members --organization acme | awk '$2 == "invited" { print $1 }' |
    grep -v -e sam.reed@ -e zoe.zimmer@ -e zeno.zorn@ -e petra.pohl@ -e hanna.huber@ -e gustav.gross@)
show members --organization acme
show status

evening=$(date -u +%Y-%m-%dT%H:%M:%SZ)
sleep 1 # the trail counts in seconds
title "Day two: people come and go, an administrator moves on"
cp etc/example/company-day-2.ldif "$folder/company.new" && mv "$folder/company.new" "$folder/company.ldif"
may 4 show plan
may 4 show sync

title "The held address is released by hand, the next run goes on by itself"
show revoke --organization acme sam.reed@example.com
show sync
accept mira.stone@example.com sam.reed@example.com

title "The same input again: nothing to do"
show sync
show members --organization acme

title "The audit trail: nobody touched it, and it knows who was there when day two began"
show audit verify
show members --organization acme --at "$evening"

if [ -n "$once" ]; then
    title "The last run's report, for programs"
    rolecall sync --json >"$folder/report.json"
    stop_server
    trap - EXIT
    cat "$folder/report.json"
    exit 0
fi
token=$(rolecall token create demo --organization acme --scope admin)
trap - EXIT
title "Yours to look at"
cat <<EOF
endpoint   http://127.0.0.1:$port/scim/v2     (process $server; stop it with: kill $server)
token      $token
config     $folder/rolecall.conf

  curl -H "Authorization: Bearer $token" http://127.0.0.1:$port/scim/v2/Users
  '$binary' members -c '$folder/rolecall.conf' --organization acme
EOF
