using System.Globalization;
using System.Security.Claims;
using GrpcKerberos.Protocol.Pac;

namespace GrpcKerberos.AspNetCore.Identity;

/// <summary>The caller as an identity. It makes no <see cref="Claim"/> until one is asked for: most calls ask for none.</summary>
internal sealed class KerberosIdentity : ClaimsIdentity
{
    private readonly string _issuer;
    private volatile bool _made;

    public KerberosIdentity(KerberosCaller caller, string? issuer)
        : base(KerberosDefaults.AuthenticationScheme, ClaimTypes.Name, ClaimTypes.GroupSid)
    {
        Caller = caller;
        _issuer = issuer ?? caller.Principal.Realm;
    }

    private KerberosIdentity(KerberosIdentity other)
        : base(other)
    {
        Caller = other.Caller;
        _issuer = other._issuer;
        _made = other._made;
    }

    public KerberosCaller Caller { get; }

    public override IEnumerable<Claim> Claims => Made().BaseClaims;

    public override string? Name => _made ? base.Name : Caller.Principal.ToString();

    private IEnumerable<Claim> BaseClaims => base.Claims;

    public override void AddClaim(Claim claim) => Made().BaseAdd(claim);

    public override void AddClaims(IEnumerable<Claim?> claims)
    {
        ArgumentNullException.ThrowIfNull(claims);
        Made();
        base.AddClaims(claims);
    }

    public override bool TryRemoveClaim(Claim? claim)
    {
        Made();
        return base.TryRemoveClaim(claim);
    }

    public override void RemoveClaim(Claim? claim)
    {
        Made();
        base.RemoveClaim(claim);
    }

    /// <summary>Every IsInRole asks this identity for a group SID before it asks the next for a role: the session's SIDs answer, without a claim made.</summary>
    public override bool HasClaim(string type, string value) =>
        _made || !string.Equals(type, ClaimTypes.GroupSid, StringComparison.OrdinalIgnoreCase)
            ? base.HasClaim(type, value)
            : Sid.TryParse(value, out var group) && Caller.IsIn(group);

    public override ClaimsIdentity Clone() => new KerberosIdentity(this);

    protected override void WriteTo(BinaryWriter writer, byte[]? userData)
    {
        Made();
        base.WriteTo(writer, userData);
    }

    private KerberosIdentity Made()
    {
        if (_made) return this;
        lock (Caller)
        {
            if (!_made)
            {
                foreach (var claim in Make()) base.AddClaim(claim);
                _made = true;
            }
        }

        return this;
    }

    private void BaseAdd(Claim claim) => base.AddClaim(claim);

    private IEnumerable<Claim> Make()
    {
        yield return Text(ClaimTypes.Name, Caller.Principal.ToString());
        yield return Text(ClaimTypes.NameIdentifier, Caller.Principal.ToString());
        yield return Time(ClaimTypes.AuthenticationInstant, Caller.AuthenticatedAt);
        yield return Time(ClaimTypes.Expiration, Caller.TicketEnds);
        yield return Text(KerberosClaimTypes.Realm, Caller.Principal.Realm);
        yield return Text(KerberosClaimTypes.ServicePrincipal, Caller.ServicePrincipal.ToString());
        if (Caller.IsChannelBound) yield return new Claim(KerberosClaimTypes.ChannelBound, "true", ClaimValueTypes.Boolean, _issuer);
        if (!Caller.User.IsNone)
        {
            yield return Text(ClaimTypes.PrimarySid, Caller.User.ToString());
            yield return Text(ClaimTypes.PrimaryGroupSid, Caller.PrimaryGroup.ToString());
        }

        foreach (var sid in Caller.GroupSids) yield return Text(ClaimTypes.GroupSid, sid);
        if (Caller.UserPrincipalName is { } name) yield return Text(ClaimTypes.Upn, name);
        foreach (var service in Caller.ActingServices) yield return Text(KerberosClaimTypes.ActingService, service.ToString());
        foreach (var indicator in Caller.AuthenticationIndicators) yield return Text(KerberosClaimTypes.AuthenticationIndicator, indicator);
    }

    private Claim Text(string type, string value) => new(type, value, ClaimValueTypes.String, _issuer);

    private Claim Time(string type, DateTimeOffset value) =>
        new(type, value.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture), ClaimValueTypes.DateTime, _issuer);
}
