#!/usr/bin/env python3
"""What MIT's libgssapi and Samba's parser make of the PAC in a ticket, no code of ours between: gss_pac.py SERVICE@HOST

The owner of $KRB5CCNAME makes a context with the service, whose key is in $KRB5_KTNAME; both ends are in this process. Prints whether libkrb5
verified the PAC by the service's key ("verified = True") and, out of Samba's NDR, who the account is.
"""
import sys
import gssapi
from gssapi.raw import get_name_attribute
from samba.dcerpc import krb5pac
from samba.ndr import ndr_unpack

gssapi.SecurityContext.__DEFER_STEP_ERRORS__ = False
service = gssapi.Name(sys.argv[1], gssapi.NameType.hostbased_service)
client = gssapi.SecurityContext(usage="initiate", name=service)
server = gssapi.SecurityContext(usage="accept", creds=gssapi.Credentials(usage="accept"))
server.step(client.step())

try:
    verified = get_name_attribute(server.initiator_name, b"urn:mspac:logon-info").authenticated
except gssapi.exceptions.GSSError:  # libkrb5 takes out what it did not verify
    verified = False
print("verified =", verified)
if not verified:
    sys.exit(0)
pac = ndr_unpack(krb5pac.PAC_DATA, get_name_attribute(server.initiator_name, b"urn:mspac:").values[0])
parts = {b.type: b.info for b in pac.buffers}
logon = parts[krb5pac.PAC_TYPE_LOGON_INFO].info.info3
names = parts[krb5pac.PAC_TYPE_UPN_DNS_INFO]
domain = str(logon.base.domain_sid)
print("account =", logon.base.account_name.string)
print("user-sid =", "%s-%d" % (domain, logon.base.rid))
print("primary-group-sid =", "%s-%d" % (domain, logon.base.primary_gid))
print("group-sids =", *["%s-%d" % (domain, g.rid) for g in logon.base.groups.rids], *[str(s.sid) for s in logon.sids or []])
print("upn =", names.upn_name)
print("dns-domain =", names.dns_domain_name)
print("named = %s %s" % (names.ex.samaccountname, names.ex.objectsid))
print("requestor =", parts[krb5pac.PAC_TYPE_REQUESTER_SID].sid)
print("client =", parts[krb5pac.PAC_TYPE_LOGON_NAME].account_name)
print("types =", *sorted(parts))
