using System.Reflection;
using GrpcKerberos.Interop.Tests.Peers;
using Xunit.Sdk;

namespace GrpcKerberos.Interop.Tests.Clients;

/// <summary>
/// Rows of a test of examples/Clients: a language and what else is given, once without TLS and once with it. Skipped with the reason where
/// the language or the realm's KDC is not here, each by itself; failed there when peers are required.
/// </summary>
/// <param name="language">Python, Go or Java.</param>
/// <param name="more">What stands behind (language, tls) in the row.</param>
[AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
public sealed class ClientDataAttribute(Peer language, params object[] more) : DataAttribute
{
    /// <summary>Whose realm it is.</summary>
    public Peer Realm { get; init; } = Peer.Mit;

    /// <summary>False where TLS makes no difference: one row, without it, and no word of it in the row.</summary>
    public bool OverTls { get; init; } = true;

    public override string? Skip => PeerTools.SkipReason(language, Realm);

    public override IEnumerable<object[]> GetData(MethodInfo testMethod) =>
        OverTls ? [[language, false, .. more], [language, true, .. more]] : [[language, .. more]];
}
