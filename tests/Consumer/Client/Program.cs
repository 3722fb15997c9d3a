using Greeter.V1;
using Grpc.Net.Client;
using GrpcKerberos;

// Client PORT KRB5CONF KEYTAB
using var channel = GrpcChannel.ForAddress($"http://localhost:{args[0]}", new GrpcChannelOptions { UnsafeUseInsecureChannelCallCredentials = true });
var greeter = new Greeter.V1.Greeter.GreeterClient(channel.WithKerberos(new KerberosClientOptions { Krb5Config = args[1], Keytab = args[2] }));
var reply = await greeter.SayHelloAsync(new HelloRequest { Name = "packages" }, deadline: DateTime.UtcNow.AddSeconds(30));
Console.WriteLine($"{reply.Message}, {reply.Principal}");
