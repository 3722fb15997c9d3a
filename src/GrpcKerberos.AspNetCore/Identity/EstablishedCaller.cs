using System.Security.Claims;

namespace GrpcKerberos.AspNetCore.Identity;

/// <summary>What is kept with a session: the caller, and the claims that roles and the application gave it when it began.</summary>
internal sealed record EstablishedCaller(KerberosCaller Caller, Claim[] Claims);
