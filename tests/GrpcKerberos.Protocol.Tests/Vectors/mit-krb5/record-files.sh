#!/bin/bash
# Records keytabs and credential caches as MIT krb5 writes them, and what its klist says of them.
# record-files.sh [DIRECTORY] [PORT]: makes a throw-away realm in a temporary directory and writes into DIRECTORY.
set -euo pipefail
OUT=$(realpath "${1:-$(dirname "$0")}")
PORT=${2:-22088}
WORK=$(mktemp -d)
REALM=TEST.LOCAL
export TZ=UTC LC_ALL=C KRB5_CONFIG=$WORK/krb5.conf KRB5_KDC_PROFILE=$WORK/kdc.conf KRB5CCNAME=FILE:$WORK/cc
trap '[ -s "$WORK/kdc.pid" ] && kill "$(cat "$WORK/kdc.pid")"; rm -rf "$WORK"' EXIT
ALL="aes256-sha2 aes128-sha2 aes256-cts aes128-cts camellia256-cts camellia128-cts arcfour-hmac des3-cbc-sha1"
cat > "$KRB5_CONFIG" <<E
[libdefaults]
  default_realm = $REALM
  dns_lookup_kdc = false
  dns_canonicalize_hostname = false
  qualify_shortname = ""
  forwardable = true
  ticket_lifetime = 10h
  renew_lifetime = 7d
  permitted_enctypes = $ALL
  allow_rc4 = true
  allow_des3 = true
  #ccache_type = 3
[realms]
  $REALM = {
    kdc = 127.0.0.1:$PORT
  }
E
cat > "$KRB5_KDC_PROFILE" <<E
[kdcdefaults]
  kdc_listen = 127.0.0.1:$PORT
  kdc_tcp_listen = 127.0.0.1:$PORT
[realms]
  $REALM = {
    database_name = $WORK/principal
    key_stash_file = $WORK/stash
    acl_file = /dev/null
    max_life = 1d
    max_renewable_life = 7d
    supported_enctypes = $(for e in $ALL; do printf '%s:normal ' "$e"; done)
    default_principal_flags = +preauth +forwardable +renewable
  }
[logging]
  kdc = FILE:$WORK/kdc.log
E
kdb5_util -r $REALM create -s -P "$(openssl rand -hex 16)" >/dev/null 2>&1
rm -f "$OUT"/*.keytab
kadmin.local -r $REALM >/dev/null 2>&1 <<E
addprinc -randkey HTTP/orders.corp.example
addprinc -randkey HTTP/referred.example
addprinc -e aes256-cts:normal,arcfour-hmac:normal -randkey a/hole.example
addprinc -e aes128-sha2:normal -randkey b/hole.example
addprinc -e camellia256-cts:normal -randkey camellia/orders.corp.example
setstr camellia/orders.corp.example session_enctypes camellia256-cts
addprinc -pw alicepw alice
ktadd -norandkey -k $OUT/all-enctypes.keytab HTTP/orders.corp.example
ktadd -norandkey -k $OUT/hole.keytab a/hole.example
ktadd -norandkey -k $OUT/hole.keytab b/hole.example
ktremove -k $OUT/hole.keytab a/hole.example all
E
printf 'addent -password -p svc@%s -k %s -e aes256-cts\nsecret\n' $REALM 300 $REALM 4294967295 > "$WORK/ktutil"
printf 'wkt %s\nq\n' "$OUT/wide-kvno.keytab" >> "$WORK/ktutil"
ktutil < "$WORK/ktutil" >/dev/null
for f in "$OUT"/*.keytab; do klist -keK "$f" | tail -n +4 > "$f.klist.txt"; done

krb5kdc -n -r $REALM -P "$WORK/kdc.pid" >/dev/null 2>&1 &
for _ in $(seq 100); do [ -s "$WORK/kdc.pid" ] && ss -ltn | grep -q "127.0.0.1:$PORT " && break; sleep 0.05; done
record() {
  echo alicepw | kinit -S krbtgt/$REALM alice >/dev/null
  kvno -q HTTP/orders.corp.example camellia/orders.corp.example HTTP/referred.example@
  klist -ef | tail -n +4 > "$OUT/$1.klist.txt"
  cp "$WORK/cc" "$OUT/$1"
}
record v4.ccache.bin
sed -i 's/#ccache_type/ccache_type/' "$KRB5_CONFIG"
record v3.ccache.bin
chmod 644 "$OUT"/*.keytab "$OUT"/*.bin
