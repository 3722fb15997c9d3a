using GrpcKerberos.Protocol.Messages;
using Xunit;

namespace GrpcKerberos.Protocol.Tests.Messages;

/// <summary>What every decoder owes to spoiled bytes: DerException and nothing else.</summary>
internal static class Hostile
{
    public static TheoryData<string> Samples => [.. MitVectors.Names];

    /// <summary>The samples without their optional fields.</summary>
    public static TheoryData<string> MinimalSamples =>
    [
        "authenticator(optionals NULL)", "ticket", "keyblock", "enc_tkt_part(optionals NULL)", "enc_kdc_rep_part(optionals NULL)", "as_rep(optionals NULL)",
        "tgs_rep(optionals NULL)", "ap_req", "ap_rep", "ap_rep_enc_part(optionals NULL)", "as_req(optionals NULL except server)", "tgs_req(optionals NULL except server)",
        "kdc_req_body(optionals NULL except server)", "error(optionals NULL)", "authorization_data", "padata_sequence", "pa_enc_ts(no usec)", "enc_data",
    ];

    public static void Refused(string sample, byte[] encoded, string what)
    {
        try
        {
            var decoded = MessageCodec.For(sample).Decode(encoded);
            Assert.Fail($"{sample} was read with {what}: {Convert.ToHexString(encoded)} as {MessageText.Of(decoded)}");
        }
        catch (DerException)
        {
        }
    }

    /// <summary>Refused, or read as something that is written and read the same from then on. True where it was read.</summary>
    public static bool RefusedOrStable(string sample, byte[] encoded)
    {
        var codec = MessageCodec.For(sample);
        object decoded;
        try
        {
            decoded = codec.Decode(encoded);
        }
        catch (DerException)
        {
            return false;
        }

        var again = codec.Encode(decoded);
        var secondReading = codec.Decode(again);
        Assert.Equal(Convert.ToHexString(again), Convert.ToHexString(codec.Encode(secondReading)));
        return true;
    }
}
