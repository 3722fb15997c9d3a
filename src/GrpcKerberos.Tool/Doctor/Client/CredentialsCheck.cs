using GrpcKerberos.Protocol.Kdc;
using GrpcKerberos.Protocol.Messages;
using GrpcKerberos.Protocol.Registry;

namespace GrpcKerberos.Tool.Doctor.Client;

/// <summary>Whether there is a login: one of kinit that lives, or keys that the KDC takes.</summary>
internal sealed class CredentialsCheck(ClientCase client) : ICheck
{
    public string Name => "credentials";

    public IReadOnlyList<string> Needs => ["kdc"];

    public async Task<IReadOnlyList<Finding>> RunAsync(CancellationToken cancellationToken)
    {
        var login = client.Identity.Login;
        var ticket = await login.GetGrantingTicketAsync(cancellationToken).ConfigureAwait(false);
        var left = ticket.Ends - (new KerberosTime(client.Host.Time.GetUtcNow()) + (login.ClockOffset ?? TimeSpan.Zero));
        return [Finding.Ok(Name, $"{login.Source}: {ticket.Client}, {DurationText.Of(left)} left, {ticket.SessionKey.Type.ToMitName()}")];
    }
}
