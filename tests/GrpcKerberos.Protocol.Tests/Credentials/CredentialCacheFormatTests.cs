using System.Globalization;
using GrpcKerberos.Protocol.Credentials;
using GrpcKerberos.Protocol.Crypto;
using GrpcKerberos.Protocol.Messages;
using GrpcKerberos.Protocol.Registry;
using Xunit;

namespace GrpcKerberos.Protocol.Tests.Credentials;

public class CredentialCacheFormatTests
{
    private static readonly KerberosPrincipal s_alice = KerberosPrincipal.Parse("alice@TEST.LOCAL");

    [Theory]
    [InlineData("v3.ccache.bin")]
    [InlineData("v4.ccache.bin")]
    public void Read_CacheOfMit_HasWhatKlistListsLessCamelliaAndSettings(string file)
    {
        var cache = CredentialCacheFormat.Read(Recorded.Octets(file));

        Assert.Equal(s_alice, cache.Owner);
        Assert.Equal(
            ["krbtgt/TEST.LOCAL@TEST.LOCAL", "HTTP/orders.corp.example@TEST.LOCAL", "HTTP/referred.example@TEST.LOCAL"],
            cache.Tickets.Select(t => t.Service.ToString()));
        Assert.All(cache.Tickets, t => Assert.Equal((s_alice, EncryptionType.Aes256CtsHmacSha384), (t.Client, t.SessionKey.Type)));
        Assert.All(cache.Tickets, t => Assert.Equal(t.Service, t.Ticket.ClaimedService));
        Assert.Equal(ListedTimes(file), cache.Tickets.SelectMany(t => new[] { t.Starts, t.Ends, t.RenewTill!.Value }).Select(Klist));
        const TicketFlags Expected = TicketFlags.Forwardable | TicketFlags.Renewable | TicketFlags.PreAuthent;
        Assert.Equal(Expected | TicketFlags.Initial | TicketFlags.EncPaRep, cache.Tickets[0].Flags | TicketFlags.EncPaRep);
        Assert.Equal(Expected | TicketFlags.TransitedPolicyChecked | TicketFlags.EncPaRep, cache.Tickets[1].Flags | TicketFlags.EncPaRep);
    }

    [Theory]
    [InlineData("v3.ccache.bin")]
    [InlineData("v4.ccache.bin")]
    public void Read_EveryPrefix_IsRefusedUnlessItEndsBetweenEntries(string file)
    {
        var octets = Recorded.Octets(file);

        var refused = HostileFile.RefusedPrefixes(octets, KerberosError.NoCredentials, f => CredentialCacheFormat.Read(f));

        // The name alone is a cache, and so is all before the last of four tickets and two settings.
        Assert.Equal(octets.Length - 6, refused);
    }

    [Theory]
    [InlineData("v3.ccache.bin")]
    [InlineData("v4.ccache.bin")]
    public void Read_OctetsChanged_IsRefusedOrRead(string file) =>
        Assert.True(HostileFile.RefusedChanges(Recorded.Octets(file), KerberosError.NoCredentials, f => CredentialCacheFormat.Read(f)) > 100);

    [Theory]
    [InlineData("v3.ccache.bin")]
    [InlineData("v4.ccache.bin")]
    public void Read_AnyLengthEnormous_IsRefusedOrRead(string file) =>
        Assert.True(HostileFile.RefusedLengths(Recorded.Octets(file), KerberosError.NoCredentials, f => CredentialCacheFormat.Read(f)) > 100);

    [Theory]
    [InlineData(new byte[] { })]
    [InlineData(new byte[] { 5, 5 })]
    public void Read_OtherVersions_AreRefused(byte[] file) => Refused(file);

    [Theory]
    [InlineData(2, 2, "the header should have 65535 octets")]
    [InlineData(6, 2, "the value of a tag should have 65535 octets")]
    [InlineData(20, 4, "a name component should have 4 octets, 0 are left")]
    [InlineData(24, 4, "the realm should have 4294967295 octets")]
    [InlineData(38, 4, "a name component should have 4294967295 octets")]
    public void Read_LengthOrCountBeyondTheFile_IsRefused(int offset, int octets, string reason)
    {
        var file = Head();
        Assert.Equal(s_alice, CredentialCacheFormat.Read(file).Owner);
        file.AsSpan(offset, octets).Fill(0xFF);

        Assert.Contains(reason, Refused(file), StringComparison.Ordinal);
    }

    [Fact]
    public void Write_ThenRead_GivesTheSameCache()
    {
        var offset = TimeSpan.FromSeconds(-61) - TimeSpan.FromMicroseconds(654_321);
        var read = CredentialCacheFormat.Read(Recorded.Octets("v3.ccache.bin"));

        var again = CredentialCacheFormat.Read(CredentialCacheFormat.Write(new CredentialCache(read.Owner, read.Tickets, offset)));

        Assert.Equal(offset, again.KdcOffset);
        Assert.Equal(read.Owner, again.Owner);
        Assert.Equal(read.Tickets.Select(Everything), again.Tickets.Select(Everything));
    }

