#!/usr/bin/python3
"""Makes an Active Directory domain with Samba's own library, without a running server.

samba_realm.py SMB.CONF KEYTABS

Users, password = name + "pw", each a member of Domain Users and of as many groups as said: alice 3, bob none, big300 300, big1000 1000.
Services, each on a user account of its own:
  test/localhost, HTTP/localhost   AES keys
  mid/localhost                    may act for any user (S4U2Self, S4U2Proxy) towards test/localhost
  nopac/localhost                  NO_AUTH_DATA_REQUIRED: its tickets have no PAC
  rc4/localhost                    RC4 keys alone
KEYTABS gets one keytab a user, one a service by its first part, "services" with all of the AES ones, and "krbtgt".
"""
import logging
import os
import sys

import ldb
import samba.dckeytab  # noqa: F401  gives Net its export_keytab
from samba.auth import system_session
from samba.credentials import Credentials
from samba.dcerpc.security import dom_sid
from samba.dsdb import DS_DOMAIN_FUNCTION_2008_R2
from samba.net import Net
from samba.param import LoadParm
from samba.provision import FILL_FULL, provision
from samba.samdb import SamDB

USERS = {"alice": 3, "bob": 0, "big300": 300, "big1000": 1000}
AES, RC4 = "24", "4"  # msDS-SupportedEncryptionTypes (MS-KILE 2.2.7)
NORMAL, TRUSTED_TO_AUTH_FOR_DELEGATION, NO_AUTH_DATA_REQUIRED = 0x200 | 0x10000, 0x1000000, 0x2000000  # userAccountControl
SERVICES = {
    "test": {},
    "HTTP": {},
    "mid": {"userAccountControl": str(NORMAL | TRUSTED_TO_AUTH_FOR_DELEGATION), "msDS-AllowedToDelegateTo": "test/localhost"},
    "nopac": {"userAccountControl": str(NORMAL | NO_AUTH_DATA_REQUIRED)},
    "rc4": {"msDS-SupportedEncryptionTypes": RC4},
}
GLOBAL_GROUP = "-2147483646"  # groupType: security enabled, global


def make_domain(conf, lp):
    # Without ACLs on sysvol no extended attributes are written, so any user may run this on any file system.
    provision(
        logging.getLogger(), system_session(), smbconf=conf, lp=lp, samdb_fill=FILL_FULL, realm=lp.get("realm").lower(),
        domain=lp.get("workgroup"), hostname="dc1", hostip="127.0.0.1", adminpass="Passw0rd!x",
        domainsid=dom_sid("S-1-5-21-1000000001-1000000002-1000000003"), dns_backend="NONE",
        serverrole="active directory domain controller", skip_sysvolacl=True,
        dom_for_fun_level=DS_DOMAIN_FUNCTION_2008_R2, base_schema="2012_R2", batch_mode=True)


def fill_domain(db):
    folder = "CN=Users," + str(db.domain_dn())
    db.set_pwdProperties("0")
    db.set_minPwdLength("0")
    db.transaction_start()
    for name in USERS:
        db.newuser(name, name + "pw")
    for name, attributes in SERVICES.items():
        db.newuser("svc-" + name, name + "pw")
        message = ldb.Message(ldb.Dn(db, "CN=svc-%s,%s" % (name, folder)))
        for key, value in {"servicePrincipalName": name + "/localhost", "msDS-SupportedEncryptionTypes": AES, **attributes}.items():
            message[key] = ldb.MessageElement(value, ldb.FLAG_MOD_REPLACE, key)
        db.modify(message)
    for number in range(max(USERS.values())):
        name = "group%04d" % number
        members = ["CN=%s,%s" % (user, folder) for user, count in USERS.items() if number < count]
        db.add({"dn": "CN=%s,%s" % (name, folder), "objectClass": "group", "sAMAccountName": name, "groupType": GLOBAL_GROUP, "member": members})
    db.transaction_commit()


def write_keytabs(lp, folder):
    credentials = Credentials()
    credentials.guess(lp)
    net = Net(credentials, lp)
    principals = [(name, name) for name in USERS] + [(name, name + "/localhost") for name in SERVICES]
    principals += [("services", name + "/localhost") for name in SERVICES if name != "rc4"]
    principals += [("svc-mid", "svc-mid"), ("svc-mid", "mid/localhost"), ("krbtgt", "krbtgt/" + lp.get("realm"))]
    for name, principal in principals:
        net.export_keytab(keytab=os.path.join(folder, name + ".keytab"), principal=principal)


def main(conf, keytabs):
    lp = LoadParm()
    lp.load(conf)
    make_domain(conf, lp)
    lp = LoadParm()
    lp.load(conf)
    fill_domain(SamDB(url=lp.private_path("sam.ldb"), session_info=system_session(), lp=lp))
    write_keytabs(lp, keytabs)


main(*sys.argv[1:])
