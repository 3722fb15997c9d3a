#!/usr/bin/env python3
"""The client of protos/README.md in Python, written from that page and the RFCs alone: it shares no line with the library under test.

  session_client.py vectors FILE...      makes every id, MIC input, MIC and authenticator of the test vectors anew and opens their
                                         KRB_AP_REPs and KRB-ERROR; prints "FILE = COUNT", or an "error" line for what differs
  session_client.py calls PORT SERVICE   calls the Greeter on 127.0.0.1:PORT with the ticket for SERVICE that kvno left in the cache
                                         $KRB5CCNAME (FILE:); prints "STEP = what came of each attempt, ..."

Debian's python3-grpcio speaks HTTP/2, MIT's libk5crypto does the sums.
"""
import base64, calendar, ctypes, os, secrets, struct, sys, time
from collections import namedtuple
import grpc

SAY_HELLO = "/greeter.v1.Greeter/SayHello"
ESTABLISH, CLOSE = ("/grpckerberos.v1.SessionService/" + name for name in ("Establish", "Close"))
CALL_USAGE, ANSWER_USAGE = 25, 23
FROM_SERVER, SERVER_SUBKEY = 1, 4
MIC_MUST_COME, NO_TLS = 1, 4
KEY_LENGTHS = {17: 16, 18: 32, 19: 16, 20: 32}


def must(true, what):
    if not true:
        raise ValueError(what)


# MIT's krb5_c_* (krb5.h).

def struct_of(*fields):
    return type("Struct", (ctypes.Structure,), {"_fields_": [(name, kind) for name, kind in fields]})


INT, UINT, BYTES = ctypes.c_int32, ctypes.c_uint32, ctypes.c_char_p
Data = struct_of(("magic", INT), ("length", UINT), ("data", ctypes.POINTER(ctypes.c_char)))
Keyblock = struct_of(("magic", INT), ("enctype", INT), ("length", UINT), ("contents", BYTES))
Sealed = struct_of(("magic", INT), ("enctype", INT), ("kvno", UINT), ("ciphertext", Data))
Checksum = struct_of(("magic", INT), ("type", INT), ("length", UINT), ("contents", ctypes.POINTER(ctypes.c_char)))
CRYPTO, CONTEXT = ctypes.CDLL("libk5crypto.so.3"), ctypes.c_void_p()
ctypes.CDLL("libkrb5.so.3").krb5_init_context(ctypes.byref(CONTEXT))


def crypto(name, *arguments):
    code = getattr(CRYPTO, "krb5_c_" + name)(CONTEXT, *arguments)
    must(code == 0, f"krb5_c_{name}: {code}")


def data(octets):
    return Data(0, len(octets), ctypes.cast(ctypes.create_string_buffer(bytes(octets), len(octets)), ctypes.POINTER(ctypes.c_char)))


class Key(namedtuple("Key", "enctype octets")):
    def block(self):
        return ctypes.byref(Keyblock(0, self.enctype, len(self.octets), self.octets))

    def encrypt(self, usage, plain):
        length = ctypes.c_size_t()
        crypto("encrypt_length", self.enctype, ctypes.c_size_t(len(plain)), ctypes.byref(length))
        out = Sealed(0, self.enctype, 0, data(bytes(length.value)))
        crypto("encrypt", self.block(), usage, None, ctypes.byref(data(plain)), ctypes.byref(out))
        return out.ciphertext.data[:out.ciphertext.length]

    def decrypt(self, usage, cipher):
        out = data(bytes(len(cipher)))
        crypto("decrypt", self.block(), usage, None, ctypes.byref(Sealed(0, self.enctype, 0, data(cipher))), ctypes.byref(out))
        return out.data[:out.length]

    def prf(self, octets):
        length = ctypes.c_size_t()
        crypto("prf_length", self.enctype, ctypes.byref(length))
        out = data(bytes(length.value))
        crypto("prf", self.block(), ctypes.byref(data(octets)), ctypes.byref(out))
        return out.data[:out.length]

    def checksum(self, usage, octets):
        out = Checksum()
        crypto("make_checksum", 0, self.block(), usage, ctypes.byref(data(octets)), ctypes.byref(out))
        return out.contents[:out.length]


# DER.

