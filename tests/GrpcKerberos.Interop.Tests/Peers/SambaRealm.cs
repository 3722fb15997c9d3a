namespace GrpcKerberos.Interop.Tests.Peers;

/// <summary>
/// An Active Directory domain of Samba's, its KDC alone; made once a run, in some ten seconds. Users: alice (4 groups, Domain Users
/// included), bob (1), big300 (301), big1000 (1001). Services: test/localhost, HTTP/localhost, mid/localhost (constrained delegation to
/// test/localhost), nopac/localhost (tickets without a PAC), rc4/localhost (RC4 keys alone).
/// Keytabs: each user, each service by its first part, "services" (the AES ones), "svc-mid" (to log in as mid's account) and "krbtgt".
/// </summary>
public sealed class SambaRealm() : ForeignRealm(Name, Peer.Samba, "samba-realm.sh", TimeSpan.FromMinutes(2))
{
    /// <summary>Put [Collection(SambaRealm.Collection)] on a test class and a SambaRealm into its constructor.</summary>
    public const string Collection = "Samba AD realm";

    public const string Name = "AD.TEST";

    /// <summary>The SID of the domain.</summary>
    public const string Sid = "S-1-5-21-1000000001-1000000002-1000000003";
}

[CollectionDefinition(SambaRealm.Collection)]
public sealed class SharedSambaRealm : ICollectionFixture<SambaRealm>;
