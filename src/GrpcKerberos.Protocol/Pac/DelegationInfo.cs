namespace GrpcKerberos.Protocol.Pac;

/// <summary>
/// The services that act for the client, out of S4U_DELEGATION_INFO (MS-PAC 2.9): the ticket came by S4U2Proxy.
/// <code>
/// S4U2proxyTarget RPC_UNICODE_STRING, TransitedListSize u32, S4UTransitedServices → RPC_UNICODE_STRING[]
/// </code>
/// </summary>
internal static class DelegationInfo
{
    private const int StringLength = 8;

    /// <summary>First to last.</summary>
    /// <param name="element">The element.</param>
    /// <param name="realm">The realm of names that have none.</param>
    /// <exception cref="PacException">The octets are no S4U_DELEGATION_INFO, or it names nobody: its presence alone says that somebody acts.</exception>
    public static KerberosPrincipal[] Read(ReadOnlySpan<byte> element, string realm)
    {
        var reader = NdrReader.Open(element);
        var (target, count, isPresent) = (reader.String(), reader.UInt32(), reader.Pointer());
        reader.Characters(target);
        if (!isPresent || count == 0) throw PacException.Malformed("DELEGATION_INFO names no service");
        var headers = new NdrString[reader.Count(count, StringLength)];
        foreach (ref var header in headers.AsSpan()) header = reader.String();
        var services = new KerberosPrincipal[headers.Length];
        for (var i = 0; i < services.Length; i++)
        {
            var text = Utf16.Read(reader.Characters(headers[i]), "a service of DELEGATION_INFO");
            services[i] = KerberosPrincipal.TryParse(text, realm, out var service) ? service : throw PacException.Malformed("a service of DELEGATION_INFO is no principal");
        }

        return services;
    }
}
