using System.Globalization;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using GrpcKerberos.AspNetCore;
using GrpcKerberos.AspNetCore.Acceptors;
using GrpcKerberos.Replica;
using GrpcKerberos.Shared.Kestrel;
using Microsoft.AspNetCore.Server.Kestrel.Core;

// One replica of a greeter, for tests that start several of them and end them in mid-air.
// Arguments: its port, the keytab, a file to note its runs in, and, for TLS, a certificate as PKCS 12; without one its sessions are portable all the same.
// Says "ready". Then on stdin: "forget" is answered by "forgot", all of it as after a restart; the end of stdin ends it.
var port = int.Parse(args[0], CultureInfo.InvariantCulture);
var builder = WebApplication.CreateSlimBuilder();
builder.Logging.ClearProviders();
builder.WebHost.UseKestrelHttpsConfiguration();
builder.WebHost.ConfigureKestrel(static k => k.BePatient());
builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, port, endpoint =>
{
    endpoint.Protocols = HttpProtocols.Http2;
    if (args.Length > 3) endpoint.UseHttps(X509CertificateLoader.LoadPkcs12FromFile(args[3], null));
}));
builder.Services.AddSingleton(new RunLog(args[2]));
builder.Services.AddGrpc();
builder.Services.AddAuthentication().AddKerberos(o =>
{
    o.Keytab = args[1];
    o.SessionPortability = args.Length > 3 ? SessionPortability.Auto : SessionPortability.Portable;
});
await using var app = builder.Build();
app.MapGrpcService<CountingGreeter>();
await app.StartAsync();
Console.WriteLine("ready");
while (await Console.In.ReadLineAsync() is { } verb)
{
    if (verb != "forget") continue;
    await app.Services.GetRequiredService<SchemeAcceptors>().RestartAsync();
    Console.WriteLine("forgot");
}
