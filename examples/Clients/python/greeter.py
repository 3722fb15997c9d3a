#!/usr/bin/env python3
"""Calls the Greeter with a Kerberos ticket.

  greeter.py HOST:PORT [CA.pem] < NAMES     greets each name; with TLS where a CA is given, which must have signed for HOST

The ticket is of the cache $KRB5CCNAME, or of a login with the keytab $KRB5_CLIENT_KTNAME. ../build.sh makes the *_pb2 of protos/.
"""
import json, sys
import gssapi, grpc
from greeter_pb2 import HelloReply, HelloRequest
from kerberos import KerberosInterceptor, NotGenuine

# grpcio learns from a failed call that an idle connection is gone. The call goes again with the same proof: it cannot run twice.
RETRY = [("grpc.service_config", json.dumps({"methodConfig": [{"name": [{}], "retryPolicy": {
    "maxAttempts": 3, "initialBackoff": "0.1s", "maxBackoff": "1s", "backoffMultiplier": 2, "retryableStatusCodes": ["UNAVAILABLE"]}}]}))]

def main(target, ca=None):
    trust = ca and grpc.ssl_channel_credentials(open(ca, "rb").read())
    channel = grpc.secure_channel(target, trust, RETRY) if trust else grpc.insecure_channel(target, RETRY)
    proved = grpc.intercept_channel(channel, KerberosInterceptor(channel, target.rsplit(":", 1)[0]))
    say_hello = proved.unary_unary("/greeter.v1.Greeter/SayHello", HelloRequest.SerializeToString, HelloReply.FromString)
    for name in sys.stdin:
        print(say_hello(HelloRequest(name=name.strip()), timeout=20).message, flush=True)

if __name__ == "__main__":
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    try:
        main(*sys.argv[1:])
    except NotGenuine as e:
        sys.exit(f"Refused: the service is not genuine. {e} Next: see who listens at {sys.argv[1]}.")
    except gssapi.exceptions.GSSError as e:
        sys.exit(f"No ticket: {e}. Next: kinit.")
    except grpc.RpcError as e:
        sys.exit(f"{e.code().name}: {e.details()}")
