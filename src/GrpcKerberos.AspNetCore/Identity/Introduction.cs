using GrpcKerberos.AspNetCore.Calls;

namespace GrpcKerberos.AspNetCore.Identity;

/// <summary>What the application says of a caller that begins a session.</summary>
/// <param name="Claims">What roles and the application give it; kept with the session.</param>
/// <param name="Refusal">Null where it is welcome.</param>
internal readonly record struct Introduction(SessionClaims Claims, CallRefusal? Refusal);
