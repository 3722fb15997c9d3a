#!/usr/bin/env bash
# Runs every test of this repository. A Debian machine with the .NET 10 SDK is enough: the peers are installed and built here.
#   tests/run.sh                  everything
#   tests/run.sh --filter EXPR    arguments go to "dotnet test"; only the tests that they leave are run, and nothing else
# With GRPCKERBEROS_REQUIRE_PEERS=1 a missing peer is a failure instead of a skipped test, and .nuget/feed is compared with its source.
# Up to five failed tests of a project are run once more, alone: those that pass then count as passed, and are told at the end all the same.
# The last line is "N passed, N failed, N skipped"; the exit code is 0 only when some passed and none failed.
set -euo pipefail
cd "$(dirname "$0")/.."
export PATH=$PATH:/usr/sbin:/sbin MSBUILDDISABLENODEREUSE=1

peers=(MIT Samba Heimdal Python Java Go faketime AOT)
declare -A packages=(
  [MIT]="krb5-kdc krb5-admin-server krb5-user libkrb5-dev gcc libc6-dev"
  [Samba]="samba samba-ad-dc winbind samba-ad-provision samba-dsdb-modules ldb-tools python3-samba python3-cryptography python3-markdown"
  [Heimdal]="" # unpacked, not installed: it conflicts with MIT's
  [Python]="python3 python3-grpcio python3-gssapi python3-protobuf protobuf-compiler"
  [Java]="openjdk-17-jdk-headless libgrpc-java libprotobuf-java libguava-java libnetty-java libnetty-tcnative-java libperfmark-java
    libgeronimo-annotation-1.3-spec-java protobuf-compiler protobuf-compiler-grpc-java-plugin"
  [Go]="golang-go golang-github-jcmturner-gokrb5.v8-dev golang-google-grpc-dev golang-goprotobuf-dev protobuf-compiler"
  [faketime]="faketime"
  [AOT]="clang zlib1g-dev"
)
heimdal=tests/peers/bin/heimdal
examples=(Quickstart Relay)
required=${GRPCKERBEROS_REQUIRE_PEERS:-0}
most_again=5 # so many failed tests of a project, at most, are run once more
results=$(mktemp -d)
passed=0 failed=0 skipped=0

say() { printf '\n== %s\n' "$*"; }

# missing_packages PEER...
missing_packages() {
  local peer name
  for peer in "$@"; do
    for name in ${packages[$peer]}; do
      dpkg-query -W -f '${db:Status-Status}\n' "$name" 2> /dev/null | grep -qx installed || echo "$name"
    done
  done | xargs
}

as_root() {
  if [ "$(id -u)" = 0 ]; then env DEBIAN_FRONTEND=noninteractive "$@"; else sudo -n env DEBIAN_FRONTEND=noninteractive "$@"; fi
}

# apt_install PACKAGE... : no daemon starts, whatever this machine's policy was.
apt_install() {
  local policy=/usr/sbin/policy-rc.d code=0
  if [ -e "$policy" ]; then policy=; else as_root sh -c "printf '#!/bin/sh\nexit 101\n' > $policy && chmod +x $policy"; fi
  as_root apt-get install -y --no-install-recommends "$@" < /dev/null >> "$results/apt.log" 2>&1 || code=$?
  if [ -n "$policy" ]; then as_root rm -f "$policy"; fi
  return "$code"
}

# All at once is quickest; package lists may be absent or old, and one peer that this machine cannot have must not cost the others.
install_peers() {
  local peer missing
  command -v apt-get > /dev/null && as_root true 2> /dev/null || return 0
  missing=$(missing_packages "${peers[@]}")
  [ -n "$missing" ] || return 0
  say "Installing $missing"
  # shellcheck disable=SC2086
  apt_install $missing && return
  as_root apt-get update >> "$results/apt.log" 2>&1 || true
  for peer in "${peers[@]}"; do
    missing=$(missing_packages "$peer")
    # shellcheck disable=SC2086
    [ -z "$missing" ] || apt_install $missing || tail -n 5 "$results/apt.log"
  done
}

unpack_heimdal() {
  [ -d "$heimdal" ] && return
  command -v apt-get > /dev/null || return 0
  say "Unpacking Heimdal into $heimdal"
  {
    tests/peers/heimdal-realm.sh fetch "$PWD/$heimdal" \
      || { as_root apt-get update && tests/peers/heimdal-realm.sh fetch "$PWD/$heimdal"; }
  } >> "$results/apt.log" 2>&1 || tail -n 5 "$results/apt.log"
}

prepare_peers() {
  local peer missing
  install_peers
  unpack_heimdal
  tests/peers/build.sh > "$results/peers.log" 2>&1 || tail -n 5 "$results/peers.log"
  for peer in "${peers[@]}"; do
    missing=$(missing_packages "$peer")
    [ "$peer" != Heimdal ] || [ -d "$heimdal" ] || missing="$heimdal, by tests/peers/heimdal-realm.sh fetch, which needs apt-get and a mirror but no root"
    [ -z "$missing" ] || tell_missing "$peer" "$missing"
  done
}

