using GrpcKerberos.Protocol.Messages;
using GrpcKerberos.Protocol.Registry;
using Xunit;

namespace GrpcKerberos.Protocol.Tests.Messages;

/// <summary>The messages of FAST (RFC 6113), of which MIT krb5 pins no encodings; its KDC takes and sends them in the tests against real peers.</summary>
public sealed class FastMessageTests
{
    private static readonly Checksum s_checksum = new(ChecksumType.HmacSha1Aes256, new byte[] { 1, 2, 3 });
    private static readonly EncryptedData s_sealed = new(EncryptionType.Aes256CtsHmacSha1, null, new byte[] { 4, 5 });
    private static readonly KerberosTime s_time = KerberosTime.FromMicroseconds(1_700_000_000_123_456);
    private static readonly KerberosPrincipal s_alice = KerberosPrincipal.Parse("alice@TEST.LOCAL");
    private static readonly PreAuthData[] s_preAuth = [new(PreAuthType.FxCookie, new byte[] { 6 }), new(PreAuthType.EncryptedChallenge, ReadOnlyMemory<byte>.Empty)];
    private static readonly KdcReqBody s_body = new(KdcOptions.Canonicalize, s_alice.Name, s_alice.Realm, null, s_time, 7, [EncryptionType.Aes128CtsHmacSha1]);

    private static readonly Dictionary<string, (object Message, MessageCodec Codec)> s_samples = new()
    {
        ["request"] = (new FastArmoredRequest(1, new byte[] { 8, 9 }, s_checksum, s_sealed), Of(FastArmoredRequest.Decode, static m => m.Encode())),
        ["request inside"] = (new FastRequest(0x40000000, s_preAuth, s_body with { Till = KerberosTime.FromMicroseconds(0) }), Of(FastRequest.Decode, static m => m.Encode())),
        ["reply"] = (new FastArmoredReply(s_sealed), Of(FastArmoredReply.Decode, static m => m.Encode())),
        ["response"] = (
            new FastResponse(
                s_preAuth, uint.MaxValue, new EncryptionKey(EncryptionType.Aes128CtsHmacSha1, new byte[16]), new FastFinished(s_time, s_alice, s_checksum)),
            Of(FastResponse.Decode, static m => m.Encode())),
        ["response to a refused request"] = (new FastResponse([], 0), Of(FastResponse.Decode, static m => m.Encode())),
    };

    public static TheoryData<string> Samples => [.. s_samples.Keys];

    [Theory]
    [MemberData(nameof(Samples))]
    public void Decode_WhatWasEncoded_GivesTheSame(string sample)
    {
        var (message, codec) = s_samples[sample];
        Assert.Equal(MessageText.Of(message), MessageText.Of(codec.Decode(codec.Encode(message))));
    }

    /// <summary>Octets by hand, so that encoder and decoder cannot be wrong alike.</summary>
    [Fact]
    public void Encode_ArmoredRequest_OctetsOfTheAsn1()
    {
        const string expected =
            "A038" + "3036"
            + "A00F" + "300D" + "A003020101" + "A1060404" + "08090A0B"
            + "A110" + "300E" + "A003020110" + "A1070405" + "0102030405"
            + "A211" + "300F" + "A003020112" + "A2080406" + "010203040506";
        var message = new FastArmoredRequest(
            FastArmoredRequest.ApRequest, new byte[] { 8, 9, 10, 11 }, s_checksum with { Value = new byte[] { 1, 2, 3, 4, 5 } }, s_sealed with { Cipher = new byte[] { 1, 2, 3, 4, 5, 6 } });
        Assert.Equal(expected, Convert.ToHexString(message.Encode()));
    }

    [Theory]
    [MemberData(nameof(Samples))]
    public void Decode_CutOrLengthened_DerException(string sample)
    {
        var (message, codec) = s_samples[sample];
        var encoded = codec.Encode(message);
        for (var length = 0; length < encoded.Length; length++) Assert.Throws<DerException>(() => codec.Decode(encoded.AsMemory(0, length)));
        Assert.Throws<DerException>(() => codec.Decode((byte[])[.. encoded, 0]));
    }

    [Theory]
    [MemberData(nameof(Samples))]
    public void Decode_AnyOctetChanged_NoOtherException(string sample)
    {
        var (message, codec) = s_samples[sample];
        var encoded = codec.Encode(message);
        for (var i = 0; i < encoded.Length * 8; i++)
        {
            byte[] spoilt = [.. encoded];
            spoilt[i / 8] ^= (byte)(1 << (i % 8));
            try
            {
                codec.Decode(spoilt);
            }
            catch (DerException)
            {
                // Told apart; anything else ends the test.
            }
        }
    }

    private static MessageCodec Of<T>(Func<ReadOnlyMemory<byte>, T> decode, Func<T, byte[]> encode)
        where T : notnull => new(b => decode(b), m => encode((T)m));
}
