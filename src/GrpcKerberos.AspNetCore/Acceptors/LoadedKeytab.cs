using GrpcKerberos.Protocol.Credentials;

namespace GrpcKerberos.AspNetCore.Acceptors;

/// <summary>Keys in memory, and where they came from.</summary>
/// <param name="Keys">All entries, usable or not.</param>
/// <param name="Source">For messages: the path, or LoadKeytab.</param>
/// <param name="File">The file, where there is one to read again.</param>
/// <param name="Stamp">Of that file, taken before it was read.</param>
/// <param name="LoadedAt">When it was read.</param>
internal sealed record LoadedKeytab(Keytab Keys, string Source, FileLocation? File, FileStamp Stamp, DateTimeOffset LoadedAt);
