#!/usr/bin/env python3
"""A gRPC server that is none of GrpcKerberos: the Greeter on python3-grpcio, with gss_accept_sec_context of MIT's libgssapi behind it (python3-gssapi).

  gss_greeter.py [FAULT]
      Takes "authorization: Negotiate", of Kerberos or SPNEGO, by the keys in $KRB5_KTNAME, and answers "www-authenticate: Negotiate" in its initial metadata, as RFC 4559
      has it. Prints "port = N", then a line for each call it took: "took = mechanism flags". Ends with its stdin.
      FAULT: silent (no answer), garbled (one bit off), first (every call gets the first one's answer), trailer (the answer comes at the end), anybody (takes no look at tokens).
"""
import base64, os, sys, threading
from concurrent import futures
import grpc, gssapi

gssapi.SecurityContext.__DEFER_STEP_ERRORS__ = False  # else step() may return an error's token without raising
fault = sys.argv[1] if len(sys.argv) > 1 else ""
first, lock = [], threading.Lock()
FLAGS = ("mutual_authentication", "integrity", "delegate_to_peer", "replay_detection", "out_of_sequence_detection", "channel_bound")

def field(octets, number):
    """A text field of a message that has no others but text."""
    at, text = 0, ""
    while at < len(octets):
        tag, length = octets[at], octets[at + 1]
        if tag == (number << 3 | 2):
            text = octets[at + 2:at + 2 + length].decode()
        at += 2 + length
    return text

def message(*texts):
    return b"".join(bytes([n << 3 | 2, len(t)]) + t.encode() for n, t in enumerate(texts, 1))

def accept(context):
    """The caller; the call ends here where it is not proved."""
    if fault == "anybody":
        return "anybody"
    scheme, _, text = dict(context.invocation_metadata()).get("authorization", "").partition(" ")
    if scheme != "Negotiate":
        context.abort(grpc.StatusCode.UNAUTHENTICATED, "no token")
    token = base64.b64decode(text, validate=True)
    try:
        gss = gssapi.SecurityContext(creds=gssapi.Credentials(usage="accept"), usage="accept")
        answer = gss.step(token)
    except gssapi.exceptions.GSSError as e:
        context.abort(grpc.StatusCode.UNAUTHENTICATED, str(e)[:200])
    if not gss.complete:
        context.abort(grpc.StatusCode.UNAUTHENTICATED, "one leg each way is all there is")
    flags = [f for f in FLAGS if getattr(gssapi.RequirementFlag, f, None) and gssapi.RequirementFlag[f] in gss.actual_flags]
    with lock:
        print("took =", "spnego" if b"\x2b\x06\x01\x05\x05\x02" in token[:20] else "krb5", *flags, flush=True)
        first.append(answer)
    reply(context, answer)
    return str(gss.initiator_name)

def reply(context, answer):
    if fault == "garbled":
        answer = answer[:-1] + bytes([answer[-1] ^ 1])
    if fault == "first":
        answer = first[0]
    if not answer or fault == "silent":
        return
    header = (("www-authenticate", "Negotiate " + base64.b64encode(answer).decode()),)
    if fault == "trailer":
        context.set_trailing_metadata(header)
    else:
        context.send_initial_metadata(header)

def hello(name, caller):
    return message(f"Hello {name}, you are {caller}.", caller)

def say_hello(request, context):
    caller = accept(context)
    return hello(field(request, 1), caller)

def say_hellos(request, context):
    caller = accept(context)
    for part in field(request, 1).split(" "):
        yield hello(part, caller)

def collect_hellos(requests, context):
    caller = accept(context)
    return hello(" ".join(field(r, 1) for r in requests), caller)

def chat(requests, context):
    caller = accept(context)
    for r in requests:
        yield hello(field(r, 1), caller)

server = grpc.server(futures.ThreadPoolExecutor(16))
server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler("greeter.v1.Greeter", {
    "SayHello": grpc.unary_unary_rpc_method_handler(say_hello),
    "SayHellos": grpc.unary_stream_rpc_method_handler(say_hellos),
    "CollectHellos": grpc.stream_unary_rpc_method_handler(collect_hellos),
    "Chat": grpc.stream_stream_rpc_method_handler(chat),
}),))
port = server.add_insecure_port("127.0.0.1:0")
server.start()
print("port =", port, flush=True)
sys.stdin.read()
server.stop(0).wait()
os._exit(0)
