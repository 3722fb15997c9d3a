using System.Buffers.Binary;
using System.Text;
using GrpcKerberos.Protocol.Messages;
using GrpcKerberos.Protocol.Registry;

namespace GrpcKerberos.Protocol.ApExchange.Accept.Rules;

/// <summary>
/// Restrictions the KDC or the client put on the ticket's use. What is unknown and stands outside AD-IF-RELEVANT fails the
/// authentication, in the ticket and in the authenticator (RFC 4120 section 5.2.6).
/// </summary>
internal sealed class AuthorizationDataRule
{
    private const uint ChannelBindingToken = 0x4000;

    /// <summary>The first objection. It is raised at this rule's turn, though the data is read earlier for what other rules need.</summary>
    private ApRefusal? _refusal;
    private string? _targetPrincipal;
    private List<ReadOnlyMemory<byte>>? _cammacs;

    private AuthorizationDataRule()
    {
    }

    /// <summary>KERB_AP_OPTIONS_CBT (MS-KILE 3.2.5.8).</summary>
    public bool DemandsChannelBinding { get; private set; }

    /// <summary>Our client's own marks (<see cref="ProofElement"/>).</summary>
    public byte ProofFlags { get; private set; }

    /// <summary>The data of the ticket's AD-WIN2K-PAC, not verified yet; null where there is none.</summary>
    public ReadOnlyMemory<byte>? Pac { get; private set; }

    /// <summary>The data of the ticket's AD-CAMMACs, not verified yet.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> Cammacs => _cammacs ?? [];

    /// <summary>Whether those marks stand there, whatever they say.</summary>
    public bool HoldsProofElement { get; private set; }

    public static AuthorizationDataRule Read(RuleContext context)
    {
        var rule = new AuthorizationDataRule();
        rule.Walk(context.Ticket.AuthorizationData, optional: false, fromClient: false, depth: 0);
        rule.Walk(context.Authenticator.AuthorizationData, optional: false, fromClient: true, depth: 0);
        return rule;
    }

    public ApRefusal? Check(RuleContext context)
    {
        if (_refusal is not null) return _refusal;
        if (_targetPrincipal is not { } target || Names(target, context.Service) || context.Policy.ServicePrincipals.Any(p => Names(target, p))) return null;
        return ApRefusal.Of(ApRejection.TargetPrincipalMismatch, $"{context.Ticket.Client} meant to call another service than {context.Service}");
    }

    private void Walk(IReadOnlyList<AuthorizationData>? elements, bool optional, bool fromClient, int depth)
    {
        for (var i = 0; i < elements?.Count && _refusal is null; i++)
        {
            var element = elements[i];
            if (element.Type == AuthorizationDataType.IfRelevant) Descend(element, fromClient, depth);
            else if (!Understand(element, fromClient, depth) && !optional) Refuse($"an element of type {(int)element.Type} stands outside AD-IF-RELEVANT and is unknown");
        }
    }

    private void Descend(AuthorizationData container, bool fromClient, int depth)
    {
        if (depth == AuthorizationData.MaxDepth)
        {
            Refuse($"it nests deeper than {AuthorizationData.MaxDepth} levels");
            return;
        }

        try
        {
            Walk(AuthorizationData.DecodeList(container.Data), optional: true, fromClient, depth + 1);
        }
        catch (DerException e)
        {
            Refuse($"an AD-IF-RELEVANT is malformed: {e.Message}");
        }
    }

    /// <summary>True where the element was taken in, or is defined to say nothing to a service.</summary>
    private bool Understand(AuthorizationData element, bool fromClient, int depth)
    {
        switch (element.Type)
        {
            case AuthorizationDataType.MandatoryForKdc:
            case AuthorizationDataType.TokenRestrictions:
            case AuthorizationDataType.EtypeNegotiation:
                return true;
            // From the ticket alone: what is in the authenticator the client wrote.
            case AuthorizationDataType.Win2kPac when !fromClient:
                TakePac(element, depth);
                return true;
            // There a KDC puts it (RFC 7751 section 4); deeper down not every KDC takes out what a client put there.
            case AuthorizationDataType.Cammac when !fromClient && depth == 1:
                (_cammacs ??= []).Add(element.Data);
                return true;
            case AuthorizationDataType.ApOptions when fromClient:
                if (element.Data.Length != 4) Refuse("KERB_AP_OPTIONS does not have 4 octets");
                else DemandsChannelBinding |= (BinaryPrimitives.ReadUInt32LittleEndian(element.Data.Span) & ChannelBindingToken) != 0;
                return true;
            case AuthorizationDataType.TargetPrincipal when fromClient:
                _targetPrincipal = Encoding.Unicode.GetString(element.Data.Span);
                return true;
            case AuthorizationDataType.GrpcKerberos when fromClient:
                if (!ProofElement.TryReadFlags(element.Data.Span, out var flags)) Refuse("the proof element is malformed");
                HoldsProofElement = true;
                ProofFlags |= flags;
                return true;
            default:
                return false;
        }
    }

    /// <summary>
    /// A KDC puts the PAC right into an AD-IF-RELEVANT of the ticket, and takes out of a client's own elements what would stand there too;
    /// deeper down not every KDC looks, and of two PACs no two readers need choose the same.
    /// </summary>
    private void TakePac(AuthorizationData element, int depth)
    {
        if (depth != 1) Refuse(depth == 0 ? "the PAC stands outside AD-IF-RELEVANT" : "the PAC nests deeper than one AD-IF-RELEVANT");
        else if (Pac is not null) Refuse("there is a second PAC");
        else Pac = element.Data;
    }

    private void Refuse(string why) => _refusal ??= ApRefusal.Of(ApRejection.AuthorizationDataRefused, $"authorization data: {why}");

    /// <summary>Windows writes the name as the caller typed it, with or without its realm, in whatever case.</summary>
    private static bool Names(string target, KerberosPrincipal service)
    {
        var text = target.TrimEnd('\0');
        return string.Equals(text, service.ToString(), StringComparison.OrdinalIgnoreCase)
            || string.Equals(text, service.Name.ToString(), StringComparison.OrdinalIgnoreCase);
    }
}
