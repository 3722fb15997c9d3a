namespace GrpcKerberos.AspNetCore.Acceptors;

/// <summary>What came of reading a keytab again: keys fit to serve with, or what is wrong, or, where it changed meanwhile, neither.</summary>
internal readonly record struct KeytabReading(LoadedKeytab? Keytab, string? Problem);
