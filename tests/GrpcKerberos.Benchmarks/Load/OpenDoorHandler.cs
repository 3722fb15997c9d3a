using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace GrpcKerberos.Benchmarks.Load;

/// <summary>Takes everybody for alice: what is left is what any handler costs.</summary>
internal sealed class OpenDoorHandler(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    protected override Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        var alice = new ClaimsIdentity([new Claim(ClaimTypes.Name, "alice@TEST.LOCAL")], Scheme.Name);
        return Task.FromResult(AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(alice), Scheme.Name)));
    }
}
