namespace GrpcKerberos.AspNetCore.Acceptors;

/// <summary>A scheme AddKerberos added, in the order they were added.</summary>
internal sealed record KerberosScheme(string Name);
