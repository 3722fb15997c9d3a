/*
 * gsspeer's "init" by the JDK's own GSS-API and Kerberos, which shares no line with MIT's. Logs in with a keytab, so the KDC meets Java too.
 *
 *   java -Djava.security.krb5.conf=FILE JgssPeer.java KEYTAB PRINCIPAL SERVICE@HOST
 *
 * Prints "token = HEX", reads one line, the answer, prints "ready = 1"; then "mic HEX" and "verify HEX MICHEX" as gsspeer has them.
 * Failure: "error = TEXT" and exit 1; after "ready" a bad MIC is an "error" line too, and the peer goes on.
 */
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.security.PrivilegedExceptionAction;
import java.util.HexFormat;
import java.util.Map;
import javax.security.auth.Subject;
import javax.security.auth.login.AppConfigurationEntry;
import javax.security.auth.login.AppConfigurationEntry.LoginModuleControlFlag;
import javax.security.auth.login.Configuration;
import javax.security.auth.login.LoginContext;
import org.ietf.jgss.GSSContext;
import org.ietf.jgss.GSSException;
import org.ietf.jgss.GSSManager;
import org.ietf.jgss.GSSName;
import org.ietf.jgss.MessageProp;
import org.ietf.jgss.Oid;

public final class JgssPeer {
    private static final HexFormat HEX = HexFormat.of();

    public static void main(String[] arguments) {
        try {
            Subject subject = login(arguments[0], arguments[1]);
            Subject.doAs(subject, (PrivilegedExceptionAction<Void>) () -> {
                talk(arguments[2]);
                return null;
            });
        } catch (Exception e) {
            System.out.println("error = " + (e.getCause() == null ? e : e.getCause()));
            System.exit(1);
        }
    }

    private static Subject login(String keytab, String principal) throws Exception {
        Map<String, String> options = Map.of(
            "useKeyTab", "true", "keyTab", keytab, "principal", principal, "doNotPrompt", "true", "isInitiator", "true");
        AppConfigurationEntry[] entries = {
            new AppConfigurationEntry("com.sun.security.auth.module.Krb5LoginModule", LoginModuleControlFlag.REQUIRED, options)
        };
        LoginContext login = new LoginContext("peer", new Subject(), null, new Configuration() {
            @Override
            public AppConfigurationEntry[] getAppConfigurationEntry(String name) {
                return entries;
            }
        });
        login.login();
        return login.getSubject();
    }

    private static void talk(String service) throws Exception {
        BufferedReader input = new BufferedReader(new InputStreamReader(System.in));
        GSSManager manager = GSSManager.getInstance();
        GSSName name = manager.createName(service, GSSName.NT_HOSTBASED_SERVICE);
        GSSContext peer = manager.createContext(name, new Oid("1.2.840.113554.1.2.2"), null, GSSContext.DEFAULT_LIFETIME);
        peer.requestMutualAuth(true);
        peer.requestInteg(true);
        peer.requestReplayDet(true);
        System.out.println("token = " + HEX.formatHex(peer.initSecContext(new byte[0], 0, 0)));
        byte[] answer = HEX.parseHex(input.readLine().trim());
        peer.initSecContext(answer, 0, answer.length);
        System.out.println("ready = " + (peer.isEstablished() && peer.getMutualAuthState() ? 1 : 0));
        for (String line; (line = input.readLine()) != null; ) {
            System.out.println(answerTo(peer, line.trim().split(" ")));
        }
    }

    private static String answerTo(GSSContext peer, String[] words) {
        try {
            byte[] message = HEX.parseHex(words[1]);
            MessageProp property = new MessageProp(0, false);
            if (words[0].equals("mic")) {
                return "mic = " + HEX.formatHex(peer.getMIC(message, 0, message.length, property));
            }
            byte[] mic = HEX.parseHex(words[2]);
            peer.verifyMIC(mic, 0, mic.length, message, 0, message.length, property);
            return "verified = " + (property.isDuplicateToken() ? 2 : 0);
        } catch (GSSException e) {
            return "error = " + e;
        }
    }
}
