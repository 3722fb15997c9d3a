#!/usr/bin/env python3
"""The client of protos/README.md, written from that page and the RFCs alone: it shares no line with the library under test.

  session_client.py HOST:PORT SERVICE [CERT]
      Calls the Greeter there, with TLS where CERT (PEM) is to be trusted, by the ticket for SERVICE in $KRB5CCNAME (FILE:).
      Prints "STEP = what came of each attempt, principal"; an "error" line and exit code 1 where something is not as the page has it.

HTTP/2 by Debian's python3-grpcio, the sums by MIT's libk5crypto, all else by hand. session_vectors.py tries it on the test vectors.
"""
import base64, calendar, ctypes, itertools, os, secrets, struct, sys, time
from collections import namedtuple
import grpc

SAY_HELLO, ESTABLISH, CLOSE = "/greeter.v1.Greeter/SayHello", *("/grpckerberos.v1.SessionService/" + m for m in ("Establish", "Close"))
CALL, ANSWER, AUTHENTICATOR, AP_REP = 25, 23, 11, 12  # key usages
FROM_SERVER, SERVER_SUBKEY = 1, 4  # flags of a MIC token
MIC_COMES, NO_TLS = 1, 4  # flags of the private element
KEY_LENGTHS, PRF_LENGTHS = {17: 16, 18: 32, 19: 16, 20: 32}, {17: 16, 18: 16, 19: 32, 20: 48}

def must(true, what):
    if not true:
        raise ValueError(what)

# MIT's krb5_c_* (krb5.h).
INT, UINT, OCTETS = ctypes.c_int32, ctypes.c_uint32, ctypes.POINTER(ctypes.c_char)

def c_struct(name, **fields):
    return type(name, (ctypes.Structure,), {"_fields_": [("magic", INT), *fields.items()]})

Data = c_struct("Data", length=UINT, data=OCTETS)
Keyblock = Checksum = c_struct("Keyblock", enctype=INT, length=UINT, contents=OCTETS)
Sealed = c_struct("Sealed", enctype=INT, kvno=UINT, ciphertext=Data)
K5CRYPTO, CONTEXT, ref = ctypes.CDLL("libk5crypto.so.3"), ctypes.c_void_p(), ctypes.byref
ctypes.CDLL("libkrb5.so.3").krb5_init_context(ref(CONTEXT))

def krb5_c(name, *arguments):
    code = getattr(K5CRYPTO, "krb5_c_" + name)(CONTEXT, *arguments)
    must(code == 0, f"krb5_c_{name}: {code}")

def data(octets):
    return Data(0, len(octets), ctypes.cast(ctypes.create_string_buffer(octets, len(octets) + 1), OCTETS))

class Key(namedtuple("Key", "enctype octets")):
    def block(self):
        return ref(Keyblock(0, self.enctype, len(self.octets), data(self.octets).data))

    def encrypt(self, usage, plain):
        out = Sealed(0, self.enctype, 0, data(bytes(len(plain) + 64)))
        krb5_c("encrypt", self.block(), usage, None, ref(data(plain)), ref(out))
        return out.ciphertext.data[:out.ciphertext.length]

    def decrypt(self, usage, cipher):
        out = data(bytes(len(cipher)))
        krb5_c("decrypt", self.block(), usage, None, ref(Sealed(0, self.enctype, 0, data(cipher))), ref(out))
        return out.data[:out.length]

    def prf(self, octets):
        out = data(bytes(PRF_LENGTHS[self.enctype]))
        krb5_c("prf", self.block(), ref(data(octets)), ref(out))
        return out.data[:out.length]

    def mic(self, usage, flags, n, covered):
        header, out = struct.pack(">HB5sQ", 0x0404, flags, b"\xff" * 5, n), Checksum()
        krb5_c("make_checksum", 0, self.block(), usage, ref(data(covered + header)), ref(out))
        return header + out.contents[:out.length]

