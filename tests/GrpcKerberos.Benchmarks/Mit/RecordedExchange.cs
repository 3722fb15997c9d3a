using GrpcKerberos.Interop.Tests.Peers;
using GrpcKerberos.Protocol;
using GrpcKerberos.Protocol.Credentials;
using GrpcKerberos.Protocol.Crypto;
using GrpcKerberos.Protocol.Messages;

namespace GrpcKerberos.Benchmarks.Mit;

/// <summary>An AP-REQ that MIT krb5 made (subkey, sequence number, mutual), out of the test vectors: the same octets on every machine and for both sides.</summary>
internal sealed class RecordedExchange(EncryptionType type)
{
    private readonly PeerLines _lines = PeerLines.Parse(File.ReadAllText(
        Path.Combine(MitTools.PeersFolder, "..", "GrpcKerberos.Protocol.Tests", "Vectors", "mit-krb5", $"ap-exchange-{FileName(type)}.txt")));

    public byte[] ApReq => _lines.Bytes("ap-req");

    public string Service => _lines["service"];

    /// <summary>What the authenticator says; microseconds are to be had in it.</summary>
    public DateTimeOffset ClientTime =>
        new KerberosTime(DateTimeOffset.FromUnixTimeSeconds(_lines.Number("ctime"))).WithMicroseconds((int)_lines.Number("cusec")).ToDateTimeOffset();

    /// <summary>The line that <c>bench_rdreq take</c> reads.</summary>
    public string PeerLine => $"{_lines["ap-req"]} {_lines["ctime"]} {_lines["cusec"]}";

    /// <summary>The service's one key, as the octets of a keytab file: both sides read the same file.</summary>
    public byte[] KeytabFile()
    {
        var key = new LongTermKey(type, _lines.Bytes("service-key"));
        return Protocol.Credentials.KeytabFile.Write(new Keytab([new KeytabEntry(KerberosPrincipal.Parse(Service), (uint)_lines.Number("kvno"), type, key)]));
    }

    private static string FileName(EncryptionType type) => type switch
    {
        EncryptionType.Aes128CtsHmacSha1 => "aes128-cts",
        EncryptionType.Aes256CtsHmacSha1 => "aes256-cts",
        EncryptionType.Aes128CtsHmacSha256 => "aes128-sha2",
        EncryptionType.Aes256CtsHmacSha384 => "aes256-sha2",
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "MIT made no recording of it."),
    };
}
