# shellcheck shell=bash
# What the realm scripts share; sourced by them with dir, realm and port set. A realm lives under DIR and listens only on 127.0.0.1:PORT.

# The lines of krb5.conf that keep the tools on this realm and away from DNS.
client_libdefaults() {
  cat <<X
[libdefaults]
  default_realm = $realm
  dns_lookup_kdc = false
  dns_lookup_realm = false
  dns_canonicalize_hostname = false
  rdns = false
  qualify_shortname = ""
  forwardable = true
X
}

client_realm() {
  cat <<X
[realms]
  $realm = {
    kdc = 127.0.0.1:$port
  }
[domain_realm]
  localhost = $realm
X
}

# The inodes of the sockets that listen on the port.
listeners() { awk -v here="0100007F:$(printf %04X "$port")" '$2 == here && $4 == "0A" { print $10 }' /proc/net/tcp; }

# KDCs bind with SO_REUSEPORT: two of them on one port start without a word and then share the requests at random.
listens_alone() {
  local inode
  inode=$(listeners)
  [[ $inode =~ ^[0-9]+$ ]] && find "/proc/$1/fd" -lname "socket:\[$inode\]" 2> /dev/null | grep -q .
}

stop_kdc() {
  [ -s "$dir/kdc.pid" ] && kill "$(cat "$dir/kdc.pid")" 2> /dev/null || true
  rm -f "$dir/kdc.pid"
}

# start_and_wait COMMAND... : runs it in the background as kdc.pid until it has the port; what it says goes to kdc.out.
start_and_wait() {
  "$@" < /dev/null > "$dir/kdc.out" 2>&1 &
  echo $! > "$dir/kdc.pid"
  for _ in $(seq 2400); do
    listens_alone $! && return
    [ -n "$(jobs -pr)" ] || break
    sleep 0.05
  done
  stop_kdc
  { echo "$1 did not get 127.0.0.1:$port for itself. Next: try another port, or read its last words:"
    tail -n 3 "$dir/kdc.out"; } >&2
  exit 1
}

# Says that the realm is up, and stops its KDC when stdin ends: it cannot outlive its owner.
hold_kdc() {
  trap stop_kdc EXIT
  echo ready
  cat > /dev/null
}
