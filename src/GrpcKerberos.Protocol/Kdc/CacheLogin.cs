using System.Diagnostics.CodeAnalysis;
using GrpcKerberos.Protocol.Credentials;

namespace GrpcKerberos.Protocol.Kdc;

/// <summary>The tickets kinit left in a FILE ccache, read again when the file changed. Never written.</summary>
/// <param name="location">Where the ccache is, resolved anew for each look.</param>
internal sealed class CacheLogin(Func<FileLocation> location, TimeProvider timeProvider) : ILogin
{
    public KerberosPrincipal? Client => throw new NotImplementedException($"{location}{timeProvider}");

    public ValueTask<ServiceTicket> GetGrantingTicketAsync(CancellationToken cancellationToken) => throw new NotImplementedException();

    public bool TryGetServiceTicket(KerberosPrincipal service, [NotNullWhen(true)] out ServiceTicket? ticket) => throw new NotImplementedException();

    public void Forget(ServiceTicket grantingTicket)
    {
    }

    public void Dispose()
    {
    }
}
