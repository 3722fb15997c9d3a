#!/usr/bin/env bash
# Publishes examples/Quickstart (KDC, service and client in one) as native code and runs it: every exchange must come out as it does under the JIT.
# A trimming or AOT warning is an error, but for the one that Google.Protobuf has of its own (IL2104; its reflection is not used here).
# Needs clang and zlib's headers; the last line tells size and start-up, as a part of what the same program takes under the JIT.
set -euo pipefail
cd "$(dirname "$0")/.."
export MSBUILDDISABLENODEREUSE=1
if ! command -v clang > /dev/null || ! [ -e /usr/include/zlib.h ]; then
  echo "clang or zlib's headers are missing. Next: apt-get install clang zlib1g-dev"
  [ "${GRPCKERBEROS_REQUIRE_PEERS:-0}" = 1 ] && exit 1 || exit 77
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

publish() { dotnet publish examples/Quickstart -c Release --use-current-runtime --nologo -v q --artifacts-path "$work/$1" -o "$work/$1/out" "${@:2}"; }

publish native -p:PublishAot=true -p:WarningsNotAsErrors=IL2104 2>&1 | tee "$work/log"
if grep ' IL[0-9]*: ' "$work/log" | grep -v "IL2104: Assembly 'Google.Protobuf'"; then exit 1; fi
publish jit --self-contained true

# run PROGRAM: what it prints, its last line being the verdict; to fd 3 the seconds it took.
run() {
  local started=$EPOCHREALTIME
  timeout 120 "$1"
  awk -v a="$started" -v b="$EPOCHREALTIME" 'BEGIN { print b - a }' >&3
}
run "$work/jit/out/Quickstart" 3> "$work/jit.time" > /dev/null
run "$work/native/out/Quickstart" 3> "$work/native.time"
size() { du -sk --apparent-size "$@" | cut -f1; }
awk -v native="$(size "$work/native/out/Quickstart")" -v jit="$(size "$work/jit/out")" -v tn="$(cat "$work/native.time")" -v tj="$(cat "$work/jit.time")" \
  'BEGIN { printf "Native: one file of %.0f MB (JIT, self-contained: %.0f MB), and the whole run in %.2f of the time\n", native / 1024, jit / 1024, tn / tj }'
