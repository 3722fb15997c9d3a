using GrpcKerberos.Protocol.ApExchange.Accept.Rules;
using GrpcKerberos.Protocol.Crypto;

namespace GrpcKerberos.Protocol.ApExchange.Accept;

/// <summary>Step 4: every rule about ticket and authenticator is met. Nothing has been remembered yet.</summary>
internal sealed class CheckedApReq
{
    private CheckedApReq(OpenedAuthenticator opened, Subkey? subkey, bool isChannelBound, bool demandsMic)
    {
        Opened = opened;
        Subkey = subkey;
        IsChannelBound = isChannelBound;
        DemandsMic = demandsMic;
    }

    public OpenedAuthenticator Opened { get; }

    /// <summary>K, where the client proposed one.</summary>
    public Subkey? Subkey { get; }

    /// <summary>Whether a GSS channel binding came and is this connection's.</summary>
    public bool IsChannelBound { get; }

    /// <summary>Whether the authenticator says that it must not be taken without a MIC.</summary>
    public bool DemandsMic { get; }

    public static Step<CheckedApReq> Check(RuleContext context)
    {
        var authorization = AuthorizationDataRule.Read(context);
        GssChecksum? gss = null;
        Subkey? subkey = null;
        var isBound = false;
        var refusal = ClientRules.SameClient(context)
            ?? ClientRules.RealmPermitted(context)
            ?? ClientRules.Address(context)
            ?? ClockSkewRule.Fresh(context)
            ?? ClockSkewRule.AfterStart(context)
            ?? TransitedRule.Permitted(context)
            ?? ChecksumRule.Check(context, out gss)
            ?? ChannelBindingRule.Check(context, gss, authorization.DemandsChannelBinding, out isBound)
            ?? authorization.Check(context)
            ?? SubkeyRule.Check(context, out subkey)
            ?? ClientRules.Anonymous(context);
        return refusal is null
            ? new CheckedApReq(context.Opened, subkey, isBound, authorization.DemandsMic)
            : refusal.WithOpened(context.Authenticator);
    }
}
