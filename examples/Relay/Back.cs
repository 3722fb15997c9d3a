using Grpc.Core;
using GrpcKerberos.AspNetCore;
using Microsoft.AspNetCore.Authorization;
using Relay.V1;

namespace Relay;

/// <summary>The ledger: it believes what its callers say of users, so it names those callers.</summary>
internal static class Back
{
    public static void Build(WebApplicationBuilder builder)
    {
        builder.Services.AddGrpc();
        builder.Services.AddAuthentication().AddKerberos();
        builder.Services.AddAuthorizationBuilder()
            .AddPolicy("front", policy => policy.RequireKerberosPrincipal(builder.Configuration["Front"]!));
    }

    public static void Map(WebApplication app) => app.MapGrpcService<LedgerService>();
}

[Authorize("front")]
internal sealed class LedgerService : Ledger.LedgerBase
{
    public override Task<BookReply> Book(BookRequest request, ServerCallContext context)
    {
        var caller = context.GetRequiredKerberosCaller();
        // Both names: one is proved, the other is what the proved one says.
        var entry = $"{request.Item} for {request.OnBehalfOf}, says {caller.Principal}";
        return Task.FromResult(new BookReply { LedgerSaw = caller.Principal.ToString(), Entry = entry });
    }
}
