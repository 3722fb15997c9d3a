#!/usr/bin/env bash
# Records AP exchanges whose tickets hold a PAC, with the keys of the service and of krbtgt, into tests/GrpcKerberos.Protocol.Tests/Vectors/pac:
# of Samba's Active Directory domain (one account of few groups, one of a thousand, one that a service acts for) and of MIT krb5, once with
# an authentication indicator beside it.
#   tests/record-pac-vectors.sh [PORT]      needs the peers that tests/run.sh installs and builds, and samba
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
port=${1:-21388}
vectors=$here/GrpcKerberos.Protocol.Tests/Vectors/pac
export PATH=$here/peers/bin:$PATH:/usr/sbin:/sbin LC_ALL=C
"$here/peers/build.sh"
work=$(mktemp -d)
trap '"$here/peers/samba-realm.sh" down "$work/ad"; "$here/peers/mit-realm.sh" down "$work/mit"; rm -rf "$work"' EXIT
mkdir -p "$vectors"

# The AES256 key of krbtgt in a keytab.
krbtgt() { echo "krbtgt-key = $(klist -ekK "$1" | sed -n 's/.*(\(DEPRECATED:\)\?aes256-cts-hmac-sha1-96) *(0x\([0-9a-f]*\))/\2/p' | head -n 1)"; }

"$here/peers/samba-realm.sh" up "$work/ad" AD.TEST "$port"
export KRB5_CONFIG=$work/ad/krb5.conf KRB5RCACHEDIR=$work KRB5_KTNAME=FILE:$work/ad/kt/test.keytab KRB5CCNAME=FILE:$work/cc
for user in alice big1000 s4u-alice; do
  if [ "$user" = s4u-alice ]; then
    kinit -f -kt "$work/ad/kt/svc-mid.keytab" svc-mid
    kvno -q -k "$work/ad/kt/svc-mid.keytab" -U alice -P --out-cache "$work/s4u" test/localhost
    export KRB5CCNAME=FILE:$work/s4u
  else
    kinit -kt "$work/ad/kt/$user.keytab" "$user"
  fi
  { echo "# An AP exchange in a domain of $(samba --version | sed 's/Version/Samba/'); see ../README.md. Throw-away keys of a throw-away domain."
    apreq record test/localhost | grep -v -e "^bare-" -e "ap-rep"
    krbtgt "$work/ad/kt/krbtgt.keytab"
    /usr/bin/python3 -B "$here/peers/samba_sids.py" "$work/ad/smb.conf" "${user#s4u-}"
  } > "$vectors/samba-$user.txt"
done
"$here/peers/samba-realm.sh" down "$work/ad"

mkdir -p "$work/mit"
echo "    encrypted_challenge_indicator = fast" > "$work/mit/extra.kdc"
"$here/peers/mit-realm.sh" up "$work/mit" KRB.TEST "$port"
# shellcheck disable=SC1091
. "$work/mit/env"
kadmin.local -r KRB.TEST ktadd -norandkey -k "$work/krbtgt.keytab" krbtgt/KRB.TEST > /dev/null
kinit -c "$work/armour" -kt "$work/mit/kt/bob.keytab" bob
for name in alice indicator; do
  armour=()
  [ "$name" = alice ] || armour=(-T "$work/armour")
  echo alicepw | kinit "${armour[@]}" alice > /dev/null
  { echo "# An AP exchange of MIT krb5 $(krb5-config --version | awk '{ print $NF }'); see ../README.md. Throw-away keys of a throw-away realm."
    apreq record et-aes256-cts/localhost | grep -v -e "^bare-" -e "ap-rep"
    krbtgt "$work/krbtgt.keytab"
  } > "$vectors/mit-$name.txt"
done
ls -l "$vectors"
