using GrpcKerberos.Protocol.Messages;

namespace GrpcKerberos.Protocol.Credentials;

/// <summary>Whose a ccache is and when its login ends, without its keys.</summary>
/// <param name="Owner">Who logged in.</param>
/// <param name="Ends">The end of the ticket-granting ticket; null where there is none.</param>
internal sealed record CredentialCacheSummary(KerberosPrincipal Owner, KerberosTime? Ends)
{
    /// <summary>Null where the file is absent, somebody else's, half written or damaged: whoever it is of, it is of no use now.</summary>
    public static CredentialCacheSummary? Of(string path)
    {
        try
        {
            if (CredentialCacheFile.TryLoad(new FileLocation(path)) is not { } cache) return null;
            var summary = new CredentialCacheSummary(cache.Owner, cache.FindTicketGrantingTicket()?.Ends);
            foreach (var ticket in cache.Tickets) ticket.SessionKey.Dispose();
            return summary;
        }
        catch (KerberosException)
        {
            return null;
        }
    }
}
