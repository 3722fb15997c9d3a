namespace GrpcKerberos.Protocol.Credentials;

/// <summary>A file and the setting that names it, so that a message can say which one to mend. Null: a built-in default.</summary>
internal sealed record FileLocation(string Path, string? Setting = null)
{
    /// <summary>What MIT krb5 puts before the path of a ccache: <c>FILE:</c>, or <c>DIR::</c> for one of a directory's.</summary>
    public string CachePrefix { get; init; } = "FILE:";

    /// <summary>Nothing names it, neither a setting nor the environment.</summary>
    public bool IsDefault { get; init; }

    /// <summary>For messages about a ccache: <c>FILE:/tmp/krb5cc_1000 (from KRB5CCNAME)</c>.</summary>
    public string CacheName => $"{CachePrefix}{this}";

    /// <summary>For messages: <c>/run/secrets/a.keytab (from KRB5_CLIENT_KTNAME)</c>.</summary>
    public override string ToString() => Setting is null ? Path : $"{Path} (from {Setting})";
}
