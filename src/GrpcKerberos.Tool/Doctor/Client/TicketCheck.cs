using GrpcKerberos.Protocol;
using GrpcKerberos.Protocol.Registry;
using GrpcKerberos.Tool.Output;

namespace GrpcKerberos.Tool.Doctor.Client;

/// <summary>Whether the service has a name, and the KDC a ticket for it.</summary>
internal sealed class TicketCheck(ClientCase client) : ICheck
{
    public string Name => "ticket";

    public IReadOnlyList<string> Needs => ["credentials"];

    public async Task<IReadOnlyList<Finding>> RunAsync(CancellationToken cancellationToken)
    {
        KerberosTicketInfo info;
        try
        {
            info = await client.Client.GetTicketAsync(client.ServiceName, cancellationToken).ConfigureAwait(false);
        }
        catch (KerberosException e) when (e.Error == KerberosError.ServiceNameUnknown)
        {
            return [Finding.Fail(Name, Advice.Of(e.Message).Text, "--spn HTTP/orders.corp.example here, and set ServicePrincipal in the client.")];
        }

        var limit = client.Client.Settings.MaxHeaderTokenBytes;
        var kvno = info.KeyVersion is { } version ? Invariant($"kvno {version}, ") : "";
        var size = Invariant($"{info.TokenBytes:N0} B of {limit:N0}{(info.TokenBytes > limit ? ", so it goes in a message of its own" : "")}");
        return [Finding.Ok(Name, $"{info.Service} {kvno}{info.TicketEncryptionType.ToMitName()}, {size}")];
    }
}
