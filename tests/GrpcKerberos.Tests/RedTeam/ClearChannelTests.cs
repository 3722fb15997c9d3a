using Grpc.Core;
using GrpcKerberos.Client;
using GrpcKerberos.Protocol.ApExchange.Accept;
using GrpcKerberos.Tests.Client;
using Xunit;

namespace GrpcKerberos.Tests.RedTeam;

/// <summary>A call read on a channel without TLS, and shown where a replica has TLS. A resolver's target does not show that it has none: there the client has to demand it.</summary>
public sealed class ClearChannelTests
{
    [Theory]
    [InlineData("http://localhost:{0}", false)]
    [InlineData("dns:///localhost:{0}", true)]
    public async Task Call_InClear_ShownToAReplicaOverTls_RunsNothing(string target, bool demands)
    {
        var settings = new ClientSettings { RequireServerBoundSessions = demands };
        await using var scene = await ClientScene.StartAsync(tls: false, settings: settings, portability: Portability.Never);
        using var channel = scene.Server.Connect(
            o => o.Credentials = target[0] == 'd' ? ChannelCredentials.Insecure : null, string.Format(System.Globalization.CultureInfo.InvariantCulture, target, scene.Server.Port));
        scene.Server.AddReplica();
        scene.Server.Replica = 0;
        CallJudgement shown = default;
        scene.Server.Script = async (received, _) =>
        {
            scene.Server.Replica = 1;
            scene.Server.Portability = Portability.OverTls;
            shown = (await scene.Server.JudgeAgainAsync(received)).Judged;
            received.EndWith((int)StatusCode.Unavailable);
        };

        await Calls.FailAsync(channel.WithKerberos(scene.Interceptor), Shape.Unary);

        Assert.Null(shown.Accepted);
        Assert.Equal(GrpcKerberos.Protocol.ApExchange.ApRejection.ProofWanted, shown.Refused!.Cause);
    }
}
