namespace GrpcKerberos.Protocol.Credentials;

/// <summary>A file and the setting that names it, so that a message can say which one to mend. Null: a built-in default.</summary>
internal sealed record FileLocation(string Path, string? Setting = null)
{
    /// <summary>For messages: <c>/run/secrets/a.keytab (from KRB5_CLIENT_KTNAME)</c>.</summary>
    public override string ToString() => Setting is null ? Path : $"{Path} (from {Setting})";
}
