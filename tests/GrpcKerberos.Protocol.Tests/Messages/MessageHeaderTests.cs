using GrpcKerberos.Protocol.Messages;
using GrpcKerberos.Protocol.Registry;
using Xunit;

namespace GrpcKerberos.Protocol.Tests.Messages;

/// <summary>pvno, msg-type and the APPLICATION tag of each message.</summary>
public class MessageHeaderTests
{
    [Theory]
    [InlineData("as_req")]
    [InlineData("tgs_req")]
    [InlineData("as_rep")]
    [InlineData("tgs_rep")]
    [InlineData("ap_rep")]
    [InlineData("error")]
    public void Decode_WrongVersionOrType_IsRefused(string sample)
    {
        Hostile.Refused(sample, WithHeader(sample, field: 0, [4]), "pvno 4");
        Hostile.Refused(sample, WithHeader(sample, field: 1, [14]), "the msg-type of an AP-REQ");
    }

    [Fact]
    public void ApReqDecode_WrongVersionOrType_KeepsItForTheAcceptorToRefuse()
    {
        Assert.Equal(4, ApReq.Decode(WithHeader("ap_req", field: 0, [4])).ProtocolVersion);
        Assert.Equal(15, ApReq.Decode(WithHeader("ap_req", field: 1, [15])).Type);
        Assert.Equal(4, Ticket.Decode(WithHeader("ticket", field: 0, [4])).TicketVersion);
        Assert.Equal(4, Authenticator.Decode(WithHeader("authenticator", field: 0, [4])).AuthenticatorVersion);
    }

    [Fact]
    public void Decode_AnotherMessage_IsRefused()
    {
        // Messages that stand inside others have no APPLICATION tag to be told by.
        string[] plain = ["keyblock", "kdc_req_body", "authorization_data", "padata_sequence", "etype_info2", "pa_enc_ts", "enc_data"];
        foreach (var codec in MessageCodec.Names.Except(plain))
        {
            foreach (var sample in MessageCodec.Names.Where(s => s != codec && !(IsRequest(s) && IsRequest(codec))))
            {
                Hostile.Refused(codec, MitVectors.Get(sample), $"the octets of {sample}");
            }
        }
    }

    [Fact]
    public void KdcReqDecode_TellsTheTwoRequestsByTheirTag()
    {
        Assert.Equal(MessageType.AsReq, KdcReq.Decode(MitVectors.Get("as_req"), out _).Type);
        Assert.Equal(MessageType.TgsReq, KdcReq.Decode(MitVectors.Get("tgs_req"), out _).Type);
    }

    private static bool IsRequest(string sample) => sample is "as_req" or "tgs_req";

    private static byte[] WithHeader(string sample, int field, byte[] content)
    {
        var root = DerTree.Parse(MitVectors.Get(sample));
        root.Children[0].Children[field].Children[0].Content = content;
        return root.Encode();
    }
}