    [Fact]
    public void Read_EntriesThatAreNoTicketsOfOurs_AreSkipped()
    {
        var good = Ticket("HTTP/a@R");
        byte[][] skipped =
        [
            Entry(good with { Service = KerberosPrincipal.Parse("krb5_ccache_conf_data/pa_type@X-CACHECONF:") }),
            Entry(good with { Service = KerberosPrincipal.Parse("krb5_ccache_conf_data/pa_type@X-RMED-CONF:") }),
            Entry(good with { Ends = KerberosTime.FromMicroseconds(0) }),
            Changed(Entry(good), IsUserToUser(good), 1),
            Changed(Entry(good), EnctypeLow(good), 26),
            Changed(Entry(good), EnctypeLow(good), 23),
        ];
        Assert.Single(CredentialCacheFormat.Read([.. Head(), .. Entry(good)]).Tickets);

        Assert.All(skipped, entry => Assert.Empty(CredentialCacheFormat.Read([.. Head(), .. entry]).Tickets));
        Assert.Single(CredentialCacheFormat.Read([.. Head(), .. skipped.SelectMany(e => e), .. Entry(good)]).Tickets);
    }

    [Fact]
    public void Read_KeyOfAnotherLength_IsRefused()
    {
        var good = Ticket("HTTP/a@R");

        Assert.Contains("has 16 octets, this one 32", Refused([.. Head(), .. Changed(Entry(good), EnctypeLow(good), 17)]), StringComparison.Ordinal);
    }

    [Fact]
    public void Read_NoStartTime_IsTheAuthenticationTime()
    {
        var good = Ticket("HTTP/a@R") with { Starts = KerberosTime.FromMicroseconds(0) };

        Assert.Equal(good.AuthTime, Assert.Single(CredentialCacheFormat.Read([.. Head(), .. Entry(good)]).Tickets).Starts);
    }

    [Fact]
    public void Find_SeveralTickets_IsTheOwnersThatEndsLast()
    {
        var service = KerberosPrincipal.Parse("HTTP/a@R");
        var early = Ticket("HTTP/a@R");
        var late = early with { Ends = early.Ends + TimeSpan.FromHours(1) };
        var ofAnother = late with { Client = KerberosPrincipal.Parse("bob@R"), Ends = late.Ends + TimeSpan.FromHours(1) };

        Assert.Same(late, new CredentialCache(s_alice, [late, early, ofAnother, Ticket("HTTP/b@R")]).Find(service));
        Assert.Null(new CredentialCache(s_alice, [ofAnother]).Find(service));
    }

    private static byte[] Head() => CredentialCacheFormat.Write(new CredentialCache(s_alice, []));

    private static byte[] Entry(ServiceTicket ticket) => CredentialCacheFormat.Write(new CredentialCache(s_alice, [ticket]))[Head().Length..];

    /// <summary>Where the key block begins: behind the two names, of 4 + 4 octets and 4 more for each string.</summary>
    private static int EnctypeLow(ServiceTicket ticket) => NameLength(ticket.Client) + NameLength(ticket.Service) + 1;

    /// <summary>Behind the low octet of the enctype: length, 32 octets of key, four times.</summary>
    private static int IsUserToUser(ServiceTicket ticket) => EnctypeLow(ticket) + 1 + 4 + 32 + 16;

    private static int NameLength(KerberosPrincipal principal) => 8 + 4 + principal.Realm.Length + principal.Components.Sum(static c => 4 + c.Length);

    private static byte[] Changed(byte[] entry, int offset, byte value)
    {
        entry[offset] = value;
        return entry;
    }

    private static ServiceTicket Ticket(string service)
    {
        var name = KerberosPrincipal.Parse(service);
        var time = new KerberosTime(new DateTimeOffset(2026, 11, 22, 9, 5, 0, TimeSpan.Zero));
        var sealedPart = new EncryptedData(EncryptionType.Aes256CtsHmacSha1, 3, new byte[40]);
        return new ServiceTicket(
            s_alice, name, new Ticket(name.Realm, name.Name, sealedPart), TicketSessionKey.Generate(EncryptionType.Aes256CtsHmacSha1), TicketFlags.Initial, time, time, time + TimeSpan.FromHours(10));
    }

    private static object Everything(ServiceTicket t) => (
        t.Client, t.Service, Convert.ToHexString(t.Ticket.Encoded.Span), t.SessionKey.Type, Convert.ToHexString(t.SessionKey.Bytes), t.Flags, t.AuthTime, t.Starts, t.Ends, t.RenewTill);

    // kinit -c would write over it.
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Read_Keytab_IsNotToldToBeWrittenAnew(byte version)
    {
        var exception = Assert.Throws<KerberosException>(() => CredentialCacheFormat.Read([5, version, 0, 0, 0, 1]));

        Assert.Equal(
            (KerberosError.NoCredentials,
            "The credential cache begins as a keytab does, and no ccache of today. Next: where it is one set Keytab; else run kinit, which writes it anew."),
            (exception.Error, exception.Message));
    }

    private static string Refused(byte[] file)
    {
        var exception = Assert.Throws<KerberosException>(() => CredentialCacheFormat.Read(file));
        Assert.Equal(KerberosError.NoCredentials, exception.Error);
        Assert.StartsWith("The credential cache is damaged at octet ", exception.Message, StringComparison.Ordinal);
        Assert.EndsWith(" Next: run kinit, which writes it anew.", exception.Message, StringComparison.Ordinal);
        return exception.Message;
    }

    /// <summary>Start, end and renewal of all but camellia's ticket, in klist's words.</summary>
    private static IEnumerable<string> ListedTimes(string file)
    {
        var lines = Recorded.Listing(file);
        for (var i = 1; i < lines.Length; i++)
        {
            if (lines[i].StartsWith('\t') || lines[i].Contains("camellia", StringComparison.Ordinal)) continue;
            yield return lines[i][..17];
            yield return lines[i][19..36];
            yield return lines[i + 1]["\trenew until ".Length..][..17];
        }
    }

    private static string Klist(KerberosTime time) => time.ToDateTimeOffset().ToString("MM/dd/yy HH:mm:ss", CultureInfo.InvariantCulture);
}
