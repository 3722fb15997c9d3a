#!/usr/bin/env bash
# Runs every test of this repository. A Debian machine with the .NET 10 SDK is enough: the peers are installed and built here.
#   tests/run.sh                  everything
#   tests/run.sh --filter EXPR    arguments go to "dotnet test"; only the tests that they leave are run, and nothing else
# With GRPCKERBEROS_REQUIRE_PEERS=1 a missing peer is a failure instead of a skipped test, and .nuget/feed is compared with its source.
# The last line is "N passed, N failed, N skipped"; the exit code is 0 only when some passed and none failed.
set -euo pipefail
cd "$(dirname "$0")/.."
export PATH=$PATH:/usr/sbin:/sbin MSBUILDDISABLENODEREUSE=1

packages=(krb5-kdc krb5-admin-server krb5-user libkrb5-dev gcc libc6-dev python3 python3-grpcio python3-gssapi)
examples=(Quickstart)
required=${GRPCKERBEROS_REQUIRE_PEERS:-0}
results=$(mktemp -d)
passed=0 failed=0 skipped=0

say() { printf '\n== %s\n' "$*"; }

missing_packages() {
  local name
  for name in "${packages[@]}"; do
    dpkg-query -W -f '${db:Status-Status}\n' "$name" 2> /dev/null | grep -qx installed || echo "$name"
  done
}

as_root() {
  if [ "$(id -u)" = 0 ]; then env DEBIAN_FRONTEND=noninteractive "$@"; else sudo -n env DEBIAN_FRONTEND=noninteractive "$@"; fi
}

# Package lists may be absent or old: fetched only when an install without them fails.
install_peers() {
  local missing
  command -v apt-get > /dev/null || return 0
  missing=$(missing_packages | xargs)
  [ -n "$missing" ] || return 0
  as_root true 2> /dev/null || return 0
  say "Installing $missing"
  # shellcheck disable=SC2086
  {
    as_root apt-get install -y --no-install-recommends $missing \
      || { as_root apt-get update && as_root apt-get install -y --no-install-recommends $missing; }
  } > "$results/apt.log" 2>&1 || tail -n 5 "$results/apt.log"
}

prepare_peers() {
  install_peers
  if type krb5kdc kadmin.local kinit &> /dev/null && tests/peers/build.sh > "$results/peers.log" 2>&1; then return; fi
  tail -n 5 "$results/peers.log" 2> /dev/null || true
  if [ "$required" = 1 ]; then
    say "MIT krb5 is not here and cannot be installed: its tests fail. Next: install ${packages[*]}"
  else
    say "MIT krb5 is not here and cannot be installed: its tests are skipped"
  fi
}

# A command that counts as one test; exit code 77 means skipped, its last line why.
check() {
  local name=$1 code=0 log; shift
  log=$(mktemp -p "$results")
  say "$name"
  "$@" < /dev/null 2>&1 | tee "$log" || code=$?
  case $code in
    0) passed=$((passed + 1)) ;;
    77) skipped=$((skipped + 1)); echo "  $name: $(tail -n 1 "$log")" >> "$results/skipped" ;;
    *) failed=$((failed + 1)); echo "  $name (exit code $code)" >> "$results/failed" ;;
  esac
}

outcomes() { grep -c "<UnitTestResult .*outcome=\"$2\"" "$1" || true; }

plain() { sed -e 's/&quot;/"/g; s/&lt;/</g; s/&gt;/>/g; s/&#x[AD];/ /g; s/&amp;/\&/g'; }

# Lines "name: first line of the message" of one outcome.
tests_with() {
  awk -v outcome="outcome=\"$2\"" '
    /<UnitTestResult / { name = ""; if (index($0, outcome)) { name = $0; sub(/.*testName="/, "", name); sub(/".*/, "", name) } }
    name != "" && /<Message>/ { sub(/.*<Message>/, ""); sub(/<\/Message>.*/, ""); print "  " name ": " $0; name = "" }
  ' "$1" | plain
}

run_tests() {
  local project=$1 trx code=0 lost; shift
  trx=$results/$(basename "$project").trx
  say "$project"
  dotnet test "$project" --no-build -c Release --nologo --results-directory "$results" --logger "trx;LogFileName=$(basename "$trx")" \
    --blame-hang-timeout 10m --blame-hang-dump-type none "$@" < /dev/null || code=$?
  [ -f "$trx" ] || : > "$trx"
  lost=$(outcomes "$trx" Failed)
  passed=$((passed + $(outcomes "$trx" Passed)))
  skipped=$((skipped + $(outcomes "$trx" NotExecuted)))
  tests_with "$trx" NotExecuted >> "$results/skipped"
  tests_with "$trx" Failed >> "$results/failed"
  # A run that broke off has an exit code, but no failed test to show for it.
  if [ "$code" != 0 ] && [ "$lost" = 0 ]; then lost=1; echo "  $project (ended with $code)" >> "$results/failed"; fi
  failed=$((failed + lost))
}

finish() {
  local code=$?
  if [ "$code" != 0 ]; then failed=$((failed + 1)); fi
  if [ -s "$results/skipped" ]; then say "Skipped"; cat "$results/skipped"; fi
  if [ -s "$results/failed" ]; then say "Failed"; cat "$results/failed"; fi
  rm -rf "$results"
  printf '\n%s passed, %s failed, %s skipped\n' "$passed" "$failed" "$skipped"
  [ "$failed" = 0 ] && [ "$passed" -gt 0 ] || exit 1
}
trap finish EXIT

prepare_peers
say "Building"
dotnet build GrpcKerberos.sln -c Release -warnaserror --nologo -v q
for project in tests/*.Tests; do run_tests "$project" "$@"; done
if [ $# = 0 ]; then
  if [ "$required" = 1 ]; then check ".nuget/feed" .nuget/standins/pack.sh --check; fi
  for example in "${examples[@]}"; do
    check "examples/$example" timeout 120 dotnet run --project "examples/$example" --no-build -c Release
  done
fi
