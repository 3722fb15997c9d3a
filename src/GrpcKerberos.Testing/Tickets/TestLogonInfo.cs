using System.Buffers.Binary;
using System.Globalization;

namespace GrpcKerberos.Testing.Tickets;

/// <summary>KERB_VALIDATION_INFO of an account (MS-PAC 2.5): alice of a domain, in two groups of it, until the test changes her.</summary>
internal sealed class TestLogonInfo
{
    public const string DefaultDomain = "S-1-5-21-1004336348-1177238915-682003330";

    /// <summary>SE_GROUP_MANDATORY, ENABLED_BY_DEFAULT, ENABLED.</summary>
    public const uint Enabled = 7;

    public string? Domain { get; set; } = DefaultDomain;

    public uint UserId { get; set; } = 1103;

    public uint PrimaryGroupId { get; set; } = 513;

    public IReadOnlyList<(uint Id, uint Attributes)> Groups { get; set; } = [(513, Enabled), (1104, Enabled)];

    /// <summary>0x20: extra SIDs count; 0x200: resource groups count.</summary>
    public uint UserFlags { get; set; } = 0x220;

    public IReadOnlyList<(string Sid, uint Attributes)> ExtraSids { get; set; } = [];

    public string? ResourceDomain { get; set; }

    public IReadOnlyList<(uint Id, uint Attributes)> ResourceGroups { get; set; } = [];

    /// <summary>EffectiveName, FullName, LogonScript, ProfilePath, HomeDirectory, HomeDirectoryDrive, then the server and the domain.</summary>
    public string[] Names { get; } = ["alice", "Alice A", "", "", "", "", "DC1", "CORP"];

    public static byte[] SidOctets(string text)
    {
        var parts = text.Split('-').Skip(2).Select(static p => p.StartsWith("0x", StringComparison.Ordinal) ? Convert.ToUInt64(p, 16) : ulong.Parse(p, CultureInfo.InvariantCulture)).ToArray();
        var octets = new byte[8 + (4 * (parts.Length - 1))];
        BinaryPrimitives.WriteUInt64BigEndian(octets, parts[0]);
        (octets[0], octets[1]) = (1, (byte)(parts.Length - 1));
        for (var i = 1; i < parts.Length; i++) BinaryPrimitives.WriteUInt32LittleEndian(octets.AsSpan(4 + (4 * i)), (uint)parts[i]);
        return octets;
    }

    public byte[] Encode()
    {
        var writer = new NdrWriter();
        writer.Zeros(48);
        foreach (var name in Names[..6]) writer.String(name);
        writer.Zeros(4).UInt32(UserId).UInt32(PrimaryGroupId).UInt32((uint)Groups.Count).Pointer(Groups.Count > 0).UInt32(UserFlags).Zeros(16);
        writer.String(Names[6]).String(Names[7]).Pointer(Domain is not null).Zeros(40);
        writer.UInt32((uint)ExtraSids.Count).Pointer(ExtraSids.Count > 0).Pointer(ResourceDomain is not null).UInt32((uint)ResourceGroups.Count).Pointer(ResourceGroups.Count > 0);

        foreach (var name in Names[..6]) writer.Characters(name);
        Memberships(writer, Groups);
        writer.Characters(Names[6]).Characters(Names[7]);
        if (Domain is not null) writer.Sid(SidOctets(Domain));
        if (ExtraSids.Count > 0) writer.UInt32((uint)ExtraSids.Count);
        foreach (var (_, attributes) in ExtraSids) writer.Pointer().UInt32(attributes);
        foreach (var (sid, _) in ExtraSids) writer.Sid(SidOctets(sid));
        if (ResourceDomain is not null) writer.Sid(SidOctets(ResourceDomain));
        Memberships(writer, ResourceGroups);
        return writer.ToArray();
    }

    private static void Memberships(NdrWriter writer, IReadOnlyList<(uint Id, uint Attributes)> groups)
    {
        if (groups.Count > 0) writer.UInt32((uint)groups.Count);
        foreach (var (id, attributes) in groups) writer.UInt32(id).UInt32(attributes);
    }
}
