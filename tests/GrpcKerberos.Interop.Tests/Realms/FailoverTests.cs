using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Grpc.Core;
using GrpcKerberos.Interop.Tests.Mit;
using GrpcKerberos.Interop.Tests.Peers;
using GrpcKerberos.Protocol;

namespace GrpcKerberos.Interop.Tests.Realms;

/// <summary>Two KDCs in krb5.conf, the first of them dead.</summary>
[Collection(MitRealm.Collection)]
public sealed class FailoverTests(MitRealm realm)
{
    [PeerTheory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public async Task Call_FirstKdcDead_SecondServes(bool silent, bool overTcp)
    {
        using var dead = new DeadKdc(silent);
        await using var host = await GreeterHost.StartAsync(realm.Keytab("test"), realm.Krb5Conf);
        using var client = await ClientAsync(overTcp, dead.Port, realm.Kdc.Port);
        using var lost = await ClientAsync(overTcp, dead.Port);

        Assert.Equal($"alice@{MitRealm.Name}", (await host.GreetAsync(client)).Principal);

        var refused = await Assert.ThrowsAsync<RpcException>(() => host.GreetAsync(lost));
        Assert.Equal((StatusCode.Unavailable, KerberosError.KdcUnreachable), (refused.StatusCode, refused.GetKerberosError()));
    }

    private async Task<KerberosClientInterceptor> ClientAsync(bool overTcp, params int[] kdcs)
    {
        var lines = kdcs.Select(static port => "    kdc = 127.0.0.1:" + port.ToString(CultureInfo.InvariantCulture));
        var text = (await File.ReadAllTextAsync(realm.Krb5Conf))
            .Replace($"    kdc = {realm.Kdc}", string.Join('\n', lines), StringComparison.Ordinal)
            .Replace("[libdefaults]", "[libdefaults]\n  udp_preference_limit = " + (overTcp ? "1" : "65000"), StringComparison.Ordinal);
        var options = realm.WithKeytab("alice");
        // A silent KDC costs each exchange its share; the rest must do for a live one on a busy machine.
        options.KdcTimeout = TimeSpan.FromSeconds(kdcs.Length == 1 ? 1 : 20);
        options.Krb5Config = realm.NewCache() + ".conf";
        await File.WriteAllTextAsync(options.Krb5Config, text);
        return realm.Client("test", options);
    }

    /// <summary>A port that refuses, or one that takes whatever comes and never answers.</summary>
    private sealed class DeadKdc : IDisposable
    {
        private readonly Socket? _tcp;
        private readonly Socket? _udp;

        public DeadKdc(bool silent)
        {
            Port = FreePort.Pick();
            if (!silent) return;
            _tcp = Bound(SocketType.Stream, ProtocolType.Tcp);
            _tcp.Listen();
            _udp = Bound(SocketType.Dgram, ProtocolType.Udp);
        }

        public int Port { get; }

        public void Dispose()
        {
            _tcp?.Dispose();
            _udp?.Dispose();
        }

        private Socket Bound(SocketType type, ProtocolType protocol)
        {
            var socket = new Socket(AddressFamily.InterNetwork, type, protocol);
            socket.Bind(new IPEndPoint(IPAddress.Loopback, Port));
            return socket;
        }
    }
}
