import greeter.v1.GreeterGrpc;
import greeter.v1.GreeterOuterClass.HelloRequest;
import io.grpc.*;
import java.io.File;
import java.util.Scanner;
import java.util.concurrent.TimeUnit;
import org.ietf.jgss.GSSException;

/**
 * Calls the Greeter with a Kerberos ticket.
 *
 * <pre>GreeterClient HOST:PORT [CA.pem] &lt; NAMES     greets each name; with TLS where a CA is given, which must have signed for HOST</pre>
 *
 * The ticket is of the cache $KRB5CCNAME, or of what -Djava.security.auth.login.config says. ../build.sh makes the classes of protos/.
 */
public final class GreeterClient {
    public static void main(String[] arguments) throws Exception {
        if (arguments.length < 1 || arguments.length > 2) {
            System.err.println("GreeterClient HOST:PORT [CA.pem] < NAMES");
            System.exit(2);
        }
        ChannelCredentials transport = arguments.length < 2
            ? InsecureChannelCredentials.create()
            : TlsChannelCredentials.newBuilder().trustManager(new File(arguments[1])).build();
        ManagedChannel channel = Grpc.newChannelBuilder(arguments[0], transport).build();
        Kerberos kerberos = new Kerberos(channel, arguments[0].substring(0, arguments[0].lastIndexOf(':')));
        try (Scanner names = new Scanner(System.in)) {
            while (names.hasNextLine()) {
                HelloRequest request = HelloRequest.newBuilder().setName(names.nextLine()).build();
                CallOptions options = CallOptions.DEFAULT.withDeadlineAfter(20, TimeUnit.SECONDS);
                System.out.println(kerberos.call(GreeterGrpc.getSayHelloMethod(), options, request).getMessage());
            }
        } catch (GSSException e) {
            System.err.println("No ticket: " + e.getMessage() + ". Next: klist, then kinit; or see login.conf.");
            System.exit(1);
        } catch (StatusRuntimeException e) {
            System.err.println(e.getMessage());
            System.exit(1);
        } finally {
            channel.shutdownNow();
        }
    }
}
