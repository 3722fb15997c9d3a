using GrpcKerberos.Protocol.Messages;
using GrpcKerberos.Protocol.Registry;

namespace GrpcKerberos.Tool.Decode;

/// <summary>Which elements stand in authorization data, containers opened.</summary>
internal static class AuthorizationTypes
{
    /// <summary>Names for as many; what follows is not worth a line.</summary>
    private const int MostNames = 32;

    /// <exception cref="DerException">A container is malformed.</exception>
    public static IReadOnlyList<string> Of(IReadOnlyList<AuthorizationData>? elements) =>
        [.. Walk(elements, 0).Take(MostNames).Select(static e => Name(e.Type))];

    /// <summary>Where a KDC puts the PAC: right inside one AD-IF-RELEVANT.</summary>
    /// <exception cref="DerException">A container is malformed.</exception>
    public static ReadOnlyMemory<byte>? FindPac(IReadOnlyList<AuthorizationData>? elements) =>
        (elements ?? []).Where(static e => e.Type == AuthorizationDataType.IfRelevant).SelectMany(static e => AuthorizationData.DecodeList(e.Data))
            .FirstOrDefault(static e => e.Type == AuthorizationDataType.Win2kPac)?.Data;

    private static IEnumerable<AuthorizationData> Walk(IReadOnlyList<AuthorizationData>? elements, int depth)
    {
        foreach (var element in elements ?? [])
        {
            if (element.Type != AuthorizationDataType.IfRelevant || depth == AuthorizationData.MaxDepth)
            {
                yield return element;
                continue;
            }

            foreach (var inner in Walk(AuthorizationData.DecodeList(element.Data), depth + 1)) yield return inner;
        }
    }

    private static string Name(AuthorizationDataType type) => type switch
    {
        AuthorizationDataType.Win2kPac => "PAC",
        AuthorizationDataType.Cammac => "CAMMAC",
        AuthorizationDataType.GrpcKerberos => "GrpcKerberos' own (a MIC must come with it)",
        AuthorizationDataType.EtypeNegotiation => "encryption types of the client",
        AuthorizationDataType.TargetPrincipal => "the target's name",
        AuthorizationDataType.ApOptions => "channel binding options",
        AuthorizationDataType.TokenRestrictions => "token restrictions",
        _ => Enum.IsDefined(type) ? type.ToString() : $"type {(int)type}",
    };
}
