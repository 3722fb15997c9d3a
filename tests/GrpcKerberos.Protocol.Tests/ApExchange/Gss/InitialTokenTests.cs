using GrpcKerberos.Protocol.ApExchange.Gss;
using Xunit;

namespace GrpcKerberos.Protocol.Tests.ApExchange.Gss;

/// <summary>Tokens written out by hand from RFC 2743 section 3.1, RFC 4121 section 4.1 and RFC 4178 section 4.2, around a message of three octets.</summary>
public sealed class InitialTokenTests
{
    private const string Krb5 = "06092A864886F712010202";
    private const string MicrosoftKrb5 = "06092A864882F712010202";
    private const string UserToUser = "060A2A864886F71201020203";
    private const string SpnegoOid = "06062B0601050502";
    private const string IaKerb = "06062B0601050205";
    private const string Ntlm = "060A2B06010401823702020A";
    private const string NegoEx = "060A2B06010401823702021E";
    private const string Message = "6E0100";
    private const string Ntlmssp = "4E544C4D5353500001000000";

    private static readonly string s_gss = Der("60", Krb5 + "0100" + Message);
    private static readonly string s_spnego = Negotiate(Krb5, s_gss);

    [Fact]
    public void TryRead_NoFrame_ApReqItself()
    {
        var initial = Read(Message);
        Assert.Equal(TokenFraming.ApReq, initial.Framing);
        Assert.Equal(Message, Convert.ToHexString(initial.ApReq.Span));
    }

    [Fact]
    public void TryRead_FrameOfRfc4121_ApReqInside()
    {
        Assert.Equal("6010" + Krb5 + "0100" + Message, s_gss);
        var initial = Read(s_gss);
        Assert.Equal(TokenFraming.Gss, initial.Framing);
        Assert.Equal(Message, Convert.ToHexString(initial.ApReq.Span));
    }

    [Fact]
    public void TryRead_Negotiation_ApReqInside()
    {
        var initial = Read(s_spnego);
        Assert.Equal(TokenFraming.Spnego, initial.Framing);
        Assert.Equal(Message, Convert.ToHexString(initial.ApReq.Span));
    }

    [Fact]
    public void TryRead_ListOfWindows_AnswerNamesWhatItPutFirst()
    {
        var initial = Read(Negotiate(MicrosoftKrb5 + Krb5 + NegoEx + Ntlm, s_gss));
        Assert.Equal(Message, Convert.ToHexString(initial.ApReq.Span));
        Assert.Equal(
            Der("A1", Der("30", Der("A0", "0A0100") + Der("A1", MicrosoftKrb5) + Der("A2", Der("04", Der("60", Krb5 + "0200" + "6F0100"))))),
            Convert.ToHexString(initial.Answer([0x6F, 1, 0])));
    }

    [Fact]
    public void TryRead_FlagsMicAndExtensions_Ignored()
    {
        var fields = Der("A0", Der("30", Krb5)) + Der("A1", "03020106") + Der("A2", Der("04", s_gss)) + Der("A3", Der("04", "0404")) + Der("A4", "0500");
        Assert.Equal(TokenFraming.Spnego, Read(Der("60", SpnegoOid + Der("A0", Der("30", fields)))).Framing);
    }

    [Theory]
    [InlineData(Ntlmssp, "NTLM")]
    [InlineData("list " + Ntlm, "NTLM")]
    [InlineData("list " + Ntlm + Krb5, "not first")]
    [InlineData("list " + NegoEx + MicrosoftKrb5, "not first")]
    [InlineData("list " + NegoEx, "NegoEx")]
    [InlineData("list " + IaKerb, "IAKERB")]
    [InlineData("list " + SpnegoOid, "inside a negotiation")]
    [InlineData("list 06032A0304", "not Kerberos")]
    [InlineData("inner " + Ntlmssp, "NTLM")]
    [InlineData("inner ", "holds no token")]
    [InlineData("frame " + NegoEx, "NegoEx")]
    [InlineData("frame " + IaKerb, "IAKERB")]
    [InlineData("frame " + UserToUser, "user-to-user")]
    public void TryRead_AnotherMechanism_RefusedByNameWithWhatToDo(string text, string name)
    {
        var parts = text.Split(' ');
        var token = parts switch
        {
            ["list", var list] => Negotiate(list, s_gss),
            ["inner", var inner] => Negotiate(Krb5, inner),
            ["frame", var oid] => Der("60", oid + "0100" + Message),
            _ => text,
        };
        var problem = Problem(token);
        Assert.Contains(name, problem, StringComparison.Ordinal);
        Assert.Contains(" Next: ", problem, StringComparison.Ordinal);
    }

