using GrpcKerberos.Protocol.Crypto;
using GrpcKerberos.Protocol.Registry;
using Xunit;

namespace GrpcKerberos.Protocol.Tests.ApExchange;

/// <summary>Reads the confounder a foreign sealer chose, which the product throws away.</summary>
internal static class KeyReader
{
    public static byte[] Confounder(KerberosKey key, KeyUsage usage, ReadOnlySpan<byte> cipher)
    {
        var profile = EncryptionProfile.For(key.Type);
        var keyBase = new byte[profile.BaseLength];
        profile.PrepareBase(key.Bytes, keyBase);
        var material = new byte[profile.SealingMaterialLength];
        profile.PrepareSealing(keyBase, usage, forOpening: true, material);
        var opened = new byte[cipher.Length - profile.MacLength];
        Assert.True(profile.Open(material, cipher, opened));
        return opened[..EncryptionProfile.LongestConfounder];
    }
}
