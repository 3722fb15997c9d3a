using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace GrpcKerberos.Tests.AspNetCore;

/// <summary>Another scheme beside Kerberos, "Header": it believes what the header x-user says.</summary>
internal static class HeaderScheme
{
    public static AuthenticationBuilder AddHeaderScheme(this AuthenticationBuilder builder) => builder.AddScheme<AuthenticationSchemeOptions, Handler>("Header", null);

    private sealed class Handler(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder)
        : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
    {
        protected override Task<AuthenticateResult> HandleAuthenticateAsync() => Task.FromResult(
            Request.Headers["x-user"] is [{ Length: > 0 } name]
                ? AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(new ClaimsIdentity([new Claim(ClaimTypes.Name, name)], "Header")), "Header"))
                : AuthenticateResult.NoResult());
    }
}
