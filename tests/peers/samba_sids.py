#!/usr/bin/python3
"""Says who an account of the domain is, out of the directory itself: samba_sids.py SMB.CONF USER

Lines "name = value": user-sid, primary-group-sid, group-sids (all groups of the domain, nested ones too, in ascending order).
It never sees a ticket: what a PAC says is held against it.
"""
import sys

import ldb
from samba.auth import system_session
from samba.dcerpc import security
from samba.ndr import ndr_unpack
from samba.param import LoadParm
from samba.samdb import SamDB

configuration, user = sys.argv[1:]
parameters = LoadParm()
parameters.load(configuration)
directory = SamDB(url=parameters.private_path("sam.ldb"), session_info=system_session(), lp=parameters)
domain = directory.get_domain_sid()
found = directory.search(expression=f"sAMAccountName={user}", attrs=["objectSid", "primaryGroupID"])[0]
tokens = directory.search(base=found.dn, scope=ldb.SCOPE_BASE, attrs=["tokenGroups"])[0]
sids = (str(ndr_unpack(security.dom_sid, value)) for value in tokens["tokenGroups"])
groups = sorted((sid for sid in sids if sid.startswith(domain + "-")), key=lambda sid: int(sid.rsplit("-", 1)[1]))
print("user-sid =", ndr_unpack(security.dom_sid, found["objectSid"][0]))
print(f"primary-group-sid = {domain}-{found['primaryGroupID'][0]}")
print("group-sids =", " ".join(groups))
