using System.Diagnostics;
using GrpcKerberos.Diagnostics;
using GrpcKerberos.Protocol.Registry;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace GrpcKerberos.AspNetCore.Calls;

/// <summary>The span ASP.NET Core has made for a request, which need not be the current one: middleware may have begun another.</summary>
internal static class RequestSpan
{
    /// <inheritdoc cref="CallSpan.Tell(Activity?, string, string?)"/>
    public static void Judged(HttpContext context, string carrier, string? error) => CallSpan.Tell(Of(context), carrier, error);

    /// <summary>Of what was refused before there was a proof to judge, or after that.</summary>
    public static void Refused(HttpContext context, CallRefusal refusal) => CallSpan.Tell(Of(context), refusal.Error.ToWireName());

    private static Activity? Of(HttpContext context) => Activity.Current is null ? null : context.Features.Get<IHttpActivityFeature>()?.Activity;
}
