import com.google.protobuf.ByteString;
import grpckerberos.v1.Session.EstablishRequest;
import grpckerberos.v1.Session.EstablishResponse;
import grpckerberos.v1.SessionServiceGrpc;
import io.grpc.*;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.*;
import java.util.concurrent.atomic.AtomicReference;
import org.ietf.jgss.*;
import static java.nio.charset.StandardCharsets.UTF_8;

/**
 * Kerberos for gRPC by stock libraries: grpc-java and the JDK. Proves the caller to the service HTTP@host, and the service to the caller, with
 * every unary call. Safe for threads. protos/README.md says what it sends and why.
 */
final class Kerberos {
    private static final Metadata.Key<String> AUTHORIZATION = key("authorization");
    private static final Metadata.Key<String> INFO = key("authentication-info");
    private static final Metadata.Key<String> CHALLENGE = key("www-authenticate");

    /** What proxies and the channel itself say. Every other status, OK above all, counts only where the service proved that it spoke. */
    private static final Set<Status.Code> UNPROVED = EnumSet.of(
        Status.Code.UNAVAILABLE, Status.Code.DEADLINE_EXCEEDED, Status.Code.CANCELLED, Status.Code.RESOURCE_EXHAUSTED,
        Status.Code.INTERNAL, Status.Code.UNKNOWN, Status.Code.UNIMPLEMENTED, Status.Code.UNAUTHENTICATED);

    private final Channel channel;
    private final String service;
    private Session session;

    Kerberos(Channel channel, String host) {
        this.channel = channel;
        this.service = "HTTP@" + host;
    }

    <Q, R> R call(MethodDescriptor<Q, R> method, CallOptions options, Q request) throws GSSException {
        return attempt(sessionAfter(null, options), true, method, options, request);
    }

    private record Session(GSSContext context, byte[] id) {}

    /** A session other than the forgotten one. Once it is there the service is known to be genuine, and no request left before. */
    private synchronized Session sessionAfter(Session forgotten, CallOptions options) throws GSSException {
        if (session != forgotten) return session;
        GSSManager manager = GSSManager.getInstance();
        GSSContext context = manager.createContext(
            manager.createName(service, GSSName.NT_HOSTBASED_SERVICE), new Oid("1.2.840.113554.1.2.2"), null, GSSContext.DEFAULT_LIFETIME);
        context.requestMutualAuth(true);
        context.requestInteg(true);
        context.requestReplayDet(false); // The wire has its own, and answers come in any order.
        context.requestSequenceDet(false);
        ByteString token = ByteString.copyFrom(context.initSecContext(new byte[0], 0, 0));
        EstablishResponse answer = ClientCalls.blockingUnaryCall(
            channel, SessionServiceGrpc.getEstablishMethod(), options, EstablishRequest.newBuilder().setToken(token).build());
        try {
            context.initSecContext(answer.getToken().toByteArray(), 0, answer.getToken().size());
        } catch (GSSException e) {
            throw notGenuine("its token does not answer ours");
        }
        if (!context.isEstablished() || !context.getMutualAuthState() || answer.getSession().size() != 16)
            throw notGenuine("it established no session with mutual authentication");
        return session = new Session(context, answer.getSession().toByteArray());
    }

    private <Q, R> R attempt(Session session, boolean first, MethodDescriptor<Q, R> method, CallOptions options, Q request) throws GSSException {
        long t = ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now());
        byte[] name = ("/" + method.getFullMethodName()).getBytes(UTF_8), label = "grpc-kerberos-1 call\0".getBytes(UTF_8);
        byte[] covered = ByteBuffer.allocate(label.length + 16 + 8 + 2 + name.length + 5) // the five stay 0: no channel binding, no token
            .put(label).put(session.id).putLong(t).putShort((short) name.length).put(name).array();
        byte[] mic = session.context.getMIC(covered, 0, covered.length, new MessageProp(false));
        Metadata proof = new Metadata();
        proof.put(AUTHORIZATION, "Kerberos session=" + encode(session.id) + ", t=" + t + ", mic=" + encode(mic));

        AtomicReference<Metadata> headers = new AtomicReference<>(), trailers = new AtomicReference<>();
        Channel proved = ClientInterceptors.intercept(
            channel, MetadataUtils.newAttachHeadersInterceptor(proof), MetadataUtils.newCaptureMetadataInterceptor(headers, trailers));
        R reply = null;
        StatusRuntimeException error = null;
        try {
            reply = ClientCalls.blockingUnaryCall(proved, method, options, request);
        } catch (StatusRuntimeException e) {
            error = e;
        }
        String info = parameter(headers, INFO, "mic") + parameter(trailers, INFO, "mic"); // an answer without a message has trailers alone
        if (error != null && info.isEmpty() && UNPROVED.contains(error.getStatus().getCode())) {
            boolean refused = error.getStatus().getCode() == Status.Code.UNAUTHENTICATED;
            if (!first || !refused || !parameter(trailers, CHALLENGE, "error").equals("SESSION_UNKNOWN")) throw error;
            return attempt(sessionAfter(session, options), false, method, options, request); // It was restarted, or forgot: nothing ran.
        }
        verify(session, mic, info);
        if (error != null) throw error;
        return reply;
    }

    private static void verify(Session session, byte[] mic, String info) {
        byte[] label = "grpc-kerberos-1 reply\0".getBytes(UTF_8);
        byte[] covered = ByteBuffer.allocate(label.length + 2 + mic.length + 4).put(label).putShort((short) mic.length).put(mic).array(); // no token
        try {
            byte[] theirs = Base64.getUrlDecoder().decode(info);
            session.context.verifyMIC(theirs, 0, theirs.length, covered, 0, covered.length, new MessageProp(false));
        } catch (GSSException | IllegalArgumentException e) {
            throw notGenuine("its answer carries no proof that fits this call");
        }
    }

    private static String parameter(AtomicReference<Metadata> metadata, Metadata.Key<String> key, String name) {
        String value = metadata.get() == null ? null : metadata.get().get(key);
        for (String pair : value == null ? new String[0] : value.replaceFirst("^Kerberos ", "").split(","))
            if (pair.strip().startsWith(name + "=")) return pair.strip().substring(name.length() + 1);
        return "";
    }

    private static Metadata.Key<String> key(String name) {
        return Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER);
    }

    private static String encode(byte[] octets) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(octets);
    }

    private static StatusRuntimeException notGenuine(String why) {
        return Status.UNAUTHENTICATED.withDescription("the service is not genuine: " + why + ". Next: see who listens there").asRuntimeException();
    }
}
