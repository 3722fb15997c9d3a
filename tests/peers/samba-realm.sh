#!/usr/bin/env bash
# A throw-away Active Directory domain controller of Samba on loopback, its KDC alone. It needs no root.
#   samba-realm.sh up   DIR REALM PORT    make the domain (once, some ten seconds) and start its KDC
#   samba-realm.sh hold DIR REALM PORT    as "up", say "ready", and stop the KDC when stdin ends
#   samba-realm.sh down DIR               stop the KDC by its pid
# DIR must be absolute and short: Samba makes unix sockets under it. Accounts and keytabs: samba_realm.py.
set -euo pipefail
umask 077
export PATH=$PATH:/usr/sbin:/sbin
here=$(cd "$(dirname "$0")" && pwd)

write_client_config() {
  {
    client_libdefaults
    # AD answers UDP with "too big" wherever there are groups.
    echo "  udp_preference_limit = 1"
    # For rc4/localhost; what has no RC4 passes over it.
    echo "  permitted_enctypes = aes256-cts aes128-cts arcfour-hmac"
    echo "  allow_rc4 = true"
    client_realm
  } > "$dir/krb5.conf"
}

write_server_config() {
  cat > "$dir/smb.conf" <<X
[global]
  netbios name = DC1
  realm = $realm
  workgroup = ${realm%%.*}
  server role = active directory domain controller
  server services = kdc
  interfaces = 127.0.0.1/8
  bind interfaces only = yes
  krb5 port = $port
  kpasswd port = 0
  private dir = $dir/private
  state directory = $dir/state
  cache directory = $dir/cache
  lock directory = $dir/lock
  pid directory = $dir/run
  ncalrpc dir = $dir/ncalrpc
  binddns dir = $dir/bind-dns
  log file = $dir/samba.log
  log level = 1 kerberos:3
  disable netbios = yes
  load printers = no
  kdc default domain supported enctypes = 0x1c
[sysvol]
  path = $dir/state/sysvol
  read only = no
[netlogon]
  path = $dir/state/sysvol/${realm,,}/scripts
  read only = no
X
}

make_realm() {
  mkdir -p "$dir"/{kt,private,state,cache,lock,run,ncalrpc,bind-dns}
  write_client_config
  write_server_config
  [ -f "$dir/made" ] && return
  if /usr/bin/python3 -B "$here/samba_realm.py" "$dir/smb.conf" "$dir/kt" > "$dir/made.log" 2>&1; then
    : > "$dir/made"
    return
  fi
  { echo "The domain was not made. Next: read the last words of samba_realm.py:"
    tail -n 3 "$dir/made.log"; } >&2
  exit 1
}

command=${1:?up, hold or down} dir=${2:?directory} realm=${3:-AD.TEST} port=${4:-21288}
# shellcheck source=tests/peers/realm-common.sh
. "$here/realm-common.sh"
stop_kdc
[ "$command" = down ] && exit 0
export KRB5_CONFIG=$dir/krb5.conf
make_realm
start_and_wait samba -i -M single --configfile="$dir/smb.conf" --debug-stdout
[ "$command" = up ] && exit 0
hold_kdc
