#!/usr/bin/env bash
# A throw-away MIT realm on loopback. It writes only under DIR and listens only on 127.0.0.1:PORT, UDP and TCP.
#   mit-realm.sh up   DIR REALM PORT    make the realm (once) and start its KDC; then ". DIR/env" points the tools at it
#   mit-realm.sh hold DIR REALM PORT    as "up", say "ready", and stop the KDC when stdin ends: it cannot outlive its owner
#   mit-realm.sh down DIR               stop the KDC by its pid
# Principals: alice/alicepw and bob/bobpw; test/localhost and HTTP/localhost with a key of every enctype; et-ENCTYPE/localhost with one key type
# and that session key, for each ENCTYPE below; tk-ENCTYPE/localhost with one key type and whatever session key a client asks for.
# Keytabs: DIR/kt/{alice,bob,test,HTTP,et-ENCTYPE,tk-ENCTYPE}.keytab and all services in services.keytab.
# Where they are there beforehand: DIR/extra.conf goes before the krb5.conf of KDC and tools, DIR/extra.kadmin is run when the realm is made,
# and the lines of DIR/extra.kdc stand among those of the realm in the KDC's kdc.conf.
# "others" are types that krb5.conf does not permit, but others.conf does, and the KDC reads that one: et-ENCTYPE/localhost as above, and users
# only-ENCTYPE (password: their name + "pw") with that one key.
set -euo pipefail
umask 077
export PATH=$PATH:/usr/sbin:/sbin
enctypes=(aes256-cts aes128-cts aes256-sha2 aes128-sha2)
others=(camellia256-cts camellia128-cts arcfour-hmac)

write_client_config() {
  {
    client_libdefaults
    cat <<X
  ticket_lifetime = 1h
  renew_lifetime = 1d
  permitted_enctypes = ${enctypes[*]}
X
    client_realm
  } > "$dir/krb5.conf"
  # RC4 session keys need leave of their own since CVE-2025-3576; libraries older than that do not know the setting.
  sed "s/^  permitted_enctypes = .*/& ${others[*]}\n  allow_rc4 = true/" "$dir/krb5.conf" > "$dir/others.conf"
}

write_kdc_config() {
  cat > "$dir/kdc.conf" <<X
[kdcdefaults]
  kdc_listen = 127.0.0.1:$port
  kdc_tcp_listen = 127.0.0.1:$port
[realms]
  $realm = {
    database_module = db
    key_stash_file = $dir/stash
    acl_file = $dir/kadm5.acl
    dict_file = /dev/null
    max_life = 1d
    max_renewable_life = 7d
    master_key_type = aes256-cts
    supported_enctypes = ${enctypes[*]/%/:normal}
    default_principal_flags = +preauth +forwardable +renewable
$([ ! -f "$dir/extra.kdc" ] || cat "$dir/extra.kdc")
  }
[dbmodules]
  db = {
    db_library = db2
    database_name = $dir/principal
  }
[logging]
  kdc = FILE:$dir/kdc.log
  default = FILE:$dir/kdc.log
X
  : > "$dir/kadm5.acl"
}

write_environment() {
  local extra=
  [ -f "$dir/extra.conf" ] && extra=$dir/extra.conf:
  cat > "$dir/env" <<X
export KRB5_CONFIG=$extra$dir/krb5.conf KRB5_KDC_PROFILE=$dir/kdc.conf KRB5RCACHEDIR=$dir
export KRB5CCNAME=FILE:$dir/cc KRB5_KTNAME=FILE:$dir/kt/services.keytab KRB5_CLIENT_KTNAME=FILE:$dir/kt/alice.keytab
X
}

principal_commands() {
  local name enctype
  for name in alice bob; do
    echo "addprinc -pw ${name}pw $name"
    echo "ktadd -norandkey -k $dir/kt/$name.keytab $name"
  done
  for name in test HTTP; do echo "addprinc -randkey $name/localhost"; done
  for enctype in "${enctypes[@]}"; do
    echo "addprinc -e $enctype:normal -randkey et-$enctype/localhost"
    echo "setstr et-$enctype/localhost session_enctypes $enctype"
    echo "addprinc -e $enctype:normal -randkey tk-$enctype/localhost"
    echo "setstr tk-$enctype/localhost session_enctypes \"${enctypes[*]}\""
  done
  for enctype in "${others[@]}"; do
    echo "addprinc -e $enctype:normal -randkey et-$enctype/localhost"
    echo "setstr et-$enctype/localhost session_enctypes $enctype"
    echo "ktadd -norandkey -k $dir/kt/et-$enctype.keytab et-$enctype/localhost"
    echo "addprinc -e $enctype:normal -pw only-${enctype}pw only-$enctype"
    echo "ktadd -norandkey -k $dir/kt/only-$enctype.keytab only-$enctype"
  done
  for name in test HTTP "${enctypes[@]/#/et-}" "${enctypes[@]/#/tk-}"; do
    echo "ktadd -norandkey -k $dir/kt/$name.keytab $name/localhost"
    echo "ktadd -norandkey -k $dir/kt/services.keytab $name/localhost"
  done
  [ ! -f "$dir/extra.kadmin" ] || cat "$dir/extra.kadmin"
}

make_realm() {
  mkdir -p "$dir/kt"
  write_client_config
  write_kdc_config
  write_environment
  # shellcheck disable=SC1091
  . "$dir/env"
  export KRB5_CONFIG=${KRB5_CONFIG%krb5.conf}others.conf
  [ -f "$dir/made" ] && return
  if kdb5_util -r "$realm" create -s -P masterpw > "$dir/kadmin.log" 2>&1 \
    && principal_commands | kadmin.local -r "$realm" >> "$dir/kadmin.log" 2>&1; then
    : > "$dir/made"
    return
  fi
  { echo "The realm's database was not made. Next: read the last words of kdb5_util and kadmin.local:"
    tail -n 3 "$dir/kadmin.log"; } >&2
  exit 1
}

command=${1:?up, hold or down} dir=${2:?directory} realm=${3:-KRB.TEST} port=${4:-21088}
# shellcheck source=tests/peers/realm-common.sh
. "$(dirname "$0")/realm-common.sh"
stop_kdc
[ "$command" = down ] && exit 0
make_realm
# In the foreground, so that its fate can be watched.
start_and_wait krb5kdc -n -r "$realm"
[ "$command" = up ] && exit 0
hold_kdc
