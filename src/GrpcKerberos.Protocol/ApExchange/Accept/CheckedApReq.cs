using GrpcKerberos.Protocol.ApExchange.Accept.Rules;
using GrpcKerberos.Protocol.Crypto;
using GrpcKerberos.Protocol.Pac;

namespace GrpcKerberos.Protocol.ApExchange.Accept;

/// <summary>Step 4: every rule about ticket and authenticator is met. Nothing has been remembered yet.</summary>
internal sealed class CheckedApReq
{
    private readonly byte _proofFlags;

    private CheckedApReq(OpenedAuthenticator opened, Subkey? subkey, GssChecksum? gss, ChannelBinding? binding, CallerData? data, byte proofFlags)
    {
        IsBoundElsewhere = gss is { IsBound: true } && binding is null;
        Opened = opened;
        Subkey = subkey;
        Binding = binding;
        CallerData = data;
        _proofFlags = proofFlags;
    }

    public OpenedAuthenticator Opened { get; }

    /// <summary>K, where the client proposed one.</summary>
    public Subkey? Subkey { get; }

    /// <summary>The GSS channel binding that came and is this connection's.</summary>
    public ChannelBinding? Binding { get; }

    /// <summary>What the KDC says of the caller besides its name.</summary>
    public CallerData? CallerData { get; }

    /// <summary>Whether a binding came that was not looked at: this connection has no certificate to compare with, or policy ignores bindings.</summary>
    public bool IsBoundElsewhere { get; }

    /// <summary>Whether the authenticator says that it must not be taken without a MIC.</summary>
    public bool DemandsMic => Has(ProofElement.MicRequired);

    /// <summary>
    /// Whether the session has to be this one process's: by the client's demand, because somebody may read the token on this connection or on
    /// the client's, or because there is no number to tell the calls before a restart from those after it.
    /// </summary>
    public bool IsServerBound => Subkey is null
        || Opened.Content.SequenceNumber is null
        || Has(ProofElement.ServerBound)
        || Opened.Ticket.Received.Call.Connection.Portability switch
        {
            Portability.Always => false,
            Portability.OverTls => Has(ProofElement.SentInClear),
            _ => true,
        };

    public static Step<CheckedApReq> Check(RuleContext context)
    {
        var authorization = AuthorizationDataRule.Read(context);
        GssChecksum? gss = null;
        Subkey? subkey = null;
        ChannelBinding? binding = null;
        string[] indicators = [];
        VerifiedPac? pac = null;
        var refusal = ClientRules.SameClient(context)
            ?? ClientRules.RealmPermitted(context)
            ?? ClientRules.Address(context)
            ?? ClockSkewRule.Fresh(context)
            ?? ClockSkewRule.AfterStart(context)
            ?? TransitedRule.Permitted(context)
            ?? ChecksumRule.Check(context, out gss)
            ?? GssTokenRule.Check(context, gss, authorization.HoldsProofElement)
            ?? ChannelBindingRule.Check(context, gss, authorization.DemandsChannelBinding, out binding)
            ?? authorization.Check(context)
            ?? IndicatorRule.Check(context, authorization.Cammacs, out indicators)
            ?? PacRule.Check(context, authorization.Pac, out pac)
            ?? SubkeyRule.Check(context, out subkey)
            ?? ClientRules.Anonymous(context);
        return refusal is null
            ? new CheckedApReq(context.Opened, subkey, gss, binding, CallerData.Of(pac, indicators), authorization.ProofFlags)
            : refusal.WithOpened(context.Authenticator);
    }

    private bool Has(byte flag) => (_proofFlags & flag) != 0;
}
