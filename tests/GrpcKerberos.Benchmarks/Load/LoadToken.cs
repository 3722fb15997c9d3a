using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace GrpcKerberos.Benchmarks.Load;

/// <summary>The bearer token that Kerberos is compared with: HS256, a subject, an issuer, an audience.</summary>
internal static class LoadToken
{
    private const string Issuer = "https://issuer.test.local";
    private const string Audience = "greeter";

    public static string Make(byte[] key) => new JsonWebTokenHandler().CreateToken(new SecurityTokenDescriptor
    {
        Issuer = Issuer,
        Audience = Audience,
        Claims = new Dictionary<string, object> { [JwtRegisteredClaimNames.Sub] = "alice@TEST.LOCAL" },
        Expires = TimeProvider.System.GetUtcNow().UtcDateTime.AddHours(8),
        SigningCredentials = new SigningCredentials(new SymmetricSecurityKey(key), SecurityAlgorithms.HmacSha256),
    });

    public static TokenValidationParameters Rules(byte[] key) => new()
    {
        ValidIssuer = Issuer,
        ValidAudience = Audience,
        IssuerSigningKey = new SymmetricSecurityKey(key),
        NameClaimType = JwtRegisteredClaimNames.Sub,
    };
}
