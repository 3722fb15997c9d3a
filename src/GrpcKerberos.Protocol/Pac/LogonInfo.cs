using System.Buffers.Binary;

namespace GrpcKerberos.Protocol.Pac;

/// <summary>
/// The account and its groups, out of KERB_VALIDATION_INFO (MS-PAC 2.5).
/// <code>
/// LogonTime … PasswordMustChange  6 FILETIME          EffectiveName … HomeDirectoryDrive  6 RPC_UNICODE_STRING
/// LogonCount, BadPasswordCount u16                    UserId, PrimaryGroupId, GroupCount u32
/// GroupIds → GROUP_MEMBERSHIP[]                       UserFlags u32, UserSessionKey 16 octets
/// LogonServer, LogonDomainName RPC_UNICODE_STRING     LogonDomainId → RPC_SID
/// Reserved1, UserAccountControl … Reserved3 40 octets SidCount u32, ExtraSids → KERB_SID_AND_ATTRIBUTES[]
/// ResourceGroupDomainSid → RPC_SID                    ResourceGroupCount u32, ResourceGroupIds → GROUP_MEMBERSHIP[]
/// </code>
/// </summary>
/// <remarks>Names and times are walked over: who the account is its SID says, and names are used again.</remarks>
internal sealed class LogonInfo
{
    private const int Times = 6 * 8;
    private const int Names = 6;
    private const int SessionKey = 16;
    private const int Reserved = 40;
    private const int MembershipLength = 8;
    private const int SidAndAttributesLength = 8;

    /// <summary>UserFlags: ExtraSids counts.</summary>
    private const uint HasExtraSids = 0x20;

    /// <summary>UserFlags: the resource groups count.</summary>
    private const uint HasResourceGroups = 0x200;

    /// <summary>SE_GROUP_ENABLED.</summary>
    private const uint Enabled = 0x4;

    /// <summary>SE_GROUP_USE_FOR_DENY_ONLY.</summary>
    private const uint DenyOnly = 0x10;

    private LogonInfo(Sid user, Sid primaryGroup, GroupSids groups)
    {
        User = user;
        PrimaryGroup = primaryGroup;
        Groups = groups;
    }

    public Sid User { get; }

    public Sid PrimaryGroup { get; }

    /// <summary>Those enabled, as the flags have them count: the domain's, then extra SIDs, then resource groups.</summary>
    public GroupSids Groups { get; }

    /// <exception cref="PacException">The octets are no KERB_VALIDATION_INFO that names an account.</exception>
    public static LogonInfo Read(ReadOnlySpan<byte> element)
    {
        var reader = NdrReader.Open(element);
        reader.Skip(Times);
        Span<NdrString> names = stackalloc NdrString[Names];
        foreach (ref var name in names) name = reader.String();
        reader.Skip(2 * sizeof(ushort));
        var (userId, primaryGroupId, groupCount, hasGroups) = (reader.UInt32(), reader.UInt32(), reader.UInt32(), reader.Pointer());
        var flags = reader.UInt32();
        reader.Skip(SessionKey);
        var (server, domainName, hasDomain) = (reader.String(), reader.String(), reader.Pointer());
        reader.Skip(Reserved);
        var (sidCount, hasSids, hasResourceDomain) = (reader.UInt32(), reader.Pointer(), reader.Pointer());
        var (resourceCount, hasResources) = (reader.UInt32(), reader.Pointer());

        foreach (ref var name in names) reader.Characters(name);
        var groups = Memberships(ref reader, groupCount, hasGroups);
        reader.Characters(server);
        reader.Characters(domainName);
        if (!hasDomain) throw PacException.Malformed("LOGON_INFO names no domain");
        var domain = reader.Sid().AsDomain();
        var extra = ExtraSids(ref reader, sidCount, hasSids, (flags & HasExtraSids) != 0);
        var resourceDomain = hasResourceDomain ? reader.Sid().AsDomain() : null;
        var resources = Memberships(ref reader, resourceCount, hasResources);

        var (user, from) = UserOf(domain, userId, extra);
        var builder = new GroupSidsBuilder();
        builder.AddAll(domain, groups);
        foreach (var (sid, attributes) in extra.AsSpan(from))
        {
            if (Counts(attributes)) builder.Add(sid);
        }

        if ((flags & HasResourceGroups) != 0 && resources.Length > 0)
            builder.AddAll(resourceDomain ?? throw PacException.Malformed("LOGON_INFO has resource groups of no domain"), resources);
        return new LogonInfo(user, Sid.InDomain(domain, primaryGroupId), builder.Build());
    }

    /// <summary>With UserId 0 the account is of another domain than its groups, and the first extra SID is its own (MS-PAC 2.5).</summary>
    private static (Sid User, int FirstGroup) UserOf(SidPrefix domain, uint userId, (Sid Sid, uint Attributes)[] extra)
    {
        if (userId != 0) return (Sid.InDomain(domain, userId), 0);
        return extra.Length > 0 ? (extra[0].Sid, 1) : throw PacException.Malformed("LOGON_INFO names no account");
    }

    private static uint[] Memberships(ref NdrReader reader, uint expected, bool isPresent)
    {
        if (!isPresent) return expected == 0 ? [] : throw PacException.Malformed("LOGON_INFO counts groups and has none");
        var members = reader.Elements(expected, MembershipLength);
        var ids = new uint[members.Length / MembershipLength];
        var kept = 0;
        for (; !members.IsEmpty; members = members[MembershipLength..])
        {
            var (id, attributes) = (BinaryPrimitives.ReadUInt32LittleEndian(members), BinaryPrimitives.ReadUInt32LittleEndian(members[sizeof(uint)..]));
            if (Counts(attributes)) ids[kept++] = id;
        }

        Array.Resize(ref ids, kept);
        return ids;
    }

    /// <summary>Read, so that what follows is found, and none of them where the flags say that they do not count.</summary>
    private static (Sid Sid, uint Attributes)[] ExtraSids(ref NdrReader reader, uint expected, bool isPresent, bool count)
    {
        if (!isPresent) return expected == 0 ? [] : throw PacException.Malformed("LOGON_INFO counts SIDs and has none");
        var sids = new (Sid Sid, uint Attributes)[reader.Count(expected, SidAndAttributesLength)];
        foreach (ref var sid in sids.AsSpan())
        {
            if (!reader.Pointer()) throw PacException.Malformed("LOGON_INFO has a SID that is absent");
            sid.Attributes = reader.UInt32();
        }

        foreach (ref var sid in sids.AsSpan()) sid.Sid = reader.Sid();
        return count ? sids : [];
    }

    private static bool Counts(uint attributes) => (attributes & (Enabled | DenyOnly)) == Enabled;
}
