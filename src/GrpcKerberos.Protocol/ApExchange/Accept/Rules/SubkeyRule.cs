using GrpcKerberos.Protocol.Crypto;
using GrpcKerberos.Protocol.Registry;

namespace GrpcKerberos.Protocol.ApExchange.Accept.Rules;

/// <summary>K, the key the client proposes, is of a permitted enctype whose MICs are those of RFC 4121.</summary>
internal static class SubkeyRule
{
    public static ApRefusal? Check(RuleContext context, out Subkey? subkey)
    {
        subkey = null;
        if (context.Authenticator.Subkey is not { } key) return null;
        if (!context.Policy.EncryptionTypes.Contains(key.Type) || !EncryptionProfile.FitsSession(key))
            return ApRefusal.Of(ApRejection.SubkeyRefused, $"the subkey of {context.Ticket.Client} is of {key.Type.ToMitName()}, which is off");
        subkey = new Subkey(key.Type, key.Value.Span);
        return null;
    }
}
