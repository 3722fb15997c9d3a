using System.Diagnostics;
using GrpcKerberos.Protocol.Credentials;
using GrpcKerberos.Protocol.Registry;

namespace GrpcKerberos.Protocol.Kdc;

/// <summary>The client's spans: of exchanges that calls wait for, and of none that have a session. No tag names a caller.</summary>
internal static class KerberosActivities
{
    /// <summary>A service's principal.</summary>
    public const string Service = "kerberos.service";

    /// <summary>Set where something failed, and only there: the name an error travels under.</summary>
    public const string ErrorType = "error.type";

    /// <summary>The host that was asked, the last of several.</summary>
    public const string Host = "server.address";

    public static readonly ActivitySource Source = new("GrpcKerberos");

    /// <summary>A span from here to the end of what runs in it.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="service">Whom it is for; null where that is the KDC itself.</param>
    /// <param name="realm">The realm whose KDC is asked; null where none is.</param>
    /// <param name="run">What runs; its failure is the span's.</param>
    public static async ValueTask<T> AroundAsync<T>(string name, KerberosPrincipal? service, string? realm, Func<ValueTask<T>> run)
    {
        using var span = Source.StartActivity(name, ActivityKind.Client);
        if (realm is not null) span?.SetTag("kerberos.realm", realm);
        if (service is not null) span?.SetTag(Service, service.ToString());
        try
        {
            return await run().ConfigureAwait(false);
        }
        catch (Exception e) when (Failed(span, e))
        {
            throw;
        }
    }

    /// <summary>The KDC that is asked now, on the span of the exchange.</summary>
    public static void Asked(KdcAddress kdc)
    {
        if (Activity.Current is { } span && ReferenceEquals(span.Source, Source)) span.SetTag(Host, kdc.Host).SetTag("server.port", kdc.Port);
    }

    /// <summary>Messages name principals: a span gets no more than the error's name.</summary>
    private static bool Failed(Activity? span, Exception failure)
    {
        var error = failure as KerberosException ?? failure.InnerException as KerberosException;
        span?.SetTag(ErrorType, error is null ? failure.GetType().FullName : error.Error.ToWireName()).SetStatus(ActivityStatusCode.Error);
        return false;
    }
}
