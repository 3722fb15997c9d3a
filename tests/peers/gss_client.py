#!/usr/bin/env python3
"""A client that has stock GSS-API and stock gRPC, and of the protocol what protos/README.md says of such clients.

  gss_client.py HOST:PORT SERVICE@HOST krb5|spnego header|establish [USER]

Calls the Greeter there as the owner of $KRB5CCNAME, or in the name of USER by S4U2Self and S4U2Proxy where the keytab $KRB5_KTNAME is of an
account that may. The token goes as "Negotiate" into the header of a call, or into the message of Establish. Prints "STEP = what came of it";
an "error" line and exit code 1 where something is not as the page has it.
"""
import base64, sys, time
import grpc, gssapi
from gssapi import MechType, NameType, OID, RequirementFlag as Flag
from session_client import (
    ESTABLISH, SAY_HELLO, call_input, decode, encode, error_input, field, must, parameters, proto_fields, reply_input)

# Without it step() gives back a KRB-ERROR as if it were a token to send, and raises nothing.
gssapi.SecurityContext.__DEFER_STEP_ERRORS__ = False
MECHANISMS = {"krb5": MechType.kerberos, "spnego": OID.from_int_seq("1.3.6.1.5.5.2")}

def context(service, mechanism, user):
    own = gssapi.Credentials(usage="both" if user else "initiate")
    credentials = own.impersonate(gssapi.Name(user, NameType.kerberos_principal), mechs=[MechType.kerberos]) if user else own
    return gssapi.SecurityContext(
        usage="initiate", creds=credentials, name=gssapi.Name(service, NameType.hostbased_service), mech=MECHANISMS[mechanism],
        flags=Flag.mutual_authentication | Flag.integrity | Flag.replay_detection)

class Client:
    def __init__(self, address, gss):
        self.channel, self.gss, self.id = grpc.insecure_channel(address, [("grpc.enable_http_proxy", 0)]), gss, None

    def send(self, method, body, value):
        """Reply and headers of an answer, None and trailers of a refusal."""
        try:
            reply, call = self.channel.unary_unary(method).with_call(body, timeout=20, metadata=value and [("authorization", value)])
            return reply, call.initial_metadata()
        except grpc.RpcError as e:
            must(e.code() == grpc.StatusCode.UNAUTHENTICATED and not e.initial_metadata(), f"no refusal: {e.code()} {e.details()}")
            return None, e.trailing_metadata()

    def by_header(self):
        reply, metadata = self.send(SAY_HELLO, field(1, b"world"), "Negotiate " + base64.b64encode(self.gss.step()).decode())
        must(reply is None, "a token alone ran a call")
        given = [value for key, value in metadata if key == "www-authenticate"]
        [token] = [value.removeprefix("Negotiate ") for value in given if value.startswith("Negotiate ")]
        refusal = parameters([("it", value) for value in given if not value.startswith("Negotiate ")], "it", "Kerberos ")
        self.finish(base64.b64decode(token, validate=True), decode(refusal["session"]))
        return refusal["error"]

    def by_establish(self):
        reply, _ = self.send(ESTABLISH, large_field(1, self.gss.step()), None)
        must(reply is not None, "Establish was refused")
        fields = proto_fields(reply)
        self.finish(fields[1], fields[2])
        return "established"

    def finish(self, token, session):
        must(self.gss.step(token) in (None, b"") and self.gss.complete, "the context is not complete")
        must(Flag.mutual_authentication in self.gss.actual_flags and len(session) == 16, "no session with mutual authentication")
        self.id = session

    def proof(self):
        t = time.time_ns() // 1000
        return t, self.gss.get_signature(call_input(self.id, t, SAY_HELLO, b"", b""))

    def call(self, proof):
        t, mic = proof
        reply, metadata = self.send(SAY_HELLO, field(1, b"world"), f"Kerberos session={encode(self.id)}, t={t}, mic={encode(mic)}")
        if reply is not None:
            self.gss.verify_signature(reply_input(mic, b""), decode(parameters(metadata, "authentication-info", "")["mic"]))
            return proto_fields(reply)[2].decode()
        refusal = parameters(metadata, "www-authenticate", "Kerberos ")
        if "mic" in refusal:
            try:
                self.gss.verify_signature(error_input(mic, refusal["error"], decode(refusal["krb-error"])), decode(refusal["mic"]))
            except gssapi.exceptions.DuplicateTokenError:
                pass  # the MIC is good: its number is that of the answer before
            return refusal["error"] + " proved"
        return refusal["error"]

def large_field(number, octets):
    length, head = len(octets), [number * 8 + 2]
    while length > 127:
        head.append(length & 127 | 128)
        length >>= 7
    return bytes([*head, length]) + octets

def steps(address, service, mechanism, way, user=None):
    client = Client(address, context(service, mechanism, user))
    yield "token", client.by_establish() if way == "establish" else client.by_header()
    for step in "first", "second":
        yield step, client.call(client.proof())
    proof = client.proof()
    yield "third", client.call(proof)
    yield "again", client.call(proof)
    t, mic = client.proof()
    yield "altered", client.call((t, mic[:-1] + bytes([mic[-1] ^ 1])))

if __name__ == "__main__":
    try:
        for step, result in steps(*sys.argv[1:]):
            print(step, "=", result, flush=True)
    except (ValueError, KeyError, gssapi.exceptions.GSSError) as e:
        print("error =", type(e).__name__, e)
        sys.exit(1)
