using System.Buffers.Binary;
using GrpcKerberos.Protocol.Crypto;
using GrpcKerberos.Protocol.Pac;
using GrpcKerberos.Protocol.Registry;
using GrpcKerberos.Testing.Tickets;
using Xunit;

namespace GrpcKerberos.Protocol.Tests.Pac;

public sealed class VerifiedPacTests
{
    private const string Alice = TestLogonInfo.DefaultDomain + "-1103";
    private const string Mallory = TestLogonInfo.DefaultDomain + "-1199";

    public static TheoryData<EncryptionType> KeyTypes { get; } =
        [EncryptionType.Aes128CtsHmacSha1, EncryptionType.Aes256CtsHmacSha1, EncryptionType.Aes128CtsHmacSha256, EncryptionType.Aes256CtsHmacSha384];

    [Theory]
    [MemberData(nameof(KeyTypes))]
    public void Verify_GoodPac_SaysWhoTheAccountIs(EncryptionType type)
    {
        var pac = new PacLab(type).Verify(withKdcKey: true);

        Assert.Equal(Alice, pac.Logon!.User.ToString());
        Assert.Equal(TestLogonInfo.DefaultDomain + "-513", pac.Logon.PrimaryGroup.ToString());
        Assert.Equal([TestLogonInfo.DefaultDomain + "-513", TestLogonInfo.DefaultDomain + "-1104"], pac.Logon.Groups.ToTexts());
        Assert.Equal("alice@corp.example", pac.UserPrincipalName);
        Assert.Empty(pac.ActingServices);
    }

    [Fact]
    public void Verify_OfAnotherKey_Signature()
    {
        var lab = new PacLab();
        var ticket = lab.Issue();
        var pac = PacLab.PacOf(ticket);
        lab.Verify(pac, ticket);

        Assert.Equal(PacFault.Signature, PacLab.FaultOf(() => new PacLab().Verify(pac, ticket)));
    }

    /// <summary>The server's signature covers every octet but those of the signatures 6 and 7: 16 and 19 as well (CVE-2022-37967).</summary>
    [Fact]
    public void Verify_EachOctetFlipped_Refused()
    {
        var lab = new PacLab();
        var ticket = lab.Issue();
        var pac = PacLab.PacOf(ticket);
        lab.Verify(pac, ticket);
        var kdc = TestPac.OffsetOf(pac, 7) + 4;
        for (var i = 0; i < pac.Length; i++)
        {
            var flipped = (byte[])pac.Clone();
            flipped[i] ^= 0x10;
            var isKdcSignature = i >= kdc && i < kdc + 12;
            Assert.True(isKdcSignature == PacLab.FaultOf(() => lab.Verify(flipped, ticket)) is null, $"octet {i}");
            Assert.NotNull(PacLab.FaultOf(() => lab.Verify(flipped, ticket, withKdcKey: true)));
        }
    }

    /// <summary>Nothing is believed, nor even read, before the signature is found good: a malformed element under a bad one is a bad signature.</summary>
    [Fact]
    public void Verify_BadSignatureOverMalformedElements_SignatureFirst()
    {
        PacLab.Refuses(PacFault.Malformed, static lab => lab.Template.ChangeElements = static e => e[0] = (1, new byte[3]));
        PacLab.Refuses(PacFault.Signature, static lab =>
        {
            lab.Template.ChangeElements = static e => e[0] = (1, new byte[3]);
            lab.Template.ChangeSigned = static pac =>
            {
                pac[TestPac.OffsetOf(pac, 6) + 4] ^= 1;
                return pac;
            };
        });
    }

    [Theory]
    [InlineData(6u)]
    [InlineData(7u)]
    public void Verify_WithoutASignature_Signature(uint type) => PacLab.Refuses(PacFault.Signature, lab => lab.Template.ChangeElements = e => e.RemoveAll(x => x.Type == type));

    /// <summary>
    /// Every checksum type under a key of every type: only the one mandatory for the key is taken, whatever the octets are
    /// (CVE-2010-1323, CVE-2010-1324, CVE-2010-4020, CVE-2010-4021, CVE-2011-0043, CVE-2014-6324, CVE-2018-16860).
    /// </summary>
    [Theory]
    [MemberData(nameof(KeyTypes))]
    public void Verify_EveryChecksumType_OnlyTheKeysOwn(EncryptionType type)
    {
        foreach (var checksum in Enumerable.Range(-140, 200).Append(0x8003).Append(int.MinValue).Append(int.MaxValue).Select(static n => (ChecksumType)n))
        {
            var lab = new PacLab(type);
            lab.Template.ServerChecksumType = checksum;
            Assert.Equal(checksum == lab.Key.ChecksumType ? null : PacFault.Signature, PacLab.FaultOf(() => lab.Verify()));
        }
    }

