using System.Globalization;
using GrpcKerberos.Interop.Tests.Peers;
using GrpcKerberos.Protocol.Sessions;

namespace GrpcKerberos.Interop.Tests.Mit;

/// <summary>Asks MIT's library to make and to judge MICs: gsspeer within its context, session_vectors with a bare key.</summary>
internal static class MitMics
{
    /// <summary>What a MIC covers, as octets.</summary>
    public static byte[] OctetsOf<TInput>(in TInput input)
        where TInput : IMicInput, allows ref struct
    {
        var octets = new byte[input.Length];
        input.WriteTo(octets);
        return octets;
    }

    /// <summary>gss_get_mic.</summary>
    public static async Task<Mic> SignAsync(ForeignProcess peer, byte[] message)
    {
        await peer.WriteLineAsync("mic " + Convert.ToHexString(message));
        return new Mic((await peer.ReadToAsync("mic")).Bytes("mic"));
    }

    /// <summary>gss_verify_mic; an "error" line where MIT refuses, else "verified".</summary>
    public static async Task<PeerLines> VerifyAsync(ForeignProcess peer, byte[] message, byte[] mic)
    {
        await peer.WriteLineAsync($"verify {Convert.ToHexString(message)} {Convert.ToHexString(mic)}");
        return await peer.ReadToAsync("verified");
    }

    public static async Task AssertVerifiesAsync(ForeignProcess peer, byte[] message, byte[] mic) =>
        Assert.Equal(0, (await VerifyAsync(peer, message, mic)).Number("verified"));

    /// <summary>krb5_c_make_checksum over message and header, put together to a token whatever the flags.</summary>
    public static async Task<Mic> SignAsync(MitRealm realm, int enctype, byte[] key, int usage, int flags, ulong number, byte[] message)
    {
        string[] arguments = ["mic", Text(enctype), Convert.ToHexString(key), Text(usage), Text(flags), number.ToString(CultureInfo.InvariantCulture), Convert.ToHexString(message)];
        return new Mic((await realm.RunAsync("session_vectors", arguments)).EnsureSuccess().Lines.Bytes("mic"));
    }

    /// <summary>krb5_c_prf over the label and the ticket.</summary>
    public static async Task<SessionId> IdAsync(MitRealm realm, int enctype, byte[] key, ReadOnlyMemory<byte> ticket)
    {
        string[] arguments = ["id", Text(enctype), Convert.ToHexString(key), Convert.ToHexString(ticket.Span)];
        Assert.True(SessionId.TryRead((await realm.RunAsync("session_vectors", arguments)).EnsureSuccess().Lines.Bytes("id"), out var id));
        return id;
    }

    /// <summary>The token with one bit turned, for each bit of it.</summary>
    public static IEnumerable<byte[]> EachBitFlipped(byte[] token)
    {
        for (var bit = 0; bit < 8 * token.Length; bit++)
        {
            var changed = token.ToArray();
            changed[bit / 8] ^= (byte)(1 << (bit % 8));
            yield return changed;
        }
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
