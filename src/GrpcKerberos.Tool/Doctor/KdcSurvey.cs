using GrpcKerberos.Protocol;
using GrpcKerberos.Protocol.Credentials;
using GrpcKerberos.Protocol.Kdc;

namespace GrpcKerberos.Tool.Doctor;

/// <summary>Asks each KDC of a realm for its clock, all at once.</summary>
internal sealed class KdcSurvey(Krb5Config config, TimeProvider time)
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

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
        var isOfDns = config.KdcsOf(realm).Count == 0;
        try
        {
            var (_, offset) = await KdcPing.SendAsync(realm, conversation, time, cancellationToken).ConfigureAwait(false);
            return new ProbedKdc(kdc, isOfDns, conversation.Elapsed, offset, null);
        }
        catch (KerberosException e)
        {
            return new ProbedKdc(kdc, isOfDns, conversation.Elapsed, null, failure ?? e.Error.ToString());
        }
    }
}
