// Calls the Greeter with a Kerberos ticket.
//
//	greeter HOST:PORT [CA.pem] < NAMES     greets each name; with TLS where a CA is given, which must have signed for HOST
//
// Logs in with the keytab $KRB5_CLIENT_KTNAME, or takes the cache $KRB5CCNAME. ../build.sh makes the *.pb.go of protos/.
package main

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/jcmturner/gokrb5/v8/client"
	"github.com/jcmturner/gokrb5/v8/config"
	"github.com/jcmturner/gokrb5/v8/credentials"
	"github.com/jcmturner/gokrb5/v8/keytab"
	"google.golang.org/grpc"
	tls "google.golang.org/grpc/credentials"
)

func main() {
	if len(os.Args) != 2 && len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "greeter HOST:PORT [CA.pem] < NAMES")
		os.Exit(2)
	}
	if err := greet(os.Args[1], os.Args[2:]...); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func greet(target string, ca ...string) error {
	login, err := login()
	if err != nil {
		return fmt.Errorf("no login: %v. Next: kinit, or set KRB5_CLIENT_KTNAME", err)
	}
	transport := grpc.WithInsecure()
	if len(ca) > 0 {
		trust, err := tls.NewClientTLSFromFile(ca[0], "")
		if err != nil {
			return err
		}
		transport = grpc.WithTransportCredentials(trust)
	}
	kerberos := &Kerberos{Login: login, Service: "HTTP/" + target[:strings.LastIndex(target, ":")]}
	channel, err := grpc.Dial(target, transport, grpc.WithUnaryInterceptor(kerberos.Intercept), grpc.WithDefaultCallOptions(grpc.WaitForReady(true)))
	if err != nil {
		return err
	}
	defer channel.Close()
	for names := bufio.NewScanner(os.Stdin); names.Scan(); {
		var reply HelloReply
		ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
		err := channel.Invoke(ctx, "/greeter.v1.Greeter/SayHello", &HelloRequest{Name: names.Text()}, &reply)
		cancel()
		if err != nil {
			return err
		}
		fmt.Println(reply.Message)
	}
	return nil
}

func login() (*client.Client, error) {
	realms, err := config.Load(environment("KRB5_CONFIG", "/etc/krb5.conf"))
	if err != nil {
		return nil, err
	}
	if path := environment("KRB5_CLIENT_KTNAME", ""); path != "" {
		keys, err := keytab.Load(path)
		if err != nil {
			return nil, err
		}
		who := keys.Entries[0].Principal // as MIT has it: the first one of the keytab
		return client.NewWithKeytab(strings.Join(who.Components, "/"), who.Realm, keys, realms, client.DisablePAFXFAST(true)), nil
	}
	cache, err := credentials.LoadCCache(environment("KRB5CCNAME", fmt.Sprintf("/tmp/krb5cc_%d", os.Getuid())))
	if err != nil {
		return nil, err
	}
	return client.NewFromCCache(cache, realms, client.DisablePAFXFAST(true))
}

func environment(name, otherwise string) string {
	if value := os.Getenv(name); value != "" {
		return strings.TrimPrefix(value, "FILE:")
	}
	return otherwise
}
