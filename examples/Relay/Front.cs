using Greeter.Client;
using Grpc.Core;
using GrpcKerberos;
using GrpcKerberos.AspNetCore;
using Relay.V1;

namespace Relay;

/// <summary>Server and client in one: it takes users' calls, and calls the ledger as itself, with the key of the same keytab.</summary>
internal static class Front
{
    public static void Build(WebApplicationBuilder builder)
    {
        builder.Services.AddGrpc();
        builder.Services.AddAuthentication().AddKerberos();                                    // who calls: Authentication:Schemes:Kerberos
        builder.Services.AddKerberosClient(builder.Configuration.GetSection("Kerberos"));      // who it is itself: Kerberos
        builder.Services.AddSingleton(_ => Channel.To(builder.Configuration["Ledger:Target"], builder.Configuration["Ledger:Certificate"]));
        builder.Services.AddSingleton(s => new Ledger.LedgerClient(
            s.GetRequiredService<Grpc.Net.Client.GrpcChannel>().WithKerberos(s.GetRequiredService<KerberosClientInterceptor>())));
    }

    public static void Map(WebApplication app) => app.MapGrpcService<OrdersService>();
}

internal sealed class OrdersService(Ledger.LedgerClient ledger, ILogger<OrdersService> logger) : Orders.OrdersBase
{
    public override async Task<PlaceReply> Place(PlaceRequest request, ServerCallContext context)
    {
        // From the proof, never from a message or header of the caller: what the ledger is told is then as good as this service.
        var user = context.GetRequiredKerberosCaller().Principal.ToString();
        try
        {
            var booked = await ledger.BookAsync(
                new BookRequest { Item = request.Item, OnBehalfOf = user }, deadline: context.Deadline, cancellationToken: context.CancellationToken);
            return new PlaceReply { FrontSaw = user, Booked = booked };
        }
        catch (RpcException e)
        {
            // Why the ledger failed this service is this service's trouble. Passed on as it is, UNAUTHENTICATED would tell users that their own login is bad.
            logger.LedgerFailed(e);
            throw new RpcException(new Status(StatusCode.Unavailable, "The order was not booked. Next: try again later."));
        }
    }
}

internal static partial class FrontLog
{
    [LoggerMessage(1, LogLevel.Error, "The ledger failed")]
    public static partial void LedgerFailed(this ILogger<OrdersService> logger, RpcException e);
}
