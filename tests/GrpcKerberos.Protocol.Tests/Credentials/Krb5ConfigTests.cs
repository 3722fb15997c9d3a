using GrpcKerberos.Protocol.Credentials;
using Xunit;

namespace GrpcKerberos.Protocol.Tests.Credentials;

public sealed class Krb5ConfigTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void Load_FileAsDistributionsShipIt_IsRead()
    {
        var config = Load("""
            # comment
              ; another
            ignored before the first section
            [logging]
                default = FILE:/var/log/krb5libs.log
            [libdefaults]
                default_realm = CORP.EXAMPLE
                dns_lookup_kdc = off
                clockskew = 120
                udp_preference_limit = 1
                permitted_enctypes = aes256-cts, aes128-sha2 des-cbc-crc rc4
                default_tkt_enctypes = DEFAULT -aes128-cts
                default_tgs_enctypes = aes
                default_keytab_name = "FILE:/etc/my keytab"
                default_client_keytab_name = /var/lib/%{euid}/client.keytab
                default_ccache_name = FILE:%{TEMP}/krb5cc_%{uid}_%{username}%{null}
                unknown_setting = { 1 2 3
            [realms]
                CORP.EXAMPLE = {
                    kdc = dc1.corp.example
                    kdc = dc2.corp.example:1088
                    kdc = [2001:db8::1]:89
                    kdc = https://proxy.corp.example/KdcProxy
                    admin_server = dc1.corp.example
                    primary_kdc = dc2.corp.example:1088
                    master_kdc = dc1.corp.example
                    auth_to_local_names = {
                        kdc = not.one
                    }*
                }
                OTHER.EXAMPLE =
                {
                    kdc = 192.0.2.1
                }
                CORP.EXAMPLE = {
                    kdc* = dc3.corp.example
                }
            [domain_realm]*
                .corp.example = CORP.EXAMPLE
                HOST.corp.example = OTHER.EXAMPLE
            """);

        Assert.Equal("CORP.EXAMPLE", config.DefaultRealm);
        Assert.False(config.DnsLookupKdc);
        Assert.Equal(TimeSpan.FromMinutes(2), config.ClockSkew);
        Assert.Equal(1, config.UdpPreferenceLimit);
        Assert.Equal([EncryptionType.Aes256CtsHmacSha1, EncryptionType.Aes128CtsHmacSha256, EncryptionType.Rc4Hmac], config.PermittedEncryptionTypes);
        Assert.Equal([EncryptionType.Aes256CtsHmacSha384, EncryptionType.Aes128CtsHmacSha256, EncryptionType.Aes256CtsHmacSha1], config.DefaultTktEncryptionTypes);
        Assert.Equal(
            [EncryptionType.Aes256CtsHmacSha1, EncryptionType.Aes128CtsHmacSha1, EncryptionType.Aes256CtsHmacSha384, EncryptionType.Aes128CtsHmacSha256],
            config.DefaultTgsEncryptionTypes);
        Assert.Equal("FILE:/etc/my keytab", config.DefaultKeytabName);
        Assert.Equal($"/var/lib/{UnixAccount.EffectiveUid}/client.keytab", config.DefaultClientKeytabName);
        Assert.Equal($"FILE:/scratch/krb5cc_{UnixAccount.Uid}_{System.Environment.UserName}", config.DefaultCredentialCacheName);
        Assert.Equal(["dc1.corp.example:88", "dc2.corp.example:1088", "[2001:db8::1]:89", "dc3.corp.example:88"], config.KdcsOf("CORP.EXAMPLE").Select(k => k.ToString()));
        Assert.Equal(["dc2.corp.example:1088", "dc1.corp.example:88"], config.PrimaryKdcs["CORP.EXAMPLE"].Select(k => k.ToString()));
        Assert.Equal([new KdcAddress("192.0.2.1")], config.KdcsOf("OTHER.EXAMPLE"));
        Assert.Empty(config.KdcsOf("corp.example"));
        Assert.Equal("OTHER.EXAMPLE", config.RealmOf("host.corp.example"));
    }

    [Fact]
    public void Load_EmptyFile_HasTheDefaults()
    {
        var config = Load("");

        Assert.Equal(Krb5Config.Empty with { Files = config.Files, Kdcs = config.Kdcs, PrimaryKdcs = config.PrimaryKdcs, DomainRealms = config.DomainRealms }, config);
        Assert.Equal((TimeSpan.FromMinutes(5), 1465, true), (config.ClockSkew, config.UdpPreferenceLimit, config.DnsLookupKdc));
        Assert.Null(config.PermittedEncryptionTypes);
    }

    [Theory]
    [InlineData("orders.corp.example", "DOMAIN")]
    [InlineData("a.b.corp.example", "DOMAIN")]
    [InlineData("ORDERS.CORP.EXAMPLE.", "DOMAIN")]
    [InlineData("exact.corp.example", "EXACT")]
    [InlineData("below.exact.corp.example", "EXACT")]
    [InlineData("corp.example", null)]
    [InlineData("xcorp.example", null)]
    [InlineData("localhost", null)]
    [InlineData("", null)]
    public void RealmOf_Host_IsTheNearestAsWithMit(string host, string? realm)
    {
        var config = Load("[domain_realm]\n.corp.example = DOMAIN\nexact.corp.example = EXACT\n.Corp.Example = LATER");

        Assert.Equal(realm, config.RealmOf(host));
    }

    [Theory]
    [InlineData("0", 0)]
    [InlineData("300", 300)]
    [InlineData("300s", 300)]
    [InlineData("5m", 300)]
    [InlineData("1d2h3m4s", 93784)]
    [InlineData("1h 30m", 5400)]
    [InlineData("0:05", 300)]
    [InlineData("1:00:01", 3601)]
    public void ClockSkew_AsMitWritesDurations_IsRead(string text, int seconds) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), Load($"[libdefaults]\nclockskew = {text}").ClockSkew);

    [Theory]
    [InlineData("[libdefaults]\nclockskew = -5", 2, "clockskew = -5 is no duration")]
    [InlineData("[libdefaults]\nclockskew = 9999999999", 2, "is no duration")]
    [InlineData("[libdefaults]\nclockskew = soon", 2, "is no duration")]
    [InlineData("[libdefaults]\nudp_preference_limit = -1", 2, "is no number")]
    [InlineData("[libdefaults]\n\ndns_lookup_kdc = perhaps", 3, "dns_lookup_kdc = perhaps is neither true nor false")]
    [InlineData("[libdefaults]\npermitted_enctypes = des-cbc-crc", 2, "permitted_enctypes names no encryption type known here")]
    [InlineData("[libdefaults]\ndefault_keytab_name = /%{nonsense}", 2, "%{nonsense} is no token known here")]
    [InlineData("[libdefaults]\ndefault_ccache_name = /%{uid", 2, "has a %{ without its }")]
    [InlineData("[realms]\nR = {\nkdc = a b\n}", 3, "kdc = a b is no host")]
    [InlineData("[realms]\nR = {\nkdc = a:0\n}", 3, "kdc = a:0 is no host")]
    [InlineData("[realms]\nR = {\nkdc = a:65536\n}", 3, "kdc = a:65536 is no host")]
    [InlineData("[realms]\nR = {\nkdc = a:b:c\n}", 3, "kdc = a:b:c is no host")]
    [InlineData("[realms]\nR = {\nkdc = a", 3, "the file ends inside \"R\"")]
    [InlineData("[realms]\nR = {\n[libdefaults]", 3, "a section begins inside \"R\"")]
    [InlineData("[realms]\nR =\nkdc = a", 3, "\"R =\" has neither a value nor a {")]
    [InlineData("[realms]\nR =", 2, "the file ends inside \"R\"")]
    [InlineData("[realms]\n}", 2, "a } closes nothing")]
    [InlineData("[realms]\nR = {\n} x", 3, "something follows it")]
    [InlineData("[realms", 1, "a section is not written as [name]")]
    [InlineData("[]", 1, "a section is not written as [name]")]
    [InlineData("[libdefaults] x", 1, "a section is not written as [name]")]
    [InlineData("[libdefaults]\nword", 2, "this is not of the form \"name = value\"")]
    [InlineData("[libdefaults]\ntwo words = x", 2, "this is not of the form \"name = value\"")]
    [InlineData("[libdefaults]\n= x", 2, "this is not of the form \"name = value\"")]
    [InlineData("[libdefaults]\nx = \"open", 2, "a quoted value has no closing quote")]
    [InlineData("[libdefaults]\nx = \"", 2, "a quoted value has no closing quote")]
    [InlineData("[libdefaults]\nticket_lifetime = forever", 2, "ticket_lifetime = forever is no duration")]
    [InlineData("[libdefaults]\nrenew_lifetime = 1w", 2, "renew_lifetime = 1w is no duration")]
    [InlineData("[libdefaults]\nforwardable = maybe", 2, "forwardable = maybe is neither true nor false")]
    [InlineData("[realms]\nR = {\nprimary_kdc = a b\n}", 3, "primary_kdc = a b is no host")]
    public void Load_WhatWeKnowAndCannotRead_IsRefusedWithFileAndLine(string text, int line, string reason)
    {
        Load("[libdefaults]\nclockskew = 5\n[realms]\nR = {\nkdc = a:1\n}");

        var message = Refused(() => Load(text));

        Assert.StartsWith($"{_directory.PathOf("krb5.conf")}:{line}: ", message, StringComparison.Ordinal);
        Assert.Contains(reason, message, StringComparison.Ordinal);
        Assert.Contains(". Next: ", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_BracesWithoutEnd_AreBounded() =>
        Assert.Contains("braces nest deeper than 16", Refused(() => Load("[a]\n" + string.Concat(Enumerable.Repeat("b = {\n", 100_000)))), StringComparison.Ordinal);

    [Fact]
    public void Load_QuotedValue_IsUnescaped() =>
        Assert.Equal("a\"b\\c\td e", Load("""
            [libdefaults]
            default_realm = "a\"b\\c\td e"
            """).DefaultRealm);

    [Fact]
    public void Load_TermsOfALogin_AreRead()
    {
        var config = Load("[libdefaults]\nticket_lifetime = 8h\nrenew_lifetime = 7d\nforwardable = yes");

        Assert.Equal((TimeSpan.FromHours(8), TimeSpan.FromDays(7), true), (config.TicketLifetime, config.RenewLifetime, config.Forwardable));
    }

    [Theory]
    [InlineData("kdc_timesync = 0")]
    [InlineData("canonicalize = true")]
    [InlineData("dns_lookup_realm = true")]
    [InlineData("dns_canonicalize_hostname = fallback")]
    [InlineData("noaddresses = perhaps")]
    [InlineData("rdns = false")]
    public void Load_SettingThatChangesNothingHere_IsPassedOver(string line) =>
        Assert.Equal("R", Load($"[libdefaults]\n{line}\ndefault_realm = R").DefaultRealm);

    [Fact]
    public void Load_SameNameTwice_TheFirstWins() => Assert.Equal("A", Load("[libdefaults]\ndefault_realm = A\n[libdefaults]\ndefault_realm = B").DefaultRealm);

    [Fact]
    public void Load_AnyText_IsReadOrRefused()
    {
        const string Valid = "include /nonexistent\n[libdefaults]\n default_realm = \"R\"\nclockskew = 5m\n[realms]\nR = {\nkdc = a:88\n}\n[domain_realm]\n.a = R\n";
        var octets = System.Text.Encoding.ASCII.GetBytes(Valid["include /nonexistent\n".Length..]);
        void Read(byte[] text)
        {
            File.WriteAllBytes(_directory.PathOf("krb5.conf"), text);
            Krb5Config.Load(_directory.PathOf("krb5.conf"), Environment);
        }

        Assert.True(HostileFile.RefusedPrefixes(octets, KerberosError.ConfigurationInvalid, Read) > 10);
        Assert.True(HostileFile.RefusedChanges(octets, KerberosError.ConfigurationInvalid, Read) > 100);
    }

    private Krb5Config Load(string text) => Krb5Config.Load(_directory.Write("krb5.conf", text), Environment);

    private static string? Environment(string name) => name == "TMPDIR" ? "/scratch" : null;

    private static string Refused(Func<Krb5Config> load)
    {
        var exception = Assert.Throws<KerberosException>(load);
        Assert.Equal(KerberosError.ConfigurationInvalid, exception.Error);
        return exception.Message;
    }
}
