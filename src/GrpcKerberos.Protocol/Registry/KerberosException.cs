namespace GrpcKerberos.Protocol;

/// <summary>The one exception of GrpcKerberos: <see cref="Error"/> for code, the message (with its "Next:") for people.</summary>
/// <remarks>It is the <c>Status.DebugException</c> of every RpcException GrpcKerberos raises. It never holds a key, a ticket or a token.</remarks>
#pragma warning disable CA1032 // an error without a cause would say nothing
public sealed class KerberosException : Exception
#pragma warning restore CA1032
{
    internal KerberosException(KerberosError error, string message, Exception? inner = null)
        : base(message, inner) => Error = error;

    /// <summary>The cause.</summary>
    public KerberosError Error { get; }
}
