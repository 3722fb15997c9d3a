using GrpcKerberos.Protocol.Messages;

namespace GrpcKerberos.Protocol.Credentials;

/// <summary>Times in keytabs and ccaches: whole seconds since 1970 in 32 unsigned bits, good until 2106.</summary>
internal static class FileTime
{
    public static KerberosTime FromSeconds(uint seconds) => new(DateTimeOffset.FromUnixTimeSeconds(seconds));

    /// <summary>The nearest time the format can hold.</summary>
    public static uint ToSeconds(KerberosTime time) => (uint)Math.Clamp(time.WholeSeconds.ToUnixTimeSeconds(), uint.MinValue, uint.MaxValue);
}
