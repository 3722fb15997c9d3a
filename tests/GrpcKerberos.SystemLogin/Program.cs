using System.Globalization;
using System.Net.Security;
using Greeter.V1;
using Grpc.Core;
using Grpc.Net.Client;
using GrpcKerberos;

// A client by the operating system's login, for tests: libkrb5 reads the environment its process was started with.
// Arguments: the address, the service principal, and the hash of the certificate to trust. On stdin a verb a line: unary, server, client, duplex, or a number of unary calls at once.
// Each is answered by one line: the callers the server named, each once and with how often, or the error, the status and its text.
var handler = new SocketsHttpHandler { SslOptions = new SslClientAuthenticationOptions { RemoteCertificateValidationCallback = (_, c, _, _) => c?.GetCertHashString() == args[2] } };
using var channel = GrpcChannel.ForAddress(args[0], new GrpcChannelOptions { HttpHandler = handler, DisposeHttpClient = true, UnsafeUseInsecureChannelCallCredentials = true });
using var interceptor = new KerberosClientInterceptor(new KerberosClientOptions { UseDefaultCredentials = true, ServicePrincipal = args[1] });
var greeter = new Greeter.V1.Greeter.GreeterClient(channel.WithKerberos(interceptor));
Console.WriteLine("ready");
while (await Console.In.ReadLineAsync() is { } verb)
{
    try
    {
        var callers = int.TryParse(verb, NumberStyles.None, CultureInfo.InvariantCulture, out var count)
            ? await Task.WhenAll(Enumerable.Range(0, count).Select(_ => CallAsync("unary")))
            : [await CallAsync(verb)];
        Console.WriteLine(string.Join(' ', callers.CountBy(static c => c).Select(static c => $"{c.Key} {c.Value}")));
    }
    catch (RpcException e)
    {
        Console.WriteLine($"{e.GetKerberosError()} {e.StatusCode}: {e.Status.Detail}");
    }
}

async Task<string> CallAsync(string verb)
{
    var deadline = DateTime.UtcNow.AddSeconds(20);
    var request = new HelloRequest { Name = "world" };
    switch (verb)
    {
        case "unary":
            return (await greeter.SayHelloAsync(request, deadline: deadline)).Principal;
        case "server":
            using (var call = greeter.SayHellos(request, deadline: deadline)) return await LastAsync(call.ResponseStream);
        case "client":
            using (var call = greeter.CollectHellos(deadline: deadline))
            {
                await WriteAsync(call.RequestStream, request);
                return (await call).Principal;
            }

        default:
            using (var call = greeter.Chat(deadline: deadline))
            {
                await WriteAsync(call.RequestStream, request);
                return await LastAsync(call.ResponseStream);
            }
    }
}

// A write may meet a call that was refused already; what it came to is told by its answer.
static async Task WriteAsync(IClientStreamWriter<HelloRequest> stream, HelloRequest request)
{
    try
    {
        await stream.WriteAsync(request);
        await stream.CompleteAsync();
    }
    catch (Exception e) when (e is RpcException or InvalidOperationException)
    {
    }
}

static async Task<string> LastAsync(IAsyncStreamReader<HelloReply> stream)
{
    var last = "";
    await foreach (var reply in stream.ReadAllAsync()) last = reply.Principal;
    return last;
}
