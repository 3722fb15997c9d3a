using GrpcKerberos.AspNetCore.Identity;
using GrpcKerberos.Protocol.Credentials;
using GrpcKerberos.Protocol.Sessions;

namespace GrpcKerberos.AspNetCore.Settings;

/// <summary>
/// What of a scheme's options may change while it serves, read once: one consistent whole, replaced by another where the configuration changes.
/// </summary>
internal sealed class LiveSettings(KerberosAuthenticationOptions options)
{
    public RoleMap Roles { get; } = new(options.Roles);

    public IReadOnlyList<string> Realms { get; } = [.. options.Realms];

    public bool RequirePac { get; } = options.RequirePac;

    public bool CheckClientAddress { get; } = options.CheckClientAddress;

    public bool RequireAuthenticatedUser { get; } = options.RequireAuthenticatedUser;

    public bool AcceptNegotiate { get; } = options.AcceptNegotiate;

    public int MaxTokenBytes { get; } = options.MaxTokenBytes;

    public ExpiredStreamPolicy ExpiredStreams { get; } = options.ExpiredStreams;

    /// <summary>Whether a caller that other settings let in would be let in by these: what is forbidden now must not live on for hours.</summary>
    public bool Keeps(IProvedCaller caller, LiveSettings before, Keytab keys)
    {
        var realm = caller.Client.Realm;
        if (Realms.Count > 0 ? !Realms.Contains(realm, StringComparer.Ordinal) : !keys.Serves(realm)) return false;
        if (RequirePac && caller.Data is not { User.IsNone: false }) return false;
        // Nobody knows any more which addresses its ticket lists.
        return before.CheckClientAddress || !CheckClientAddress;
    }
}
