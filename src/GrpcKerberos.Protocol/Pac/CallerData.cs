namespace GrpcKerberos.Protocol.Pac;

/// <summary>What the KDC says of a caller besides its name: verified, and kept with its session as small as it goes.</summary>
internal sealed class CallerData
{
    private CallerData(VerifiedPac? pac, string[] indicators)
    {
        User = pac?.Logon?.User ?? default;
        PrimaryGroup = pac?.Logon?.PrimaryGroup ?? default;
        Groups = pac?.Logon?.Groups ?? default;
        UserPrincipalName = pac?.UserPrincipalName;
        ActingServices = pac?.ActingServices ?? [];
        AuthenticationIndicators = indicators;
    }

    /// <summary>None without LOGON_INFO.</summary>
    public Sid User { get; }

    /// <summary>None without LOGON_INFO.</summary>
    public Sid PrimaryGroup { get; }

    public GroupSids Groups { get; }

    public string? UserPrincipalName { get; }

    /// <summary>The services that act for the caller, first to last.</summary>
    public KerberosPrincipal[] ActingServices { get; }

    public string[] AuthenticationIndicators { get; }

    /// <summary>Null where the KDC says nothing but the name, as MIT krb5 does.</summary>
    public static CallerData? Of(VerifiedPac? pac, string[] indicators)
    {
        var saysNothing = pac is null or { Logon: null, UserPrincipalName: null, ActingServices.Length: 0 };
        return saysNothing && indicators.Length == 0 ? null : new CallerData(pac, indicators);
    }

    /// <summary>Whether another says all the same.</summary>
    public bool Same(CallerData other) =>
        User == other.User
        && PrimaryGroup == other.PrimaryGroup
        && Groups.Same(other.Groups)
        && string.Equals(UserPrincipalName, other.UserPrincipalName, StringComparison.Ordinal)
        && ActingServices.AsSpan().SequenceEqual(other.ActingServices)
        && AuthenticationIndicators.AsSpan().SequenceEqual(other.AuthenticationIndicators);
}
