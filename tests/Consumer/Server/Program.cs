using Greeter.V1;
using Grpc.Core;
using GrpcKerberos.AspNetCore;
using GrpcKerberos.Testing;
using Microsoft.AspNetCore.Server.Kestrel.Core;

// Says in one line where it listens and what a client needs, and ends with its input.
await using var realm = await TestRealm.StartAsync();
var builder = WebApplication.CreateBuilder(args);
builder.Logging.ClearProviders();
builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(System.Net.IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2));
builder.Services.AddGrpc();
builder.Services.AddAuthentication().AddKerberos(o => o.Keytab = realm.AddService("HTTP/localhost").Keytab);
await using var app = builder.Build();
app.MapGrpcService<GreeterService>();
await app.StartAsync();
Console.WriteLine($"{new Uri(app.Urls.Single()).Port} {realm.Krb5Config} {realm.AddUser("alice").Keytab}");
await Console.In.ReadToEndAsync();
await app.StopAsync();

internal sealed class GreeterService : Greeter.V1.Greeter.GreeterBase
{
    public override Task<HelloReply> SayHello(HelloRequest request, ServerCallContext context) =>
        Task.FromResult(new HelloReply { Message = $"Hello {request.Name}", Principal = context.GetRequiredKerberosCaller().Principal.ToString() });
}