    [Fact]
    public void TryRead_NegotiationInsideANegotiation_Refused() => Assert.Contains("inside a negotiation", Problem(Negotiate(Krb5, s_spnego)), StringComparison.Ordinal);

    [Fact]
    public void TryRead_AnswerForARequest_Refused() => Assert.Contains("an answer", Problem(Der("60", Krb5 + "0200" + Message)), StringComparison.Ordinal);

    [Theory]
    [InlineData("0404")]
    [InlineData("0101")]
    public void TryRead_AnotherTokenId_Refused(string id) => Assert.Contains("TOK_ID", Problem(Der("60", Krb5 + id + Message)), StringComparison.Ordinal);

    [Fact]
    public void TryRead_EmptyFrame_Refused() => Assert.Contains("no message", Problem(Der("60", Krb5 + "0100")), StringComparison.Ordinal);

    [Fact]
    public void TryRead_NoNegTokenInit_Refused()
    {
        Assert.Contains("malformed", Problem(Der("60", SpnegoOid + Der("A1", Der("30", Der("A0", "0A0100"))))), StringComparison.Ordinal);
        Assert.Contains("malformed", Problem(Negotiate("", s_gss)), StringComparison.Ordinal);
    }

    [Fact]
    public void TryRead_BreaksOfDer_Refused()
    {
        Assert.Contains("malformed", Problem(s_gss + "00"), StringComparison.Ordinal);
        Assert.Contains("malformed", Problem("608110" + s_gss[4..]), StringComparison.Ordinal);
        Assert.Contains("malformed", Problem("6080" + s_gss[4..] + "0000"), StringComparison.Ordinal);
        Assert.Contains("malformed", Problem(Der("60", SpnegoOid + Der("A0", Der("30", Der("A0", Der("30", Krb5)) + Der("A2", Der("04", s_gss)))) + "0500")), StringComparison.Ordinal);
        Assert.Contains("too many", Problem(Negotiate(string.Concat(Enumerable.Repeat(Krb5, 33)), s_gss)), StringComparison.Ordinal);
        Read(Negotiate(string.Concat(Enumerable.Repeat(Krb5, 32)), s_gss));
    }

    [Fact]
    public void Answer_InKind()
    {
        byte[] apRep = [0x6F, 1, 0];
        Assert.Equal("6F0100", Convert.ToHexString(Read(Message).Answer(apRep)));
        Assert.Equal(Der("60", Krb5 + "02006F0100"), Convert.ToHexString(Read(s_gss).Answer(apRep)));
        Assert.Empty(Read(s_gss).Answer([]));
        Assert.Equal(Der("A1", Der("30", Der("A0", "0A0100") + Der("A1", Krb5))), Convert.ToHexString(Read(s_spnego).Answer([])));
    }

    [Fact]
    public void Refuse_InKind()
    {
        byte[] error = [0x7E, 1, 0];
        Assert.Equal("7E0100", Convert.ToHexString(Read(Message).Refuse(error)));
        Assert.Equal(Der("60", Krb5 + "03007E0100"), Convert.ToHexString(Read(s_gss).Refuse(error)));
        Assert.Equal(Der("A1", Der("30", Der("A0", "0A0102") + Der("A2", Der("04", Der("60", Krb5 + "03007E0100"))))), Convert.ToHexString(Read(s_spnego).Refuse(error)));
        Assert.Equal(Der("A1", Der("30", Der("A0", "0A0102"))), Convert.ToHexString(Read(s_spnego).Refuse([])));
    }

