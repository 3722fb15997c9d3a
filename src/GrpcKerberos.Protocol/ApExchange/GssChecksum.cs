using System.Buffers.Binary;
using GrpcKerberos.Protocol.Messages;
using GrpcKerberos.Protocol.Registry;

namespace GrpcKerberos.Protocol.ApExchange;

/// <summary>
/// The "checksum" of type 0x8003 (RFC 4121 section 4.1.1):
/// <code>
/// 0..3 Lgth (16) · 4..19 Bnd · 20..23 Flags · [24..25 DlgOpt (1) · 26..27 Dlgth · Deleg] · extensions, ignored
/// </code>
/// All integers little-endian.
/// </summary>
internal sealed class GssChecksum
{
    private const int MinimumLength = 24;
    private const uint DelegationFlag = 1;
    private const uint MutualFlag = 2;
    private const uint IntegrityFlag = 32;

    private GssChecksum(ReadOnlyMemory<byte> binding, uint flags)
    {
        Binding = binding;
        Flags = flags;
    }

    /// <summary>16 octets; all zero where the initiator bound nothing.</summary>
    public ReadOnlyMemory<byte> Binding { get; }

    public uint Flags { get; }

    public bool IsBound => Binding.Span.ContainsAnyExcept((byte)0);

    /// <summary>The one an initiator sends: integrity for its MICs, and neither replay detection nor sequencing, since answers come in any order.</summary>
    /// <param name="binding">The channel; null: none.</param>
    /// <param name="mutual">Whether the acceptor is to prove itself.</param>
    public static Checksum Make(ChannelBinding? binding, bool mutual)
    {
        var value = new byte[MinimumLength];
        BinaryPrimitives.WriteUInt32LittleEndian(value, ChannelBinding.GssHashLength);
        binding?.GssHash().CopyTo(value, 4);
        BinaryPrimitives.WriteUInt32LittleEndian(value.AsSpan(20), IntegrityFlag | (mutual ? MutualFlag : 0));
        return new Checksum(ChecksumType.GssApi, value);
    }

    public static Step<GssChecksum> Parse(ReadOnlyMemory<byte> value)
    {
        var octets = value.Span;
        if (octets.Length < MinimumLength) return Malformed($"it has {octets.Length} octets of at least {MinimumLength}");
        if (BinaryPrimitives.ReadUInt32LittleEndian(octets) != ChannelBinding.GssHashLength) return Malformed("the length of its channel binding is not 16");
        var flags = BinaryPrimitives.ReadUInt32LittleEndian(octets[20..]);
        if ((flags & DelegationFlag) != 0 && !HoldsDelegation(octets[MinimumLength..])) return Malformed("its delegated credential does not fit its length");
        return new GssChecksum(value.Slice(4, ChannelBinding.GssHashLength), flags);
    }

    private static bool HoldsDelegation(ReadOnlySpan<byte> rest) =>
        rest.Length >= 4
        && BinaryPrimitives.ReadUInt16LittleEndian(rest) == 1
        && BinaryPrimitives.ReadUInt16LittleEndian(rest[2..]) <= rest.Length - 4;

    private static ApRefusal Malformed(string why) => ApRefusal.Of(ApRejection.GssChecksumMalformed, $"the authenticator's GSS checksum is malformed: {why}");
}