tell_missing() {
  if [ "$required" = 1 ]; then
    say "$1 is not all here and cannot be had: its tests fail. Next: install $2"
  else
    say "$1 is not all here and cannot be had: its tests are skipped (missing: $2)"
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

# The names of the tests of one outcome.
names_with() { { grep -o "<UnitTestResult .*outcome=\"$2\"" "$1" || true; } | sed 's/.* testName="//; s/".*//' | plain | sort -u; }

dotnet_test() {
  local project=$1 trx=$2 code=0; shift 2
  dotnet test "$project" --no-build -c Release --nologo --results-directory "$results" --logger "trx;LogFileName=$(basename "$trx")" \
    --blame-hang-timeout 10m --blame-hang-dump-type none "$@" < /dev/null || code=$?
  [ -f "$trx" ] || : > "$trx"
  return "$code"
}

# once_more PROJECT TRX : runs what failed again, alone; of what passes then the first failure is told, and the rest stays in the file "still".
once_more() {
  local again=${2%.trx}.again.trx filter
  say "$1: what failed, once more and alone"
  filter=$(names_with "$2" Failed | sed 's/(.*//; s/^/FullyQualifiedName=/' | sort -u | paste -sd '|')
  dotnet_test "$1" "$again" --filter "$filter" || true
  { names_with "$again" Failed; comm -23 <(names_with "$2" Failed) <(names_with "$again" Passed); } | sort -u | sed 's/.*/  &: /' > "$results/still"
  { tests_with "$2" Failed | grep -vFf "$results/still" || true; } >> "$results/sporadic"
  { cat <(tests_with "$2" Failed) <(tests_with "$again" Failed) | grep -Ff "$results/still" | sort -u || true; } >> "$results/failed"
}

# A part was asked for: then a failure is what is looked for. A run that broke off has not run the others.
may_run_again() {
  local trx=$1 lost=$2; shift 2
  [ "$lost" -ge 1 ] && [ "$lost" -le "$most_again" ] && [[ " $* " != *" --filter"* ]] && ! grep -qiE 'test run was aborted|process crashed' "$trx"
}

run_tests() {
  local project=$1 trx code=0 lost still; shift
  trx=$results/$(basename "$project").trx
  say "$project"
  dotnet_test "$project" "$trx" "$@" || code=$?
  lost=$(outcomes "$trx" Failed)
  passed=$((passed + $(outcomes "$trx" Passed)))
  skipped=$((skipped + $(outcomes "$trx" NotExecuted)))
  tests_with "$trx" NotExecuted >> "$results/skipped"
  if may_run_again "$trx" "$lost" "$@"; then
    once_more "$project" "$trx"
    still=$(wc -l < "$results/still")
    passed=$((passed + lost - still)) lost=$still
  else
    tests_with "$trx" Failed >> "$results/failed"
    # A run that broke off has an exit code, but no failed test to show for it.
    if [ "$code" != 0 ] && [ "$lost" = 0 ]; then lost=1; echo "  $project (ended with $code)" >> "$results/failed"; fi
  fi
  failed=$((failed + lost))
}

finish() {
  local code=$?
  if [ "$code" != 0 ]; then failed=$((failed + 1)); fi
  if [ -s "$results/skipped" ]; then say "Skipped"; cat "$results/skipped"; fi
  if [ -s "$results/sporadic" ]; then say "Failed once, passed alone: a defect of the test or of the product, to be mended"; cat "$results/sporadic"; fi
  if [ -s "$results/failed" ]; then say "Failed"; cat "$results/failed"; fi
  rm -rf "$results"
  if [ "$((passed + failed + skipped))" = 0 ]; then say "No test was run. Next: look at the filter"; fi
  printf '\n%s passed, %s failed, %s skipped\n' "$passed" "$failed" "$skipped"
  [ "$failed" = 0 ] && [ "$passed" -gt 0 ] || exit 1
}
trap finish EXIT

if ! command -v dotnet > /dev/null; then
  say "dotnet is not on the PATH. Next: install the .NET 10 SDK"
  exit 1
fi
prepare_peers
say "Building"
dotnet build GrpcKerberos.sln -c Release -warnaserror --nologo -v q
for project in tests/*.Tests examples/Greeter/Tests; do run_tests "$project" "$@"; done
if [ $# = 0 ]; then
  if [ "$required" = 1 ]; then check ".nuget/feed" .nuget/standins/pack.sh --check; fi
  check "packages" timeout 1800 tests/packages.sh
  check "native code" timeout 1200 tests/aot.sh
  for example in "${examples[@]}"; do
    check "examples/$example" timeout 120 dotnet run --project "examples/$example" --no-build -c Release
  done
fi