    [Theory]
    [InlineData(EncryptionType.Aes128CtsHmacSha1, 15)]
    [InlineData(EncryptionType.Aes256CtsHmacSha1, 16)]
    [InlineData(EncryptionType.Aes128CtsHmacSha256, 19)]
    [InlineData(EncryptionType.Aes256CtsHmacSha384, 20)]
    [InlineData(EncryptionType.Rc4Hmac, -138)]
    [InlineData(EncryptionType.Camellia128CtsCmac, 17)]
    [InlineData(EncryptionType.Camellia256CtsCmac, 18)]
    [InlineData((EncryptionType)1, null)]
    [InlineData((EncryptionType)3, null)]
    [InlineData((EncryptionType)16, null)]
    [InlineData((EncryptionType)24, null)]
    public void CompatibleChecksum_OfEachKeyType_IsOneOrNone(EncryptionType key, int? only)
    {
        var taken = Enumerable.Range(-300, 700).Append(0x8003).Where(n => CompatibleChecksum.IsFor(key, (ChecksumType)n));
        Assert.Equal(only is { } one ? [one] : [], taken);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(11)]
    public void Verify_SignatureCutShort_Signature(int length) =>
        PacLab.Refuses(PacFault.Signature, lab =>
        {
            lab.Template.ChangeSigned = pac =>
            {
                BinaryPrimitives.WriteInt32LittleEndian(pac.AsSpan(HeaderOf(pac, 6) + 4), 4 + length);
                return pac;
            };
        });

    [Fact]
    public void Verify_ReadOnlyDomainControllersIdentifierBehindTheKdcsSignature_IsCovered()
    {
        var lab = new PacLab();
        lab.Template.ChangeElements = static e => e[e.FindIndex(static x => x.Type == 7)] = (7, [.. e.Single(static x => x.Type == 7).Data, 0x34, 0x12]);
        var ticket = lab.Issue();
        var pac = PacLab.PacOf(ticket);
        lab.Verify(pac, ticket);

        pac[TestPac.OffsetOf(pac, 7) + 16] ^= 1;

        Assert.Equal(PacFault.Signature, PacLab.FaultOf(() => lab.Verify(pac, ticket)));
    }

    [Theory]
    [InlineData("bob")]
    [InlineData("Alice")]
    [InlineData("alice@CORP.EXAMPLE")]
    [InlineData("alice\0")]
    [InlineData("")]
    public void Verify_ClientInfoOfAnotherName_Mismatch(string name) => PacLab.Refuses(PacFault.Mismatch, lab => lab.Template.ClientName = name);

    [Theory]
    [InlineData(-1)]
    [InlineData(1)]
    [InlineData(3600)]
    public void Verify_ClientInfoOfAnotherTime_Mismatch(int seconds) =>
        PacLab.Refuses(PacFault.Mismatch, lab => lab.Template.AuthTime = lab.Ticket.AuthTime + TimeSpan.FromSeconds(seconds));

    [Fact]
    public void Verify_WithoutClientInfo_Mismatch() => PacLab.Refuses(PacFault.Mismatch, static lab => lab.Template.ChangeElements = static e => e.RemoveAll(static x => x.Type == 10));

    [Theory]
    [InlineData("HTTP/orders.corp.example@CORP.EXAMPLE", null)]
    [InlineData("alice\\@corp.example@CORP.EXAMPLE", null)]
    [InlineData("alice\\@corp.example@CORP.EXAMPLE", "alice\\@corp.example")]
    public void Verify_NamesOfWindowsAndOfMit_Taken(string client, string? name)
    {
        var lab = new PacLab();
        lab.Ticket = lab.Ticket with { Client = KerberosPrincipal.Parse(client) };
        lab.Template.ClientName = name;
        lab.Verify();
    }

    [Theory]
    [InlineData(9)]
    [InlineData(0)]
    public void Verify_ClientInfoCutShort_Malformed(int length) => PacLab.Refuses(PacFault.Malformed, lab => Replace(lab, 10, d => d[..length]));

    [Fact]
    public void Verify_ClientInfoWithANameLongerThanItself_Malformed() => PacLab.Refuses(PacFault.Malformed, static lab => Replace(lab, 10, static d =>
    {
        d[8] += 2;
        return d;
    }));

