using GrpcKerberos.Interop.Tests.Peers;
using GrpcKerberos.Protocol;
using GrpcKerberos.Protocol.Credentials;
using GrpcKerberos.Protocol.Kdc;
using GrpcKerberos.Protocol.Messages;

namespace GrpcKerberos.Interop.Tests.Mit;

/// <summary>Our client in MIT's realm, over one transport alone, so that no fallback hides a failure of it.</summary>
internal static class MitClient
{
    public static TheoryData<string, int> Enctypes => MitToMitTests.Enctypes;

    public static KerberosPrincipal Alice { get; } = Principal("alice");

    public static KerberosTime Now() => new(TimeProvider.System.GetUtcNow());

    public static KerberosPrincipal Principal(string name) => KerberosPrincipal.Parse($"{name}@{MitRealm.Name}");

    public static KerberosPrincipal Service(string enctype) => Principal($"et-{enctype}/localhost");

    public static Keytab ServiceKeytab(MitRealm realm, string enctype) => KeytabLoader.Load(realm.Keytab("et-" + enctype));

    /// <summary>A ticket that our AS and TGS exchanges got from the real krb5kdc.</summary>
    public static async Task<ServiceTicket> TicketAsync(MitRealm realm, string enctype, bool overTcp = false, bool withPassword = false)
    {
        var kdc = Kdc(realm, overTcp);
        using var source = new TicketSource(Login(realm, kdc, withPassword), kdc, TimeProvider.System);
        return await source.GetAsync(Service(enctype), CancellationToken.None);
    }

    public static KdcClient Kdc(MitRealm realm, bool overTcp)
    {
        var config = Krb5Config.Load(realm.Krb5Conf, static _ => null);
        IKdcTransport transport = overTcp ? new TcpKdcTransport() : new UdpKdcTransport(TimeSpan.FromSeconds(5), TimeProvider.System);
        return new KdcClient(
            new KdcLocator(config, null, []), transport, config.PermittedEncryptionTypes!, TimeSpan.FromMinutes(1), TimeProvider.System);
    }

    public static ILogin Login(MitRealm realm, KdcClient kdc, bool withPassword, string password = "alicepw") => withPassword
        ? new PasswordLogin(Alice, password, kdc)
        : new KeytabLogin(Alice, _ => ValueTask.FromResult(KeytabLoader.Load(realm.Keytab("alice"))), "alice.keytab", kdc);
}
