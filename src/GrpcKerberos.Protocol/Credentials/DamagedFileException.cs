namespace GrpcKerberos.Protocol.Credentials;

/// <summary>A keytab or ccache is not what its format says. It never leaves this folder: readers turn it into a <see cref="KerberosException"/> that names the file.</summary>
internal sealed class DamagedFileException(int offset, string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>Octets from the start of the file.</summary>
    public int Offset { get; } = offset;
}