# DER.
def tlv(tag, *parts):
    body = b"".join(parts)
    length = len(body).to_bytes((len(body).bit_length() + 7) // 8 or 1, "big")
    return bytes([tag]) + (length if len(body) < 128 else bytes([128 + len(length)]) + length) + body

def integer(number):
    return tlv(2, number.to_bytes((number if number >= 0 else ~number).bit_length() // 8 + 1, "big", signed=True))

def sequence(**fields):  # _3=... is the field [3]
    return tlv(0x30, *(tlv(0xA0 + int(name[1:]), value) for name, value in fields.items()))

def elements(octets):
    while octets:
        start = 2 + max(0, octets[1] - 128)
        end = start + (octets[1] if start == 2 else int.from_bytes(octets[2:start], "big"))
        must(len(octets) >= end, "DER ends early")
        yield octets[0], octets[start:end]
        octets = octets[end:]

def inside(octets, *tags):
    for tag in tags:
        [(found, octets)] = elements(octets)
        must(found == tag, f"{found:x} where {tag:x} is due")
    return octets

def fields_of(message, *tags): return {tag & 31: value for tag, value in elements(inside(message, *tags, 0x30))}
def number_of(field): return int.from_bytes(inside(field, 2), "big", signed=True)
def micros_of(seconds, micros):
    return calendar.timegm(time.strptime(inside(seconds, 0x18).decode(), "%Y%m%d%H%M%SZ")) * 1000000 + number_of(micros)

# What travels.
Ticket = namedtuple("Ticket", "realm name key octets")  # realm and name of the client, as DER
Attempt = namedtuple("Attempt", "method n t id key flags ap_req number mic")

def session_id(key, ticket): return key.prf(b"grpc-kerberos-1 session\0" + ticket.octets)[:16]
def part(form, octets): return struct.pack(">" + form, len(octets)) + octets
def call_input(id, t, method, binding, ap_req):
    return b"grpc-kerberos-1 call\0" + id + struct.pack(">Q", t) + part("H", method.encode()) + part("B", binding) + part("I", ap_req)

def reply_input(mic, ap_rep): return b"grpc-kerberos-1 reply\0" + part("H", mic) + part("I", ap_rep)
def error_input(mic, name, krb_error):
    return b"grpc-kerberos-1 error\0" + part("H", mic) + part("B", name.encode()) + part("I", krb_error)

def authenticator(ticket, k, t, number, flags):
    private = tlv(0x30, sequence(_0=integer(-17), _1=tlv(4, b"grpc-kerberos-1", bytes([flags]))))
    return tlv(0x62, sequence(
        _0=integer(5), _1=ticket.realm, _2=ticket.name, _4=integer(t % 1000000),
        _5=tlv(0x18, time.strftime("%Y%m%d%H%M%SZ", time.gmtime(t // 1000000)).encode()),
        _6=sequence(_0=integer(k.enctype), _1=tlv(4, k.octets)), _7=integer(number),
        _8=tlv(0x30, sequence(_0=integer(1), _1=tlv(4, private)))))

def make_ap_req(ticket, sealed):
    return tlv(0x6E, sequence(
        _0=integer(5), _1=integer(14), _2=tlv(3, b"\0\x20\0\0\0"), _3=ticket.octets,
        _4=sequence(_0=integer(ticket.key.enctype), _2=tlv(4, sealed))))

def open_ap_rep(ticket, t, number, message):
    """The subkey it asserts, or None."""
    fields = fields_of(message, 0x6F)
    sealed = fields_of(fields[2])
    must([number_of(f) for f in (fields[0], fields[1], sealed[0])] == [5, 15, ticket.key.enctype], "no KRB_AP_REP of this ticket")
    fields = fields_of(ticket.key.decrypt(AP_REP, inside(sealed[2], 4)), 0x7B)
    must((micros_of(fields[0], fields[1]), number_of(fields[3]) % 2**32) == (t, number), "the KRB_AP_REP of another authenticator")
    subkey = fields_of(fields[2]) if 2 in fields else None
    return subkey and Key(number_of(subkey[0]), inside(subkey[1], 4))

def error_time(krb_error):
    return micros_of(*(fields_of(krb_error, 0x7E)[i] for i in (4, 5)))

def encode(octets): return base64.urlsafe_b64encode(octets).rstrip(b"=").decode()
def decode(text): return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
def field(number, octets):  # of protobuf, below 16 KiB
    length = len(octets)
    return bytes([number * 8 + 2, *([length] if length < 128 else [length & 127 | 128, length >> 7])]) + octets

def proto_fields(message):
    found = {}
    while message:
        start = 2 if message[1] < 128 else 3
        end = start + (message[1] & 127) + (message[2] << 7 if start == 3 else 0)
        found[message[0] >> 3], message = message[start:end], message[end:]
    return found

def read_cache(path, service):
    """A ticket of an MIT cache of version 4."""
    cache = open(path, "rb")

    def take(form):
        return struct.unpack(">" + form, cache.read(struct.calcsize(">" + form)))

    def octets():
        return cache.read(*take("I"))

    def principal():
        kind, count = take("II")
        realm, names = octets(), [octets() for _ in range(count)]
        return tlv(0x1B, realm), sequence(_0=integer(kind), _1=tlv(0x30, *(tlv(0x1B, n) for n in names))), b"/".join(names).decode()

    must(take("H") == (0x0504,), "no cache of version 4")
    cache.read(*take("H"))
    principal()
    while cache.peek(1):
        client, server, key = principal(), principal(), Key(*take("H"), octets())
        take("4IBI")
        for _ in "addresses", "authorization data":
            for _ in range(*take("I")):
                take("H"), octets()
        ticket, _ = octets(), octets()
        if server[2] == service:
            return Ticket(client[0], client[1], key, ticket)
    raise ValueError(f"no ticket for {service}")

def parameters(metadata, name, scheme):
    values = [value for key, value in metadata or () if key == name]
    must(len(values) == 1 and values[0].startswith(scheme), f"{len(values)} values of {name}")
    return dict(p.strip().split("=", 1) for p in values[0].removeprefix(scheme).split(","))

class Client:
    """One K of one ticket, the sessions with one server, and a clock that may be wrong by so many microseconds."""

    def __init__(self, channel, ticket, element, clock=0):
        self.channel, self.ticket, self.element, self.clock = channel, ticket, element, clock
        self.k = Key(ticket.key.enctype, secrets.token_bytes(KEY_LENGTHS[ticket.key.enctype]))
        self.id, self.bound, self.known = session_id(self.k, ticket), None, False
        self.numbers, self.last = itertools.count(secrets.randbelow(2**30)), 0

    def now(self):
        return time.time_ns() // 1000 + self.clock

    def attempt(self, method=SAY_HELLO, n=None, by_token=None):
        """A new one, or the one of number n come again."""
        t = self.now()
        self.last = t = t + (t == self.last)
        by_token = not self.known if by_token is None else by_token
        id, key, flags = self.bound if self.bound and not by_token else (self.id, self.k, 0)
        number = next(self.numbers) if n is None or by_token else None
        n = number if n is None else n
        token = by_token and authenticator(self.ticket, self.k, t, number, self.element)
        token = make_ap_req(self.ticket, self.ticket.key.encrypt(AUTHENTICATOR, token)) if token else b""
        return Attempt(method, n, t, id, key, flags, token, number, key.mic(CALL, flags, n, call_input(id, t, method, b"", token)))

    def exchange(self, a):
        """What came of it in words, the parameters, the reply."""
        value = f"Kerberos session={encode(a.id)}, t={a.t}, mic={encode(a.mic)}"
        value += f", token={encode(a.ap_req)}" if a.ap_req and a.method != ESTABLISH else ""
        body = {SAY_HELLO: field(1, b"world"), ESTABLISH: field(1, a.ap_req), CLOSE: b""}[a.method]
        try:
            reply, call = self.channel.unary_unary(a.method).with_call(body, timeout=20, metadata=[("authorization", value)])
            given, reply = parameters(call.initial_metadata(), "authentication-info", ""), proto_fields(reply)
            return self.proved(a, given, reply), given, reply
        except grpc.RpcError as e:
            must(e.code() == grpc.StatusCode.UNAUTHENTICATED and not e.initial_metadata(), f"no refusal: {e.code()}")
            given = parameters(e.trailing_metadata(), "www-authenticate", "Kerberos ")
            name = given["error"]
            must("mic" in given or name not in ("SKEW", "REPEAT", "LATE"), f"a {name} without proof")
            if "mic" in given:
                self.verify(a, given, error_input(a.mic, name, decode(given["krb-error"])))
            return name, given, None

    def proved(self, a, given, reply):
        ap_rep = reply[1] if a.method == ESTABLISH else decode(given.get("token", ""))
        self.verify(a, given, reply_input(a.mic, ap_rep))
        if a.method == ESTABLISH:
            self.bind(a, ap_rep, reply[2])
        elif ap_rep:
            must(open_ap_rep(self.ticket, a.t, a.number, ap_rep) is None, "a subkey in the answer to a call that ran")
        return "answered with KRB_AP_REP" if ap_rep else "answered"

    def verify(self, a, given, covered):
        expected = a.key.mic(ANSWER, a.flags | FROM_SERVER, a.n, covered)
        must(secrets.compare_digest(expected, decode(given["mic"])), "the MIC is not the server's")

    def bind(self, a, ap_rep, id):
        subkey = open_ap_rep(self.ticket, a.t, a.number, ap_rep)
        must(id == (session_id(subkey, self.ticket) if subkey else self.id), "the session of another key")
        self.known, self.bound = True, subkey and (id, subkey, SERVER_SUBKEY)

    def call(self, method=SAY_HELLO, n=None, by_token=None):
        trail, causes = [], ["SESSION_UNKNOWN", "PROVE", "SKEW"]
        while True:
            a = self.attempt(method, n, by_token)
            what, given, reply = self.exchange(a)
            trail.append(what)
            if reply is not None:
                self.known = True
                return ", ".join(trail + ([reply[2].decode()] if method == SAY_HELLO else []))
            if what not in causes or (what == "SESSION_UNKNOWN" and a.ap_req):
                return ", ".join(trail)
            causes.remove(what)
            n, by_token = a.n, bool(a.ap_req) if what == "SKEW" else what == "SESSION_UNKNOWN"
            if what == "PROVE":
                self.bind(a, decode(given["token"]), decode(given["session"]))
            if what == "SKEW":
                there, after = error_time(decode(given["krb-error"])), self.now()
                self.clock += min(there - a.t, 0) or max(there - after, 0)

def steps(address, service, certificate=None):
    ticket, options = read_cache(os.environ["KRB5CCNAME"].removeprefix("FILE:"), service), [("grpc.enable_http_proxy", 0)]
    trust = certificate and grpc.ssl_channel_credentials(open(certificate, "rb").read())
    channel = grpc.secure_channel(address, trust, options) if trust else grpc.insecure_channel(address, options)

    element = MIC_COMES if trust else MIC_COMES | NO_TLS
    client = Client(channel, ticket, element)
    yield "first", client.call()
    yield "later", client.call()
    yield "with token", client.call(by_token=True)
    a = client.attempt()
    yield "twice", client.exchange(a)[0] + ", " + client.exchange(a)[0]
    a = client.attempt()
    yield "altered MIC", client.exchange(a._replace(mic=a.mic[:-1] + bytes([a.mic[-1] ^ 1])))[0]
    yield "late", client.call(n=a.n - 66000)
    client.clock += 600000000
    yield "clock ahead", client.call()
    yield "close", client.call(CLOSE)
    yield "after close", client.call()
    client.call(CLOSE)
    a = client.attempt()
    yield "large token", ", ".join([client.exchange(a)[0], client.call(ESTABLISH, a.n, True), client.call(n=a.n, by_token=False)])
    a = client.attempt(by_token=True)
    yield "token twice", client.exchange(a)[0] + ", " + client.exchange(a)[0]
    yield "first, clock behind", Client(channel, ticket, element, -600000000).call()
    client = Client(channel, ticket, element)
    yield "establish", client.call(ESTABLISH)
    yield "established", client.call()
    yield "number before the first", client.call(n=client.attempt().n - 4)

if __name__ == "__main__":
    try:
        for step, result in steps(*sys.argv[1:]):
            print(step, "=", result, flush=True)
    except (ValueError, KeyError) as e:
        print("error =", e)
        sys.exit(1)
