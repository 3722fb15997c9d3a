/*
 * A stock GSS-API peer on Java's own mechanism, with the lines of gsspeer.c:
 *
 *   java -Djava.security.krb5.conf=CONF GssPeer init CACHE SERVICE@HOST [mutual] [spnego]
 *
 * CACHE is the path of a credential cache. What is said and read is what "gsspeer init" says and reads.
 */
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import javax.security.auth.login.AppConfigurationEntry;
import javax.security.auth.login.Configuration;
import org.ietf.jgss.GSSContext;
import org.ietf.jgss.GSSException;
import org.ietf.jgss.GSSManager;
import org.ietf.jgss.GSSName;
import org.ietf.jgss.MessageProp;
import org.ietf.jgss.Oid;

public final class GssPeer {
    private static final BufferedReader IN = new BufferedReader(new InputStreamReader(System.in));

    public static void main(String[] args) throws Exception {
        List<String> options = Arrays.asList(args).subList(3, args.length);
        System.setProperty("javax.security.auth.useSubjectCredsOnly", "false");
        loginWith(args[1]);
        try {
            GSSManager manager = GSSManager.getInstance();
            Oid mechanism = new Oid(options.contains("spnego") ? "1.3.6.1.5.5.2" : "1.2.840.113554.1.2.2");
            GSSName service = manager.createName(args[2], GSSName.NT_HOSTBASED_SERVICE);
            GSSContext peer = manager.createContext(service, mechanism, null, GSSContext.DEFAULT_LIFETIME);
            peer.requestMutualAuth(options.contains("mutual"));
            establish(peer);
            say("ready", "0");
            for (String line = IN.readLine(); line != null; line = IN.readLine()) {
                answer(peer, line.split(" "));
            }
        } catch (GSSException e) {
            say("error", e.getMessage());
            System.exit(1);
        }
    }

    private static void establish(GSSContext peer) throws Exception {
        byte[] answer = new byte[0];
        do {
            byte[] token = peer.initSecContext(answer, 0, answer.length);
            if (token != null) {
                say("token", HexFormat.of().formatHex(token));
            }
            if (!peer.isEstablished()) {
                answer = HexFormat.of().parseHex(IN.readLine().trim().toLowerCase());
            }
        } while (!peer.isEstablished());
    }

    private static void answer(GSSContext peer, String[] words) {
        byte[] message = HexFormat.of().parseHex(words[1].toLowerCase());
        MessageProp properties = new MessageProp(0, false);
        try {
            if (words[0].equals("mic")) {
                say("mic", HexFormat.of().formatHex(peer.getMIC(message, 0, message.length, properties)));
            } else {
                byte[] mic = HexFormat.of().parseHex(words[2].toLowerCase());
                peer.verifyMIC(mic, 0, mic.length, message, 0, message.length, properties);
                boolean odd = properties.isDuplicateToken() || properties.isOldToken() || properties.isUnseqToken() || properties.isGapToken();
                say("verified", odd ? "1" : "0");
            }
        } catch (GSSException e) {
            say("error", e.getMessage());
        }
    }

    private static void loginWith(String cache) {
        Map<String, String> options = new HashMap<>();
        options.put("useTicketCache", "true");
        options.put("ticketCache", cache);
        options.put("doNotPrompt", "true");
        AppConfigurationEntry entry = new AppConfigurationEntry(
            "com.sun.security.auth.module.Krb5LoginModule", AppConfigurationEntry.LoginModuleControlFlag.REQUIRED, options);
        Configuration.setConfiguration(new Configuration() {
            @Override
            public AppConfigurationEntry[] getAppConfigurationEntry(String name) {
                return new AppConfigurationEntry[] {entry};
            }
        });
    }

    private static void say(String name, String value) {
        System.out.println(name + " = " + value);
        System.out.flush();
    }
}
