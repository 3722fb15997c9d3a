using Grpc.Core;
using GrpcKerberos.Client;
using GrpcKerberos.Protocol;
using GrpcKerberos.Protocol.ApExchange.Initiate;
using GrpcKerberos.Protocol.Registry;
using GrpcKerberos.Wire;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace GrpcKerberos.Tests.Client;

/// <summary>No error without a text, no text without a mend.</summary>
public class ClientMessageTests
{
    /// <summary>What only this side can know: no server may say it of us.</summary>
    private static readonly KerberosError[] s_ours =
    [
        KerberosError.ConfigurationInvalid, KerberosError.NoCredentials, KerberosError.CredentialsExpired, KerberosError.KeytabUnusable, KerberosError.ClientUnknown,
        KerberosError.PreauthenticationFailed, KerberosError.ServiceUnknown, KerberosError.ServiceNameUnknown, KerberosError.KdcUnreachable, KerberosError.KdcRefused,
        KerberosError.ProofSkipped, KerberosError.ServerNotProven,
    ];

    public static TheoryData<KerberosError> All => new(Enum.GetValues<KerberosError>());

    [Theory, MemberData(nameof(All))]
    public void Error_OfAnyKind_HasATextThatSaysWhatNext(KerberosError error)
    {
        var service = KerberosPrincipal.Parse("HTTP/localhost@TEST.LOCAL");
        var keys = new Testing.Tickets.TestKeys().Add("HTTP/localhost@TEST.LOCAL");
        var ticket = new Testing.Tickets.TestTickets(keys).IssueTicket("alice@TEST.LOCAL", "HTTP/localhost@TEST.LOCAL");
        var peer = new ServicePeer(service, isInClear: false, new ClientSettings(), new ClientLog(NullLogger.Instance));
        var session = peer.SessionFor(ticket);
        var attempt = new Attempt(peer, session, null, TimeSpan.Zero, session.Origin.Prepare("/a/b", TimeSpan.Zero));
        Assert.Matches(@"^\S.+[.)] Next: \S.+\.$", ClientMessages.Refused(error, attempt, "/a/b", detail: null));
        var system = new Attempt(peer, peer.ForSystem(), null, TimeSpan.Zero, new PreparedCall(new byte[9], attempt.Call.Time));
        Assert.Matches(@"^\S.+[.)] Next: \S.+\.$", ClientMessages.Refused(error, system, "/a/b", detail: null));
    }

    [Theory, MemberData(nameof(All))]
    public void Refusal_NamesAnError_OnlyWhereServersMay(KerberosError error)
    {
        var trailers = new Metadata { { KerberosMetadata.WwwAuthenticate, $"Kerberos error={error.ToWireName()}" } };
        var failure = new RpcException(new Status(StatusCode.Unauthenticated, ""), trailers);
        Assert.Equal(s_ours.Contains(error) ? null : error, failure.GetKerberosError());
    }
}