    [Theory]
    [InlineData(100)]
    [InlineData(130)]
    [InlineData(300)]
    [InlineData(65_535)]
    [InlineData(70_000)]
    public void Wrap_ThenRead_EverySizeOfLength(int size)
    {
        var message = new byte[size];
        Random(message, size);
        message[0] = 0x6E;
        foreach (var token in new[] { message, GssFrame.WrapApReq(message), Spnego.WriteInit(GssFrame.WrapApReq(message)) })
        {
            Assert.True(token.Length <= message.Length + InitialToken.MaxOverhead);
            Assert.True(InitialToken.TryRead(token, out var initial, out _));
            Assert.True(initial.ApReq.Span.SequenceEqual(message));
            if (initial.Framing != TokenFraming.Spnego) continue;
            Assert.True(Spnego.TryReadResponse(initial.Answer(message), out var response, out _));
            Assert.Equal((SpnegoState.AcceptCompleted, Mechanism.Kerberos), (response.State, response.Supported));
            Assert.True(GssFrame.TryUnwrap(response.ResponseToken, out var answer, out _));
            Assert.Equal(GssMessage.ApRep, answer.Kind);
            Assert.True(answer.Message.Span.SequenceEqual(message));
        }
    }

    [Fact]
    public void TryReadResponse_BreaksOfDer_Refused()
    {
        Assert.True(Spnego.TryReadResponse(Convert.FromHexString(Der("A1", Der("30", ""))), out var empty, out _));
        Assert.Null(empty.State);
        foreach (var broken in new[] { "", "A1", Der("A1", ""), Der("A1", Der("30", Der("A0", "0A0104"))), Der("A1", Der("30", Der("A0", "0A020001"))), Der("A1", Der("30", "")) + "00", Der("A0", Der("30", "")) })
            Assert.False(Spnego.TryReadResponse(Convert.FromHexString(broken), out _, out _), broken);
    }

    /// <summary>Every octet changed to every other value, and every prefix: a token is read or refused, and never more is handed out than came in.</summary>
    [Fact]
    public void TryRead_AnyOctets_ReadOrRefused()
    {
        foreach (var text in new[] { s_gss, s_spnego, Negotiate(MicrosoftKrb5 + Krb5 + NegoEx + Ntlm, s_gss), Convert.ToHexString(Read(s_spnego).Answer([0x6F, 1, 0])) })
        {
            var token = Convert.FromHexString(text);
            for (var i = 0; i < token.Length; i++)
            {
                var changed = token.ToArray();
                for (var value = 0; value < 256; value++)
                {
                    changed[i] = (byte)value;
                    ReadAny(changed);
                }

                ReadAny(token[..i]);
            }
        }
    }

    [Fact]
    public void TryRead_ManyChanges_ReadOrRefused()
    {
        var bases = new[] { s_gss, s_spnego, Negotiate(MicrosoftKrb5 + NegoEx, s_spnego) }.Select(Convert.FromHexString).ToArray();
        for (var seed = 0; seed < 50_000; seed++)
        {
            var octets = new byte[8];
            Random(octets, seed);
            var changed = bases[seed % bases.Length].ToArray();
            for (var i = 0; i < 8; i += 2) changed[octets[i] % changed.Length] = octets[i + 1];
            ReadAny(changed);
        }
    }

    private static void ReadAny(byte[] token)
    {
        if (InitialToken.TryRead(token, out var initial, out var problem)) Assert.True(initial.ApReq.Length <= token.Length);
        else Assert.NotEmpty(problem);
        if (Spnego.TryReadResponse(token, out var response, out problem)) Assert.True(response.ResponseToken.Length + response.MechListMic.Length <= token.Length);
        else Assert.NotEmpty(problem);
    }

    /// <summary>The same octets each time: a failure must come again.</summary>
    private static void Random(Span<byte> octets, int seed)
    {
        var state = (uint)seed * 2654435761u;
        foreach (ref var octet in octets)
        {
            state = (state * 1664525u) + 1013904223u;
            octet = (byte)(state >> 24);
        }
    }

    private static InitialToken Read(string hex)
    {
        Assert.True(InitialToken.TryRead(Convert.FromHexString(hex), out var initial, out var problem), problem);
        return initial;
    }

    private static string Problem(string hex)
    {
        Assert.False(InitialToken.TryRead(Convert.FromHexString(hex), out _, out var problem));
        return problem;
    }

    private static string Negotiate(string mechanisms, string mechToken)
    {
        var fields = Der("A0", Der("30", mechanisms)) + (mechToken.Length > 0 ? Der("A2", Der("04", mechToken)) : "");
        return Der("60", SpnegoOid + Der("A0", Der("30", fields)));
    }

    private static string Der(string tag, string content)
    {
        var length = content.Length / 2;
        return tag + (length < 0x80 ? $"{length:X2}" : length < 0x100 ? $"81{length:X2}" : $"82{length:X4}") + content;
    }
}
