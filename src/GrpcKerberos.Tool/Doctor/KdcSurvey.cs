using GrpcKerberos.Protocol;
using GrpcKerberos.Protocol.Credentials;
using GrpcKerberos.Protocol.Kdc;
using GrpcKerberos.Protocol.Messages;
using GrpcKerberos.Protocol.Registry;

namespace GrpcKerberos.Tool.Doctor;

/// <summary>Asks each KDC of a realm for something that it has to refuse: the refusal tells its clock, and costs no login.</summary>
internal sealed class KdcSurvey(Krb5Config config, TimeProvider time)
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>des-cbc-crc, which no KDC of today has: one that had would answer with a ticket, and still no clock.</summary>
    private const EncryptionType Refused = (EncryptionType)1;

    /// <exception cref="KerberosException"><see cref="KerberosError.KdcUnreachable"/>: none is known, or none answered.</exception>
    public async Task<IReadOnlyList<ProbedKdc>> RunAsync(string realm, CancellationToken cancellationToken)
    {
        var kdcs = await KdcLocator.Create(config, null, [], Patience, time).FindAsync(realm, cancellationToken).ConfigureAwait(false);
        var transport = FallbackKdcTransport.Create(config, Patience, time);
        var probed = await Task.WhenAll(kdcs.Select(kdc => AskAsync(realm, kdc, transport, cancellationToken))).ConfigureAwait(false);
        if (Array.Exists(probed, static p => p.Failure is null)) return probed;
        throw KdcErrors.Unreachable(realm, Patience, [.. probed.Select(static p => $"{p.Kdc} {p.Failure}")], kdcs[0].Port);
    }

    private async Task<ProbedKdc> AskAsync(string realm, KdcAddress kdc, IKdcTransport transport, CancellationToken cancellationToken)
    {
        string? failure = null;
        var events = new KdcEvents { KdcFailed = (_, reason) => failure = reason };
        var conversation = new KdcConversation(realm, [kdc], transport, Patience, time, events);
        var request = KdcRequests.LoginWithoutProof(KerberosPrincipal.TicketGrantingService(realm).Name, realm, [Refused]);
        var isOfDns = config.KdcsOf(realm).Count == 0;
        var asked = new KerberosTime(time.GetUtcNow());
        try
        {
            var reply = await conversation.SendAsync(MessageType.AsRep, request, cancellationToken).ConfigureAwait(false);
            // What was on its way for a while tells the time of about half of that ago.
            var now = asked + ((new KerberosTime(time.GetUtcNow()) - asked) / 2);
            return new ProbedKdc(kdc, isOfDns, conversation.Elapsed, reply.Error?.ServerTime - now, null);
        }
        catch (KerberosException e)
        {
            return new ProbedKdc(kdc, isOfDns, conversation.Elapsed, null, failure ?? e.Error.ToString());
        }
    }
}
