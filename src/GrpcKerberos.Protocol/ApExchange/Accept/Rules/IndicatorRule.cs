using GrpcKerberos.Protocol.Crypto;
using GrpcKerberos.Protocol.Messages;
using GrpcKerberos.Protocol.Registry;

namespace GrpcKerberos.Protocol.ApExchange.Accept.Rules;

/// <summary>
/// How the client proved who it is to the KDC: <c>AD-AUTHENTICATION-INDICATOR ::= SEQUENCE OF UTF8String</c> (RFC 8129). It counts inside an
/// AD-CAMMAC whose svc-verifier is by the key that opened the ticket (RFC 7751 section 4); any client may ask for one that stands bare.
/// </summary>
internal static class IndicatorRule
{
    /// <summary>They are kept with the session. A KDC gives a few short words.</summary>
    public const int MaxCount = 32;

    /// <summary>Octets of all of them together.</summary>
    public const int MaxOctets = 1024;

    /// <param name="context">What the rule looks at.</param>
    /// <param name="cammacs">The data of the ticket's AD-CAMMACs.</param>
    /// <param name="indicators">Each once, as they come; empty where the KDC says nothing that we can check.</param>
    public static ApRefusal? Check(RuleContext context, IReadOnlyList<ReadOnlyMemory<byte>> cammacs, out string[] indicators)
    {
        indicators = [];
        if (cammacs.Count == 0) return null;
        var found = new List<string>();
        try
        {
            foreach (var cammac in cammacs)
            {
                // Without svc-verifier it is a message of the KDC to itself; one by another key came along out of another realm's ticket. As for libkrb5 neither says anything here.
                var content = Cammac.Decode(cammac);
                if (content.ServiceMac is { } mac && IsBy(context.Opened.Ticket.OpenedBy.Key!, content.Elements.Span, mac)) Collect(content.Elements, found);
            }
        }
        catch (DerException e)
        {
            return Refusal($"an AD-CAMMAC is malformed: {e.Message}");
        }

        if (found.Count > MaxCount || found.Sum(static i => Octets(i)) > MaxOctets) return Refusal($"there are more than {MaxCount} authentication indicators, or they have more than {MaxOctets} octets");
        indicators = [.. found];
        return null;
    }

    private static bool IsBy(KerberosKey key, ReadOnlySpan<byte> elements, Checksum mac) =>
        CompatibleChecksum.IsFor(key.Type, mac.Type) && key.VerifyChecksum(KeyUsage.Cammac, elements, mac.Value.Span);

    private static void Collect(ReadOnlyMemory<byte> elements, List<string> found)
    {
        foreach (var element in AuthorizationData.DecodeList(elements))
        {
            if (element.Type != AuthorizationDataType.AuthenticationIndicator) continue;
            foreach (var indicator in DerFields.DecodeList(new DerReader(element.Data), static e => e.Utf8String()))
            {
                if (found.Count <= MaxCount && !found.Contains(indicator)) found.Add(indicator);
            }
        }
    }

    private static int Octets(string indicator) => System.Text.Encoding.UTF8.GetByteCount(indicator);

    private static ApRefusal Refusal(string why) => ApRefusal.Of(ApRejection.AuthorizationDataRefused, $"authorization data: {why}");
}
