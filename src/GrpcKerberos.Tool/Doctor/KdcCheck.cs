using GrpcKerberos.Protocol.Credentials;
using GrpcKerberos.Protocol.Kdc;

namespace GrpcKerberos.Tool.Doctor;

/// <summary>Whether a realm's KDCs answer, and this host's clock is in step with theirs.</summary>
/// <param name="name">What it is called.</param>
/// <param name="needs">What has to be known first.</param>
/// <param name="config">krb5.conf.</param>
/// <param name="realm">The realm.</param>
/// <param name="time">This host's clock.</param>
internal sealed class KdcCheck(string name, IReadOnlyList<string> needs, Func<Krb5Config> config, Func<string> realm, TimeProvider time) : ICheck
{
    public string Name => name;

    public IReadOnlyList<string> Needs => needs;

    public async Task<IReadOnlyList<Finding>> RunAsync(CancellationToken cancellationToken)
    {
        var krb5 = config();
        var probed = await new KdcSurvey(krb5, time).RunAsync(realm(), cancellationToken).ConfigureAwait(false);
        // The one nearest to us: where KDCs differ among themselves, it is not this host that is wrong.
        var nearest = probed.Where(static p => p.Offset is not null).MinBy(static p => p.Offset!.Value.Duration());
        if (nearest is { Offset: { } offset } && offset.Duration() > krb5.ClockSkew)
            return [Finding.Fail(Name, $"{ClockText.Apart(offset, nearest.Kdc.ToString(), krb5.ClockSkew)}.", ClockText.Mend)];
        return [Finding.Ok(Name, string.Join("; ", probed))];
    }
}
