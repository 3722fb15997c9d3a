#!/usr/bin/env python3
"""The test vectors of protos/README.md made anew by session_client.py: ids, MIC inputs, MICs and the authenticator; messages are opened.

  session_vectors.py FILE...
      Prints "FILE = COUNT" for each, or an "error" line and exit code 1 for the first that differs.
"""
import os, sys
from session_client import *


def check_vectors(path):
    lines = dict(line.rstrip("\n").split(" = ") for line in open(path) if line[0] != "#")
    octets = lambda name: bytes.fromhex(lines.get(name, "-").replace("-", ""))
    k, s, session_key = (Key(int(lines["enctype"]), octets(name)) for name in ("k", "acceptor-subkey", "session-key"))
    name, realm = (tlv(0x1B, part.encode()) for part in lines["client"].split("@"))
    ticket = Ticket(realm, sequence(_0=integer(1), _1=tlv(0x30, name)), session_key, octets("ticket"))
    t, n, token = int(lines["first-t"]), int(lines["first-number"]), octets("first-ap-req")
    sealed = inside(fields_of(fields_of(token, 0x6E)[4])[2], 4)
    pairs = [(session_id(k, ticket), octets("id")), (session_id(s, ticket), octets("bound-id")), (make_ap_req(ticket, sealed), token),
             (authenticator(ticket, k, t, n, MIC_COMES), session_key.decrypt(AUTHENTICATOR, sealed)),
             (open_ap_rep(ticket, t, n, octets("first-ap-rep")), None), (open_ap_rep(ticket, t, n, octets("prove-ap-rep")), s),
             (error_time(octets("skew-krb-error")), int(lines["skew-now"]))]
    for call in "first-", "later-", "tls-", "skew-", "bound-":
        id, key, flags = (octets("bound-id"), s, SERVER_SUBKEY) if call == "bound-" else (octets("id"), k, 0)
        covered = call_input(id, int(lines[call + "t"]), lines["method"], octets(call + "binding"), octets(call + "ap-req"))
        mic = key.mic(CALL, flags, int(lines[call + "number"]), covered)
        pairs += [(covered, octets(call + "input")), (mic, octets(call + "mic"))]
        error = call == "skew-" and error_input(mic, lines["skew-error"], octets("skew-krb-error"))
        covered = error or reply_input(mic, octets(call + "ap-rep"))
        mic = key.mic(ANSWER, flags | FROM_SERVER, int(lines[call + "number"]), covered)
        pairs += [(covered, octets(call + "answer-input")), (mic, octets(call + "answer-mic"))]
    for i, (made, expected) in enumerate(pairs):
        must(made == expected, f"{path}: number {i} differs")
    return len(pairs)


if __name__ == "__main__":
    try:
        for path in sys.argv[1:]:
            print(os.path.basename(path), "=", check_vectors(path))
    except ValueError as e:
        print("error =", e)
        sys.exit(1)
