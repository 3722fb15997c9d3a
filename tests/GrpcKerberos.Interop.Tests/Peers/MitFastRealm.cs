namespace GrpcKerberos.Interop.Tests.Peers;

/// <summary>
/// A realm of MIT's krb5kdc that takes nobody's key but in armour (FAST): its KDC has no encrypted timestamp, so encrypted challenge is left. The principals are
/// those of <see cref="MitRealm"/>; of host/localhost no pre-authentication is required, so that there is something to get armour by.
/// </summary>
public sealed class MitFastRealm() : ForeignRealm(Name, Peer.Mit, "mit-realm.sh")
{
    /// <summary>Put [Collection(MitFastRealm.Collection)] on a test class and a MitFastRealm into its constructor.</summary>
    public const string Collection = "MIT realm that demands FAST";

    public const string Name = "FAST.TEST";

    /// <summary>What the KDC logged so far.</summary>
    public string KdcLog => File.ReadAllText(Path.Combine(Folder, "kdc.log"));

    protected override async Task PrepareAsync(string folder)
    {
        await File.WriteAllTextAsync(Path.Combine(folder, "extra.conf"), "[plugins]\n  kdcpreauth = {\n    disable = encrypted_timestamp\n  }\n");
        await File.WriteAllTextAsync(
            Path.Combine(folder, "extra.kadmin"),
            $"addprinc -randkey host/localhost\nmodprinc -requires_preauth host/localhost\nktadd -norandkey -k {folder}/kt/host.keytab host/localhost\n");
    }
}

[CollectionDefinition(MitFastRealm.Collection)]
public sealed class SharedMitFastRealm : ICollectionFixture<MitFastRealm>;
