using GrpcKerberos.Protocol.Credentials;
using GrpcKerberos.Protocol.Messages;
using GrpcKerberos.Protocol.Pac;
using GrpcKerberos.Protocol.Registry;
using GrpcKerberos.Tool.Klist;

namespace GrpcKerberos.Tool.Decode;

/// <summary>The sealed part of a ticket.</summary>
internal sealed class TicketReader(Trail trail, KerberosTime now)
{
    public void Read(EncTicketPart content, KeytabEntry openedBy)
    {
        trail.Add("client", content.Client.ToString());
        trail.Add("times", Times(content));
        trail.Add("flags", FlagNames.Of(content.Flags) is { Count: > 0 } flags ? string.Join(", ", flags) : "none");
        trail.Add("transited", Transited(content, openedBy));
        if (content.Addresses is { Count: > 0 } addresses)
            trail.Add("addresses", Invariant($"{addresses.Count}, from which alone it is good where CheckClientAddress is on"));
        trail.Add("session key", content.Key.Type.ToMitName());
        var data = AuthorizationTypes.Of(content.AuthorizationData);
        trail.Add("authorization", data.Count == 0 ? "no data" : string.Join(", ", data));
        if (AuthorizationTypes.FindPac(content.AuthorizationData) is { } pac) ReadPac(pac, content, openedBy);
    }

    private string Times(EncTicketPart content)
    {
        var renew = content.RenewTill is { } till ? $", renewable until {till}" : "";
        return $"login {Moment.Of(content.AuthTime, now)}, good from {content.Starts} to {Moment.Of(content.EndTime, now)}{renew}";
    }

    private static string Transited(EncTicketPart content, KeytabEntry openedBy)
    {
        if (content.Transited.Contents.IsEmpty) return "no realm";
        return TransitedRealms.TryDecode(content.Transited.Contents.Span, content.Client.Realm, openedBy.Principal.Realm, out var realms)
            ? string.Join(", ", realms)
            : "a list that cannot be told";
    }

    private void ReadPac(ReadOnlyMemory<byte> pac, EncTicketPart content, KeytabEntry openedBy)
    {
        try
        {
            var verified = VerifiedPac.Verify(pac, content, openedBy.Key!, openedBy.Principal.Realm, []);
            var acting = verified.ActingServices.Length == 0 ? "" : $"; acting for it: {string.Join(", ", (IEnumerable<object>)verified.ActingServices)}";
            var account = verified.Logon is { } logon ? $"{logon.User}, {Groups(logon.Groups.Count)}{Upn(verified)}" : "it names no account";
            trail.Add("pac", $"the service's signature is good; {account}{acting}");
        }
        catch (PacException e)
        {
            trail.Note("pac", $"{(e.Fault == PacFault.Signature ? "the service's signature is bad" : "it is not to be believed")}: {e.Message}");
        }
    }

    private static string Groups(int count) => count == 1 ? "1 group" : Invariant($"{count} groups");

    private static string Upn(VerifiedPac pac) => pac.UserPrincipalName is { } name ? $", {name}" : "";
}
