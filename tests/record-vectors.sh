#!/usr/bin/env bash
# Records AP exchanges between MIT client and MIT service into tests/GrpcKerberos.Protocol.Tests/Vectors/mit-krb5, one file an enctype.
#   tests/record-vectors.sh [PORT]      needs the peers that tests/run.sh installs and builds
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
port=${1:-21088}
vectors=$here/GrpcKerberos.Protocol.Tests/Vectors/mit-krb5
export PATH=$here/peers/bin:$PATH:/usr/sbin:/sbin
"$here/peers/build.sh"

realm=$(mktemp -d)
trap '"$here/peers/mit-realm.sh" down "$realm"; rm -rf "$realm"' EXIT
"$here/peers/mit-realm.sh" up "$realm" KRB.TEST "$port"
# shellcheck disable=SC1091
. "$realm/env"

mkdir -p "$vectors"
for enctype in aes128-cts aes256-cts aes128-sha2 aes256-sha2; do
  echo alicepw | kinit alice > /dev/null
  # A ticket made in the same second as the TGT has no start time of its own: so the SHA-1 files have none, the SHA-2 files one.
  case $enctype in *-sha2) sleep 1.1 ;; esac
  file=$vectors/ap-exchange-$enctype.txt
  { echo "# AP exchanges of MIT krb5 $(krb5-config --version | awk '{ print $NF }'); see README.md. Throw-away keys of a throw-away realm."
    apreq record "et-$enctype/localhost"
  } > "$file"
  echo "$file"
done
