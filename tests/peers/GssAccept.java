// Java's own acceptor (JGSS) at the level of tokens: java GssAccept.java KEYTAB PRINCIPAL
// A token in hex a line on stdin; "initiator = NAME" and "reply = HEX" for each, or "error = ...".
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.security.PrivilegedExceptionAction;
import java.util.HexFormat;
import java.util.Map;
import javax.security.auth.Subject;
import javax.security.auth.login.AppConfigurationEntry;
import javax.security.auth.login.Configuration;
import javax.security.auth.login.LoginContext;
import org.ietf.jgss.GSSCredential;
import org.ietf.jgss.GSSException;
import org.ietf.jgss.GSSManager;

public class GssAccept {
  public static void main(String[] arguments) throws Exception {
    Map<String, String> options = Map.of("useKeyTab", "true", "keyTab", arguments[0], "principal", arguments[1], "storeKey", "true", "isInitiator", "false", "doNotPrompt", "true");
    LoginContext login = new LoginContext("server", new Subject(), null, new Configuration() {
      @Override
      public AppConfigurationEntry[] getAppConfigurationEntry(String name) {
        return new AppConfigurationEntry[] {
          new AppConfigurationEntry("com.sun.security.auth.module.Krb5LoginModule", AppConfigurationEntry.LoginModuleControlFlag.REQUIRED, options)
        };
      }
    });
    login.login();
    BufferedReader lines = new BufferedReader(new InputStreamReader(System.in));
    for (String line; (line = lines.readLine()) != null; ) {
      byte[] token = HexFormat.of().parseHex(line);
      try {
        Subject.doAs(login.getSubject(), (PrivilegedExceptionAction<Void>) () -> {
          var context = GSSManager.getInstance().createContext((GSSCredential) null);
          byte[] reply = context.acceptSecContext(token, 0, token.length);
          System.out.println("initiator = " + context.getSrcName());
          System.out.println("reply = " + HexFormat.of().formatHex(reply));
          return null;
        });
      } catch (java.security.PrivilegedActionException e) {
        System.out.println("error = " + e.getCause());
      }
    }
  }
}
