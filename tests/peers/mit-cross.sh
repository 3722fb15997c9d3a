#!/usr/bin/env bash
# Three throw-away MIT realms on loopback, A.TEST, B.TEST and C.TEST: A and B share keys, B and C share keys, A and C do not.
#   mit-cross.sh hold DIR PORT_A PORT_B PORT_C    make them, say "ready", and stop the KDCs when stdin ends
# Each lies in DIR/A, DIR/B, DIR/C as mit-realm.sh makes it, with HTTP/svc.a.test and so on beside its principals (DIR/A/kt/http.keytab).
# What the KDCs know:
#   A  the way to C and back ([capaths]), and whose realm .b.test and .c.test are: it refers, and it vouches for tickets from C
#   B  whose realm .a.test and .c.test are
#   C  nothing, and it does not insist: it gives tickets that came from A through B without vouching for the way
# DIR/client.conf: all three KDCs, no [capaths], no [domain_realm].
set -euo pipefail
umask 077

prepare() { # realm letter, extra.conf on stdin
  local lower=${1,,} peer
  mkdir -p "$dir/$1/kt"
  cat > "$dir/$1/extra.conf"
  {
    echo "addprinc -randkey HTTP/svc.$lower.test"
    echo "ktadd -norandkey -k $dir/$1/kt/http.keytab HTTP/svc.$lower.test"
    for peer in AB BC; do
      [[ $peer == *$1* ]] || continue
      echo "addprinc -e aes256-cts:normal -pw trust-$peer krbtgt/${peer:1:1}.TEST@${peer:0:1}.TEST"
      echo "addprinc -e aes256-cts:normal -pw trust-$peer krbtgt/${peer:0:1}.TEST@${peer:1:1}.TEST"
    done
  } > "$dir/$1/extra.kadmin"
}

stop() {
  local realm
  for realm in A B C; do "$here/mit-realm.sh" down "$dir/$realm" < /dev/null || true; done
}

here=$(cd "$(dirname "$0")" && pwd)
[ "${1:-}" = hold ] || { echo "usage: mit-cross.sh hold DIR PORT_A PORT_B PORT_C" >&2; exit 1; }
dir=${2:?directory}
declare -A ports=([A]=${3:?port} [B]=${4:?port} [C]=${5:?port})

prepare A <<X
[domain_realm]
  .b.test = B.TEST
  .c.test = C.TEST
[capaths]
  A.TEST = {
    C.TEST = B.TEST
  }
  C.TEST = {
    A.TEST = B.TEST
  }
X
prepare B <<X
[domain_realm]
  .a.test = A.TEST
  .c.test = C.TEST
X
prepare C <<X
[realms]
  C.TEST = {
    reject_bad_transit = false
  }
X

trap stop EXIT
for realm in A B C; do "$here/mit-realm.sh" up "$dir/$realm" "$realm.TEST" "${ports[$realm]}" < /dev/null; done
{
  sed -e '/^\[realms\]/,$d' "$dir/A/krb5.conf"
  echo "[realms]"
  for realm in A B C; do printf '  %s.TEST = {\n    kdc = 127.0.0.1:%s\n  }\n' "$realm" "${ports[$realm]}"; done
} > "$dir/client.conf"
echo ready
cat > /dev/null
