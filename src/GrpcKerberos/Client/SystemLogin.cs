using GrpcKerberos.Protocol;
using GrpcKerberos.Protocol.Credentials;

namespace GrpcKerberos.Client;

/// <summary>In the place of tickets where the operating system keeps them to itself.</summary>
internal sealed class SystemLogin : ITickets
{
    /// <summary>It finds the realm of a service by its own rules, and does not say.</summary>
    public string RealmOf(string host) => "";

    public ValueTask<ServiceTicket> GetAsync(KerberosPrincipal service, CancellationToken cancellationToken) =>
        throw new KerberosException(KerberosError.ConfigurationInvalid, ClientMessages.SystemTickets);

    public void Forget(ServiceTicket ticket)
    {
    }

    public void ForgetLogin(ServiceTicket ticket)
    {
    }

    public void Dispose()
    {
    }
}
