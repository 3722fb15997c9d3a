using System.Diagnostics.CodeAnalysis;
using System.Formats.Asn1;
using GrpcKerberos.Protocol.Messages;

namespace GrpcKerberos.Protocol.ApExchange.Gss;

/// <summary>
/// The negotiation of RFC 4178, as little of it as one leg each way takes: Kerberos proposed first and with its token, or nothing.
/// <code>
/// NegotiationToken ::= CHOICE { negTokenInit [0] NegTokenInit, negTokenResp [1] NegTokenResp }
/// NegTokenInit ::= SEQUENCE {
///     mechTypes     [0] SEQUENCE OF OBJECT IDENTIFIER,
///     reqFlags      [1] BIT STRING OPTIONAL,
///     mechToken     [2] OCTET STRING OPTIONAL,
///     mechListMIC   [3] OCTET STRING OPTIONAL, ... }
/// NegTokenResp ::= SEQUENCE {
///     negState      [0] ENUMERATED OPTIONAL,
///     supportedMech [1] OBJECT IDENTIFIER OPTIONAL,
///     responseToken [2] OCTET STRING OPTIONAL,
///     mechListMIC   [3] OCTET STRING OPTIONAL, ... }
/// </code>
/// </summary>
/// <remarks>
/// No MIC of the list is asked for and none is looked at: Kerberos is all there is to choose, so whoever changes the list can only have the
/// token refused (section 5 leaves it out where the first mechanism of the initiator is the one chosen).
/// </remarks>
internal static class Spnego
{
    private const int MaxMechanisms = 32;

    /// <summary>The initiator's first token, frame and all.</summary>
    public static bool TryReadInit(ReadOnlyMemory<byte> token, out SpnegoInit init, [NotNullWhen(false)] out string? problem)
    {
        init = default;
        if (!GssFrame.TryOpen(token, out var mechanism, out var content, out problem)) return false;
        if (mechanism == Mechanism.Spnego) return TryReadContent(content, out init, out problem);
        problem = "its frame is not SPNEGO's";
        return false;
    }

    public static byte[] WriteInit(ReadOnlySpan<byte> mechToken) => WriteInit([Mechanism.Kerberos], mechToken);

    /// <param name="mechanisms">In order of preference.</param>
    /// <param name="mechToken">The first token of the first of them; empty: none is sent along.</param>
    public static byte[] WriteInit(IReadOnlyList<Mechanism> mechanisms, ReadOnlySpan<byte> mechToken)
    {
        var token = mechToken.ToArray();
        var content = DerWriter.Encode(writer =>
        {
            using (writer.Field(0))
            using (writer.PushSequence())
            {
                using (writer.Field(0))
                using (writer.PushSequence())
                {
                    foreach (var mechanism in mechanisms) WriteOid(writer, mechanism);
                }

                if (token.Length > 0) writer.OctetString(2, token);
            }
        });
        return GssFrame.Close(Mechanism.Spnego, content);
    }

    /// <summary>The acceptor's answer; it has no frame.</summary>
    public static bool TryReadResponse(ReadOnlyMemory<byte> token, out SpnegoResponse response, [NotNullWhen(false)] out string? problem)
    {
        response = default;
        try
        {
            var fields = Open(token, 1);
            SpnegoState? state = null;
            if (fields.TryField(0, out var field))
            {
                state = (SpnegoState)field.Enumerated();
                field.End();
                if (!Enum.IsDefined(state.Value)) throw new DerException("negState is none of RFC 4178's");
            }

            Mechanism? supported = null;
            if (fields.TryField(1, out field))
            {
                supported = Mechanisms.Of(field.ObjectIdentifier().Span);
                field.End();
            }

            var answer = fields.ReadOptionalOctetString(2) ?? default;
            var mic = fields.ReadOptionalOctetString(3) ?? default;
            IgnoreExtensions(ref fields);
            response = new SpnegoResponse(state, supported, answer, mic);
            problem = null;
            return true;
        }
        catch (DerException e)
        {
            problem = $"its NegTokenResp is malformed: {e.Message}";
            return false;
        }
    }

    /// <param name="state">How the negotiation stands.</param>
    /// <param name="supported">The mechanism chosen; null in a refusal.</param>
    /// <param name="responseToken">The mechanism's answer; empty: none.</param>
    public static byte[] WriteResponse(SpnegoState state, Mechanism? supported, ReadOnlySpan<byte> responseToken)
    {
        var token = responseToken.ToArray();
        return DerWriter.Encode(writer =>
        {
            using (writer.Field(1))
            using (writer.PushSequence())
            {
                using (writer.Field(0)) writer.WriteEnumeratedValue(state);
                if (supported is { } mechanism)
                {
                    using (writer.Field(1)) WriteOid(writer, mechanism);
                }

                if (token.Length > 0) writer.OctetString(2, token);
            }
        });
    }

    private static bool TryReadContent(ReadOnlyMemory<byte> content, out SpnegoInit init, [NotNullWhen(false)] out string? problem)
    {
        init = default;
        try
        {
            var fields = Open(content, 0);
            var preferred = ReadPreferred(fields.Field(0), out var isKerberosAmong);
            // reqFlags: RFC 4178 section 4.2.1 has them ignored.
            if (fields.TryField(1, out var flags)) flags.Element();
            var token = fields.ReadOptionalOctetString(2) ?? default;
            IgnoreExtensions(ref fields);
            problem = Problem(preferred, isKerberosAmong, token);
            init = new SpnegoInit(preferred, token);
            return problem is null;
        }
        catch (DerException e)
        {
            problem = $"its NegTokenInit is malformed: {e.Message}";
            return false;
        }
    }

    private static string? Problem(Mechanism preferred, bool isKerberosAmong, ReadOnlyMemory<byte> token) =>
        !preferred.IsKerberos()
            ? isKerberosAmong
                ? "it proposes Kerberos, but not first, and a call has one leg each way. Next: let the client put krb5 first."
                : preferred.Problem()
            : token.IsEmpty
                ? "it proposes Kerberos and holds no token of it, and a call has one leg each way. Next: let the client send its first token along."
                : null;

    private static Mechanism ReadPreferred(DerReader field, out bool isKerberosAmong)
    {
        var list = field.Sequence();
        field.End();
        Mechanism? preferred = null;
        isKerberosAmong = false;
        for (var count = 0; list.HasData; count++)
        {
            if (count == MaxMechanisms) throw new DerException("mechTypes has too many");
            var mechanism = Mechanisms.Of(list.ObjectIdentifier().Span);
            preferred ??= mechanism;
            isKerberosAmong |= mechanism.IsKerberos();
        }

        return preferred ?? throw new DerException("mechTypes is empty");
    }

    private static DerReader Open(ReadOnlyMemory<byte> token, int choice)
    {
        var outer = new DerReader(token);
        var field = outer.Field(choice);
        outer.End();
        var fields = field.Sequence();
        field.End();
        return fields;
    }

    /// <summary>Both types may grow at their end; what stands there must be whole elements all the same.</summary>
    private static void IgnoreExtensions(ref DerReader fields)
    {
        while (fields.HasData) fields.Element();
    }

    private static void WriteOid(AsnWriter writer, Mechanism mechanism)
    {
        var oid = mechanism.Oid();
        writer.WriteEncodedValue([(byte)UniversalTagNumber.ObjectIdentifier, (byte)oid.Length, .. oid]);
    }
}
