"""Kerberos for gRPC by stock libraries: grpcio and gssapi. protos/README.md says what it sends and why.

session_pb2 is protoc's of protos/grpckerberos/v1/session.proto.
"""
import base64, collections, struct, time
import gssapi, grpc
from grpckerberos.v1.session_pb2 import EstablishRequest, EstablishResponse

gssapi.SecurityContext.__DEFER_STEP_ERRORS__ = False  # else step() gives a refusal back as if it were a token to send
MUTUAL, INTEGRITY = gssapi.RequirementFlag.mutual_authentication, gssapi.RequirementFlag.integrity

# What proxies and the channel itself say. Every other status, OK above all, counts only where the service proved that it spoke.
UNPROVED = {grpc.StatusCode[name] for name in (
    "UNAVAILABLE", "DEADLINE_EXCEEDED", "CANCELLED", "RESOURCE_EXHAUSTED", "INTERNAL", "UNKNOWN", "UNIMPLEMENTED", "UNAUTHENTICATED")}

class NotGenuine(Exception):
    """Whoever answered does not hold the service's key."""

class Details(collections.namedtuple("Details", "method timeout metadata credentials wait_for_ready compression"), grpc.ClientCallDetails):
    pass

class KerberosInterceptor(grpc.UnaryUnaryClientInterceptor):
    """Proves the caller to the service HTTP@host, and the service to the caller, with every unary call. Safe for threads."""

    def __init__(self, channel, host):
        self._service = gssapi.Name("HTTP@" + host, gssapi.NameType.hostbased_service)
        self._send_token = channel.unary_unary(
            "/grpckerberos.v1.SessionService/Establish", EstablishRequest.SerializeToString, EstablishResponse.FromString)
        self._session = None

    def intercept_unary_unary(self, proceed, call, request):
        self._session = self._session or self._establish(call.timeout)
        return self._attempt(self._session, True, proceed, call, request)

    def _establish(self, timeout):
        """Exchanges tokens; from here on the service is known to be genuine, and no request left before."""
        context = gssapi.SecurityContext(name=self._service, mech=gssapi.MechType.kerberos, flags=MUTUAL | INTEGRITY, usage="initiate")
        answer = self._send_token(EstablishRequest(token=context.step()), timeout=timeout)
        try:
            context.step(answer.token)
        except gssapi.exceptions.GSSError as e:
            raise NotGenuine("Its token does not answer ours.") from e
        if not context.complete or MUTUAL not in context.actual_flags or len(answer.session) != 16:
            raise NotGenuine("It established no session with mutual authentication.")
        return context, answer.session

    def _attempt(self, session, first, proceed, call, request):
        context, id = session
        t, method = time.time_ns() // 1000, call.method.encode()
        covered = b"grpc-kerberos-1 call\0" + id + struct.pack(">QH", t, len(method)) + method + bytes(5)  # no channel binding, no token
        mic = context.get_signature(covered)
        proof = "authorization", f"Kerberos session={encode(id)}, t={t}, mic={encode(mic)}"
        answer = proceed(Details(
            call.method, call.timeout, (*(call.metadata or ()), proof), call.credentials, call.wait_for_ready, call.compression), request)
        info, refusal = given(answer, "authentication-info"), (answer.code(), given(answer, "www-authenticate").get("error"))
        if not info and answer.code() in UNPROVED:
            if first and refusal == (grpc.StatusCode.UNAUTHENTICATED, "SESSION_UNKNOWN"):  # it was restarted, or forgot: nothing ran
                self._session = self._establish(call.timeout)
                return self._attempt(self._session, False, proceed, call, request)
            return answer
        try:
            covered = b"grpc-kerberos-1 reply\0" + struct.pack(">H", len(mic)) + mic + bytes(4)  # no token
            context.verify_signature(covered, decode(info.get("mic", "")))
        except (gssapi.exceptions.GSSError, ValueError) as e:
            raise NotGenuine("Its answer carries no proof that fits this call.") from e
        return answer

def given(answer, key):
    """The parameters of a header of the answer, or of its trailers where it has nothing else."""
    metadata = dict([*(answer.trailing_metadata() or ()), *(answer.initial_metadata() or ())])
    pairs = metadata.get(key, "").removeprefix("Kerberos ").split(",")
    return dict(pair.strip().split("=", 1) for pair in pairs if "=" in pair)

def encode(octets): return base64.urlsafe_b64encode(octets).rstrip(b"=").decode()
def decode(text): return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