def tlv(tag, *parts):
    body = b"".join(parts)
    if len(body) < 128:
        return bytes([tag, len(body)]) + body
    length = len(body).to_bytes((len(body).bit_length() + 7) // 8, "big")
    return bytes([tag, 128 + len(length)]) + length + body


def integer(number):
    return tlv(2, number.to_bytes((number if number >= 0 else ~number).bit_length() // 8 + 1, "big", signed=True))


def octet_string(octets):
    return tlv(4, octets)


def sequence(**fields):  # _3=... is the field [3]
    return tlv(0x30, *(tlv(0xA0 + int(name[1:]), value) for name, value in fields.items()))


def elements(octets):
    while octets:
        must(len(octets) >= 2, "DER ends early")
        length, start = octets[1], 2
        if length >= 128:
            start += length - 128
            length = int.from_bytes(octets[2:start], "big")
        must(len(octets) >= start + length, "DER ends early")
        yield octets[0], octets[start:start + length]
        octets = octets[start + length:]


def inside(octets, *tags):
    for tag in tags:
        found = list(elements(octets))
        must(len(found) == 1 and found[0][0] == tag, f"no single element {tag:x}")
        octets = found[0][1]
    return octets


def fields_of(message, *tags):
    return {tag & 31: value for tag, value in elements(inside(message, *tags, 0x30))}


def number_of(field):
    return int.from_bytes(inside(field, 2), "big", signed=True)


def micros_of(time_field, micros_field):
    return calendar.timegm(time.strptime(inside(time_field, 0x18).decode(), "%Y%m%d%H%M%SZ")) * 1000000 + number_of(micros_field)


# What travels.

Ticket = namedtuple("Ticket", "realm name key octets")
Attempt = namedtuple("Attempt", "method n t id key flags ap_req number mic")
Answer = namedtuple("Answer", "status headers trailers body")


def session_id(key, ticket):
    return key.prf(b"grpc-kerberos-1 session\0" + ticket.octets)[:16]


def mic_of(key, usage, flags, n, covered):
    header = struct.pack(">HB5sQ", 0x0404, flags, b"\xff" * 5, n)
    return header + key.checksum(usage, covered + header)


def call_input(id, t, method, binding, ap_req):
    return (b"grpc-kerberos-1 call\0" + id + struct.pack(">QH", t, len(method)) + method.encode()
            + bytes([len(binding)]) + binding + struct.pack(">I", len(ap_req)) + ap_req)


def reply_input(mic, ap_rep):
    return b"grpc-kerberos-1 reply\0" + struct.pack(">H", len(mic)) + mic + struct.pack(">I", len(ap_rep)) + ap_rep


def error_input(mic, name, krb_error):
    return (b"grpc-kerberos-1 error\0" + struct.pack(">H", len(mic)) + mic + bytes([len(name)]) + name.encode()
            + struct.pack(">I", len(krb_error)) + krb_error)


def authenticator(ticket, k, t, number, flags):
    ours = sequence(_0=integer(-17), _1=octet_string(b"grpc-kerberos-1" + bytes([flags])))
    data = tlv(0x30, sequence(_0=integer(1), _1=octet_string(tlv(0x30, ours))))
    when = time.strftime("%Y%m%d%H%M%SZ", time.gmtime(t // 1000000)).encode()
    return tlv(0x62, sequence(
        _0=integer(5), _1=ticket.realm, _2=ticket.name, _4=integer(t % 1000000), _5=tlv(0x18, when),
        _6=sequence(_0=integer(k.enctype), _1=octet_string(k.octets)), _7=integer(number), _8=data))


def ap_req(ticket, sealed):
    return tlv(0x6E, sequence(
        _0=integer(5), _1=integer(14), _2=tlv(3, b"\0\x20\0\0\0"), _3=ticket.octets,
        _4=sequence(_0=integer(ticket.key.enctype), _2=octet_string(sealed))))


def open_ap_rep(ticket, t, number, message):
    fields = fields_of(message, 0x6F)
    must((number_of(fields[0]), number_of(fields[1])) == (5, 15), "no KRB_AP_REP")
    sealed = fields_of(fields[2])
    must(number_of(sealed[0]) == ticket.key.enctype, "KRB_AP_REP of another enctype")
    part = fields_of(ticket.key.decrypt(12, inside(sealed[2], 4)), 0x7B)
    must(micros_of(part[0], part[1]) == t, "the KRB_AP_REP is for another time")
    must(number_of(part[3]) % 2**32 == number, "the KRB_AP_REP has another seq-number")
    if 2 not in part:
        return None
    subkey = fields_of(part[2])
    return Key(number_of(subkey[0]), inside(subkey[1], 4))


def time_of(krb_error):
    fields = fields_of(krb_error, 0x7E)
    return micros_of(fields[4], fields[5]), number_of(fields[6])


# The vectors.

def check_vectors(path):
    lines = dict(line.rstrip("\n").split(" = ") for line in open(path) if line[0] != "#")
    octets = {name: bytes.fromhex(value) for name, value in lines.items() if set(value) <= set("0123456789abcdef") and len(value) % 2 == 0}
    octets.update((name, b"") for name, value in lines.items() if value == "-")
    enctype, count = int(lines["enctype"]), 0
    k, s, session_key = (Key(enctype, octets[name]) for name in ("k", "acceptor-subkey", "session-key"))
    user, realm = lines["client"].split("@")
    name = sequence(_0=integer(1), _1=tlv(0x30, tlv(0x1B, user.encode())))
    ticket = Ticket(tlv(0x1B, realm.encode()), name, session_key, octets["ticket"])

    def same(name, made, expected=None):
        nonlocal count
        must(made == (octets[name] if expected is None else expected), f"{name} differs")
        count += 1

    same("id", session_id(k, ticket))
    same("bound-id", session_id(s, ticket))
    for call, key, flags in ("first", k, 0), ("later", k, 0), ("tls", k, 0), ("skew", k, 0), ("bound", s, SERVER_SUBKEY):
        t, n = int(lines[call + "-t"]), int(lines[call + "-number"])
        id = octets["bound-id" if flags else "id"]
        token, reply = octets.get(call + "-ap-req", b""), octets.get(call + "-ap-rep", b"")
        covered = call_input(id, t, lines["method"], octets.get(call + "-binding", b""), token)
        same(call + "-input", covered)
        mic = mic_of(key, CALL_USAGE, flags, n, covered)
        same(call + "-mic", mic)
        covered = error_input(mic, lines["skew-error"], octets["skew-krb-error"]) if call == "skew" else reply_input(mic, reply)
        same(call + "-answer-input", covered)
        same(call + "-answer-mic", mic_of(key, ANSWER_USAGE, flags | FROM_SERVER, n, covered))
    t, n, token = int(lines["first-t"]), int(lines["first-number"]), octets["first-ap-req"]
    sealed = inside(fields_of(fields_of(token, 0x6E)[4])[2], 4)
    same("first-ap-req", ap_req(ticket, sealed))
    same("its authenticator", session_key.decrypt(11, sealed), authenticator(ticket, k, t, n, MIC_MUST_COME))
    same("first-ap-rep", open_ap_rep(ticket, t, n, octets["first-ap-rep"]) is None, True)
    same("prove-ap-rep", open_ap_rep(ticket, t, n, octets["prove-ap-rep"]), s)
    same("skew-krb-error", time_of(octets["skew-krb-error"]), (int(lines["skew-now"]), int(lines["skew-code"])))
    return count


# A ticket of an MIT cache of version 4.

def read_cache(path, service):
    octets, at = open(path, "rb").read(), 0

    def take(form):
        nonlocal at
        values = struct.unpack_from(">" + form, octets, at)
        at += struct.calcsize(">" + form)
        return values if len(values) > 1 else values[0]

    def text():
        nonlocal at
        length = take("I")
        at += length
        return octets[at - length:at]

    def principal():
        kind, count = take("II")
        realm, names = text(), [text() for _ in range(count)]
        return tlv(0x1B, realm), sequence(_0=integer(kind), _1=tlv(0x30, *(tlv(0x1B, name) for name in names))), b"/".join(names).decode()

    must(take("H") == 0x0504, "no cache of version 4")
    header = take("H")
    at += header
    principal()
    while at < len(octets):
        client, server, enctype = principal(), principal(), take("H")
        key = Key(enctype, text())
        take("4IBI")
        for _ in range(2):  # addresses, authorization data
            for _ in range(take("I")):
                take("H"), text()
        ticket, _ = text(), text()
        if server[2] == service:
            return Ticket(client[0], client[1], key, ticket)
    raise ValueError(f"no ticket for {service}")


# Calls.

def encode(octets):
    return base64.urlsafe_b64encode(octets).rstrip(b"=").decode()


def decode(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def parameters(text):
    return dict(part.strip().split("=", 1) for part in text.split(",")) if text else {}


class Refused(Exception):
    pass


class Client:
    """One K of one ticket, its sessions with one server, and its clock."""

    def __init__(self, channel, ticket, clock=0):
        self.channel, self.ticket, self.clock = channel, ticket, clock
        self.k = Key(ticket.key.enctype, secrets.token_bytes(KEY_LENGTHS[ticket.key.enctype]))
        self.id = session_id(self.k, ticket)
        self.bound = None  # the session and key that PROVE made
        self.known = False
        self.next = secrets.randbelow(2**30)
        self.trail = []

    def now(self):
        return time.time_ns() // 1000 + self.clock

    def draw(self):
        self.next += 1
        return self.next - 1

    def attempt(self, method, n=None, by_token=None):
        by_token = not self.known if by_token is None else by_token
        t = self.now()
        first = n is None
        n = self.draw() if first else n
        number = n if first else self.draw() if by_token else None
        id, key, flags = self.bound if self.bound and not by_token else (self.id, self.k, 0)
        token = self.token(t, number) if by_token else b""
        mic = mic_of(key, CALL_USAGE, flags, n, call_input(id, t, method, b"", token))
        return Attempt(method, n, t, id, key, flags, token, number, mic)

    def token(self, t, number):
        sealed = self.ticket.key.encrypt(11, authenticator(self.ticket, self.k, t, number, MIC_MUST_COME | NO_TLS))
        return ap_req(self.ticket, sealed)

    def send(self, attempt, body, in_body=False):
        value = f"Kerberos session={encode(attempt.id)}, t={attempt.t}, mic={encode(attempt.mic)}"
        if attempt.ap_req and not in_body:
            value += f", token={encode(attempt.ap_req)}"
        return self.send_value(attempt.method, value, body)

    def send_value(self, method, value, body):
        call = self.channel.unary_unary(method)
        try:
            reply, call = call.with_call(body, metadata=[("authorization", value)], timeout=20)
        except grpc.RpcError as e:
            reply, call = None, e
        headers, trailers = ([(k, v) for k, v in part or ()] for part in (call.initial_metadata(), call.trailing_metadata()))
        return Answer(call.code(), headers, trailers, reply)

    def verify(self, attempt, answer, ap_rep=None):
        """True where the server has proved the answer; ap_rep is one that came in the body."""
        values = [value for name, value in answer.headers if name == "authentication-info"]
        if len(values) != 1:
            return False
        given = parameters(values[0])
        ap_rep = decode(given.get("token", "")) if ap_rep is None else ap_rep
        expected = mic_of(attempt.key, ANSWER_USAGE, attempt.flags | FROM_SERVER, attempt.n, reply_input(attempt.mic, ap_rep))
        must(secrets.compare_digest(expected, decode(given["mic"])), "the answer's MIC is not the server's")
        if ap_rep:
            open_ap_rep(self.ticket, attempt.t, attempt.number, ap_rep)
        return True

    def refusal(self, attempt, answer):
        """The error's name, whether its MIC proves it, and the parameters."""
        values = [value for name, value in answer.trailers if name == "www-authenticate"]
        must(answer.body is None and not answer.headers and answer.status == grpc.StatusCode.UNAUTHENTICATED and len(values) == 1, f"no refusal: {answer}")
        scheme, _, rest = values[0].partition(" ")
        must(scheme.lower() == "kerberos", "another scheme")
        given = parameters(rest)
        if "mic" not in given:
            return given["error"], False, given
        covered = error_input(attempt.mic, given["error"], decode(given.get("krb-error", "")))
        expected = mic_of(attempt.key, ANSWER_USAGE, attempt.flags | FROM_SERVER, attempt.n, covered)
        must(secrets.compare_digest(expected, decode(given["mic"])), "the refusal's MIC is not the server's")
        return given["error"], True, given

    def call(self, body, method=SAY_HELLO):
        """The reply's octets; self.trail says what came of each attempt."""
        self.trail, n, by_token, causes = [], None, None, {"SESSION_UNKNOWN", "PROVE", "SKEW"}
        while True:
            attempt = self.attempt(method, n, by_token)
            answer = self.send(attempt, body)
            if self.verify(attempt, answer):
                self.known = True
                self.trail.append("answered")
                return answer.body
            name, proved, given = self.refusal(attempt, answer)
            self.trail.append(name)
            must(name in causes and (proved or name != "SKEW"), f"{', '.join(self.trail)}")
            causes.remove(name)
            n, by_token = attempt.n, bool(attempt.ap_req)
            if name == "SESSION_UNKNOWN":
                must(not attempt.ap_req, "unknown though it brought its token")
                self.known, by_token = False, True
            elif name == "PROVE":
                self.bind(attempt, decode(given["token"]), decode(given["session"]))
                by_token = False
            else:
                self.set_clock(attempt, decode(given["krb-error"]))

    def bind(self, attempt, ap_rep, id):
        subkey = open_ap_rep(self.ticket, attempt.t, attempt.number, ap_rep)
        if subkey is None:
            must(id == self.id, "not the session of K")
        else:
            must(id == session_id(subkey, self.ticket), "not the session of the server's subkey")
            self.bound = (id, subkey, SERVER_SUBKEY)
        self.known = True

    def set_clock(self, attempt, krb_error):
        there, before, after = time_of(krb_error)[0], attempt.t, self.now()
        must(not before <= there <= after, "the attempt was only held up")
        self.clock += there - after if there > after else there - before

    def establish(self):
        attempt = self.attempt(ESTABLISH, by_token=True)
        answer = self.send(attempt, octet_string_field(1, attempt.ap_req), in_body=True)
        if answer.body is None:
            raise ValueError(str(self.refusal(attempt, answer)))
        fields = message(answer.body)
        must(self.verify(attempt, answer, fields[1]), "Establish is not proved")
        self.bind(attempt, fields[1], fields[2])

    def once(self, attempt, body=b""):
        answer = self.send(attempt, body)
        if self.verify(attempt, answer):
            return "answered"
        name, proved, _ = self.refusal(attempt, answer)
        return name + (" proved" if proved else "")


def octet_string_field(number, octets):
    length, out = len(octets), bytes([number * 8 + 2])
    while length >= 128:
        out, length = out + bytes([length % 128 + 128]), length // 128
    return out + bytes([length]) + octets


def message(octets):
    """The length-delimited fields of a protobuf message."""
    fields, at = {}, 0

    def varint():
        nonlocal at
        value = shift = 0
        while True:
            octet, at = octets[at], at + 1
            value |= (octet & 127) << shift
            shift += 7
            if octet < 128:
                return value

    while at < len(octets):
        tag = varint()
        length = varint()
        if tag % 8 == 2:
            fields[tag // 8] = octets[at:at + length]
            at += length
    return fields


def run(port, service):
    ticket = read_cache(os.environ["KRB5CCNAME"].removeprefix("FILE:"), service)
    channel = grpc.insecure_channel(f"127.0.0.1:{port}", [("grpc.enable_http_proxy", 0)])
    hello = octet_string_field(1, b"world")

    def say(step, what):
        print(step, "=", what, flush=True)

    def called(step, client, method=SAY_HELLO):
        try:
            reply = message(client.call(hello if method == SAY_HELLO else b"", method))
            say(step, ", ".join(client.trail + [v.decode() for k, v in reply.items() if k == 2]))
        except ValueError as e:
            say(step, f"error {e}")

    client = Client(channel, ticket)
    called("first", client)
    called("later", client)
    attempt = client.attempt(SAY_HELLO)
    say("once", client.once(attempt, hello))
    say("twice", client.once(attempt, hello))
    attempt = client.attempt(SAY_HELLO)
    say("altered", client.once(attempt._replace(mic=attempt.mic[:-1] + bytes([attempt.mic[-1] ^ 1])), hello))
    say("method", client.once(client.attempt(SAY_HELLO)._replace(method=SAY_HELLO + "s"), hello))
    client.next += 100000
    called("jump", client)
    say("late", client.once(client.attempt(SAY_HELLO, client.next - 99000, by_token=False), hello))
    say("below", client.once(client.attempt(SAY_HELLO, 1, by_token=False), hello))
    client.clock += 600 * 1000000
    called("skew", client)
    client.clock -= 600 * 1000000
    called("skew back", client)
    called("close", client, CLOSE)
    called("unknown", client)
    attempt = client.attempt(SAY_HELLO, by_token=True)
    say("token", client.once(attempt, hello))
    say("token again", client.once(attempt, hello))
    skewed = Client(channel, ticket, -3600 * 1000000)
    called("first skewed", skewed)
    called("later skewed", skewed)
    client = Client(channel, ticket)
    client.establish()
    called("established", client)
    client = Client(channel, ticket)
    t, n = client.now(), client.draw()
    bare = client.token(t, n)
    answer = client.send_value(SAY_HELLO, "kerberos token=" + encode(bare), hello)
    say("token alone", answer)


def main(command, *arguments):
    if command == "vectors":
        for path in arguments:
            print(os.path.basename(path), "=", check_vectors(path))
    else:
        run(*arguments)


if __name__ == "__main__":
    try:
        main(*sys.argv[1:])
    except ValueError as e:
        print("error =", e)
        sys.exit(1)