    /// <summary>noPac: the account asked under a name that is another's by now (CVE-2021-42278, CVE-2021-42287).</summary>
    [Fact]
    public void Verify_RequestorOfAnotherAccount_Mismatch()
    {
        var same = new PacLab();
        same.Template.RequestorSid = Alice;
        same.Verify();
        PacLab.Refuses(PacFault.Mismatch, static lab => lab.Template.RequestorSid = Mallory);
    }

    [Fact]
    public void Verify_UpnDnsInfoOfAnotherAccount_Mismatch()
    {
        var same = new PacLab();
        same.Template.NamedSid = Alice;
        same.Verify();
        PacLab.Refuses(PacFault.Mismatch, static lab => lab.Template.NamedSid = Mallory);
    }

    [Fact]
    public void Verify_RequestorAndUpnDnsInfoApartWithoutLogonInfo_Mismatch() => PacLab.Refuses(PacFault.Mismatch, static lab =>
    {
        lab.Template.Logon = null;
        (lab.Template.NamedSid, lab.Template.RequestorSid) = (Alice, Mallory);
    });

    [Theory]
    [InlineData(0)]
    [InlineData(8)]
    [InlineData(27)]
    public void Verify_RequestorCutShort_Malformed(int length) => PacLab.Refuses(PacFault.Malformed, lab =>
    {
        lab.Template.RequestorSid = Alice;
        Replace(lab, 18, d => d[..length]);
    });

    [Theory]
    [InlineData(0, 0xFF)]
    [InlineData(2, 0xFF)]
    [InlineData(12, 0xFF)]
    [InlineData(14, 0xFF)]
    [InlineData(16, 0x04)]
    [InlineData(18, 0xFF)]
    public void Verify_UpnDnsInfoThatReachesBeyondItself_Malformed(int at, byte value) => PacLab.Refuses(PacFault.Malformed, lab =>
    {
        lab.Template.NamedSid = Alice;
        Replace(lab, 12, d =>
        {
            d[at] = value;
            return d;
        });
    });

    [Fact]
    public void Verify_UpnThatIsHalfACharacter_Malformed() => PacLab.Refuses(PacFault.Malformed, static lab => lab.Template.ChangeElements = static e =>
    {
        var data = e.Single(static x => x.Type == 12).Data;
        (data[16], data[17]) = (0x00, 0xD8);
    });

    [Fact]
    public void Verify_DelegationInfo_NamesTheServicesFirstToLast()
    {
        var lab = new PacLab();
        lab.Template.ActingServices = ["svc-web@CORP.EXAMPLE", "HTTP/middle.corp.example@OTHER.EXAMPLE", "svc-last"];
        Assert.Equal(
            ["svc-web@CORP.EXAMPLE", "HTTP/middle.corp.example@OTHER.EXAMPLE", "svc-last@CORP.EXAMPLE"],
            lab.Verify().ActingServices.Select(static s => s.ToString()));
    }

    /// <summary>Delegation that cannot be told would pass for the client's own call.</summary>
    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("a@b@c")]
    public void Verify_DelegationInfoThatNamesNobody_Malformed(string? service) => PacLab.Refuses(PacFault.Malformed, lab => lab.Template.ActingServices = service is null ? [] : [service]);

    [Theory]
    [InlineData(0u, 0, true)]
    [InlineData(2u, 4, true)]
    [InlineData(32u, 4, true)]
    [InlineData(33u, 4, false)]
    [InlineData(0xFFFF_FFFFu, 4, false)]
    public void Verify_AttributesInfo_HoldsWhatItCounts(uint bits, int octets, bool good)
    {
        var lab = new PacLab();
        var element = new byte[4 + octets];
        BinaryPrimitives.WriteUInt32LittleEndian(element, bits);
        lab.Template.ChangeElements = e => e.Add((17, element));
        Assert.Equal(good ? null : PacFault.Malformed, PacLab.FaultOf(() => lab.Verify()));
    }

    [Fact]
    public void Verify_ElementsOfUnknownType_Passed()
    {
        var lab = new PacLab();
        lab.Template.ChangeElements = static e => e.AddRange([(13, new byte[8]), (0xABCD, [])]);
        lab.Verify(withKdcKey: true);
    }

    private static void Replace(PacLab lab, uint type, Func<byte[], byte[]> change) =>
        lab.Template.ChangeElements = e => e[e.FindIndex(x => x.Type == type)] = (type, change(e.Single(x => x.Type == type).Data));

    private static int HeaderOf(byte[] pac, uint type)
    {
        var at = 8;
        while (BinaryPrimitives.ReadUInt32LittleEndian(pac.AsSpan(at)) != type) at += 16;
        return at;
    }
}
