#!/usr/bin/env bash
# A throw-away Heimdal realm on loopback. Its packages cannot be installed beside MIT's, so they are unpacked into a folder of their own.
#   heimdal-realm.sh fetch ROOT         download Heimdal's packages and unpack them into ROOT (once)
#   heimdal-realm.sh up   DIR REALM PORT ROOT    make the realm (once) and start its KDC
#   heimdal-realm.sh hold DIR REALM PORT ROOT    as "up", say "ready", and stop the KDC when stdin ends
#   heimdal-realm.sh down DIR                    stop the KDC by its pid
# Principals: alice/alicepw and bob/bobpw; test/localhost and HTTP/localhost with a key of every enctype; et-ENCTYPE/localhost with one.
# Keytabs: DIR/kt/{alice,bob,test,HTTP,et-ENCTYPE,krbtgt}.keytab and all services in services.keytab. No ticket has a PAC.
set -euo pipefail
umask 077
here=$(cd "$(dirname "$0")" && pwd)
declare -A enctypes=([aes128-cts]=aes128-cts-hmac-sha1-96 [aes256-cts]=aes256-cts-hmac-sha1-96
  [aes128-sha2]=aes128-cts-hmac-sha256-128 [aes256-sha2]=aes256-cts-hmac-sha384-192)

fetch() {
  local root=$1 part=$1.part deb
  [ -d "$root" ] && return
  rm -rf "$part"
  mkdir -p "$part/debs"
  cd "$part/debs"
  # All that an installation would add, without what only a daemon of inetd needs.
  apt-get install -s --no-install-recommends heimdal-kdc heimdal-clients | awk '/^Inst/ { print $2 }' | grep -vE 'inetd|tcpd' \
    | xargs apt-get -q download
  for deb in *.deb; do dpkg -x "$deb" "$part"; done
  cd /
  rm -rf "$part/debs"
  mv "$part" "$root"
}

write_config() {
  {
    client_libdefaults
    client_realm
    cat <<X
[kdc]
  database = {
    dbname = $dir/heimdal
    realm = $realm
    mkey_file = $dir/mkey
    acl_file = $dir/kadmind.acl
    log_file = $dir/iprop.log
  }
  enable-kx509 = false
  require-preauth = true
  ports = $port
  addresses = 127.0.0.1
[kadmin]
  default_keys = ${enctypes[*]/%/:pw-salt}
[logging]
  kdc = 0-/FILE:$dir/kdc.log
  default = 0-/FILE:$dir/kdc.log
X
  } > "$dir/krb5.conf"
  : > "$dir/kadmind.acl"
}

principal_commands() {
  local name other
  for name in alice bob; do
    echo "add -p ${name}pw --use-defaults $name"
    echo "ext_keytab -k $dir/kt/$name.keytab $name"
  done
  for name in test HTTP "${!enctypes[@]}"; do
    case $name in aes*) other=et-$name ;; *) other=$name ;; esac
    echo "add -r --use-defaults $other/localhost"
    if [ "$other" != "$name" ]; then echo "del_enctype $other/localhost $(other_enctypes "$name")"; fi
    echo "ext_keytab -k $dir/kt/$other.keytab $other/localhost"
    echo "ext_keytab -k $dir/kt/services.keytab $other/localhost"
  done
  echo "ext_keytab -k $dir/kt/krbtgt.keytab krbtgt/$realm"
}

other_enctypes() {
  local name
  for name in "${!enctypes[@]}"; do
    if [ "$name" != "$1" ]; then echo -n "${enctypes[$name]} "; fi
  done
}

make_realm() {
  mkdir -p "$dir/kt"
  write_config
  [ -f "$dir/made" ] && return
  if {
    "$root/usr/sbin/kstash" --random-key -k "$dir/mkey" -e aes256-cts-hmac-sha1-96
    kadmin init --realm-max-ticket-life=1d --realm-max-renewable-life=7d "$realm"
    principal_commands | kadmin
  } > "$dir/kadmin.log" 2>&1; then
    : > "$dir/made"
    return
  fi
  { echo "The realm's database was not made. Next: read the last words of kstash and kadmin:"
    tail -n 3 "$dir/kadmin.log"; } >&2
  exit 1
}

kadmin() { "$root/usr/bin/kadmin.heimdal" -l -c "$dir/krb5.conf" -r "$realm" "$@"; }

command=${1:?fetch, up, hold or down} dir=${2:?directory} realm=${3:-HEIM.TEST} port=${4:-21188} root=${5:-$here/bin/heimdal}
if [ "$command" = fetch ]; then fetch "$dir"; exit 0; fi
# shellcheck source=tests/peers/realm-common.sh
. "$here/realm-common.sh"
stop_kdc
[ "$command" = down ] && exit 0
LD_LIBRARY_PATH=$(dirname "$(echo "$root"/usr/lib/*/libkrb5.so.26)")
export LD_LIBRARY_PATH KRB5_CONFIG=$dir/krb5.conf
make_realm
start_and_wait "$root/usr/lib/heimdal-servers/kdc" -c "$dir/krb5.conf" --addresses=127.0.0.1 -P "$port"
[ "$command" = up ] && exit 0
hold_kdc
