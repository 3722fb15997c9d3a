using System.Buffers.Binary;
using GrpcKerberos.Protocol.Pac;
using GrpcKerberos.Testing.Tickets;
using Xunit;

namespace GrpcKerberos.Protocol.Tests.Pac;

/// <summary>The header a peer may choose: CVE-2022-42898 and its kin in MIT krb5, Heimdal and Samba.</summary>
public sealed class PacDirectoryTests
{
    // Two elements: a header of 40 octets, the first at 40 with 16 octets, the second at 56 with 8.
    private static byte[] Base() => TestPac.Lay([(1, new byte[16]), (10, new byte[8])]);

    [Fact]
    public void Read_GoodHeader_FindsEveryElement()
    {
        var directory = PacDirectory.Read(Base());
        Assert.True(directory.TryLocate(PacElement.LogonInfo, out var first));
        Assert.True(directory.TryLocate(PacElement.ClientInfo, out var second));
        Assert.Equal((40..56, 56..64), (first, second));
        Assert.False(directory.TryFind(PacElement.UpnDnsInfo, out _));
    }

    [Theory]
    [InlineData(0u)]
    [InlineData(4u)]
    [InlineData(0x0FFF_FFFFu)]
    [InlineData(0x1000_0000u)]
    [InlineData(0x8000_0000u)]
    [InlineData(0xFFFF_FFFFu)]
    public void Read_CountThatIsNot_Malformed(uint count) => Refuses(p => BinaryPrimitives.WriteUInt32LittleEndian(p, count));

    [Fact]
    public void Read_OtherVersion_Malformed() => Refuses(static p => p[4] = 1);

    [Theory]
    [InlineData(0x8000_0000ul)]
    [InlineData(0x1_0000_0000ul)]
    [InlineData(0x1_0000_0028ul)]
    [InlineData(0x7FFF_FFFF_FFFF_FFF8ul)]
    [InlineData(0x8000_0000_0000_0000ul)]
    [InlineData(0x8000_0000_0000_0028ul)]
    [InlineData(0xFFFF_FFFF_FFFF_FFF8ul)]
    [InlineData(72ul)]
    [InlineData(64ul)]
    public void Read_OffsetBeyondTheEndOrWrapping_Malformed(ulong offset) => Refuses(p => BinaryPrimitives.WriteUInt64LittleEndian(p.AsSpan(32), offset));

    [Theory]
    [InlineData(9u)]
    [InlineData(0x7FFF_FFFFu)]
    [InlineData(0x8000_0000u)]
    [InlineData(0xFFFF_FFC8u)]
    [InlineData(0xFFFF_FFFFu)]
    public void Read_SizeBeyondTheEndOrNegative_Malformed(uint size) => Refuses(p => BinaryPrimitives.WriteUInt32LittleEndian(p.AsSpan(28), size));

    [Theory]
    [InlineData(0xFFFF_FFFF_FFFF_FFF8ul, 8u)]
    [InlineData(0xFFFF_FFFF_FFFF_FFF8ul, 0x48u)]
    [InlineData(0xFFFF_FFFF_0000_0000ul, 0xFFFF_FFFFu)]
    [InlineData(0x7FFF_FFF8ul, 0x7FFF_FFFFu)]
    public void Read_SumThatWrapsAround_Malformed(ulong offset, uint size) => Refuses(p =>
    {
        BinaryPrimitives.WriteUInt64LittleEndian(p.AsSpan(32), offset);
        BinaryPrimitives.WriteUInt32LittleEndian(p.AsSpan(28), size);
    });

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    public void Read_Misaligned_Malformed(int by) => Refuses(p =>
    {
        p[32] += (byte)by;
        p[28] -= (byte)by;
    });

    [Theory]
    [InlineData(0)]
    [InlineData(8)]
    [InlineData(32)]
    public void Read_InsideTheHeader_Malformed(byte offset) => Refuses(p => p[32] = offset);

    [Theory]
    [InlineData(40, 8)]
    [InlineData(48, 8)]
    [InlineData(40, 24)]
    public void Read_Overlap_Malformed(byte offset, byte size) => Refuses(p => (p[32], p[28]) = (offset, size));

    [Theory]
    [InlineData(1u)]
    [InlineData(10u)]
    [InlineData(0xABCDu)]
    public void Read_TypeTwice_Malformed(uint type) => Refuses(p =>
    {
        BinaryPrimitives.WriteUInt32LittleEndian(p.AsSpan(8), type);
        BinaryPrimitives.WriteUInt32LittleEndian(p.AsSpan(24), type);
    });

    [Fact]
    public void Read_EveryPrefix_Malformed()
    {
        var pac = Base();
        for (var length = 0; length < pac.Length; length++) Assert.Equal(PacFault.Malformed, PacLab.FaultOf(() => PacDirectory.Read(pac.AsMemory(0, length))));
    }

    private static void Refuses(Action<byte[]> change)
    {
        var pac = Base();
        PacDirectory.Read(pac);
        change(pac);
        Assert.Equal(PacFault.Malformed, PacLab.FaultOf(() => PacDirectory.Read(pac)));
    }
}
