using System.Buffers.Binary;
using Xunit;

namespace GrpcKerberos.Protocol.Tests.Credentials;

/// <summary>What damaged files may do: be refused by the one documented exception, or still be read. Nothing else.</summary>
internal static class HostileFile
{
    private const int Rounds = 3_000;

    /// <summary>Every prefix but the whole: returns how many were refused.</summary>
    public static int RefusedPrefixes(byte[] file, KerberosError error, Action<byte[]> read)
    {
        read(file);
        return Enumerable.Range(0, file.Length).Count(length => IsRefused(file[..length], error, read));
    }

    /// <summary>One to four octets changed, the same ones in every run.</summary>
    public static int RefusedChanges(byte[] file, KerberosError error, Action<byte[]> read)
    {
        read(file);
        var refused = 0;
        var state = 0x9E3779B9u;
        for (var round = 0; round < Rounds; round++)
        {
            var changed = (byte[])file.Clone();
            for (var i = 0u; i <= round % 4; i++) changed[Next(ref state) % (uint)changed.Length] = (byte)Next(ref state);
            if (IsRefused(changed, error, read)) refused++;
        }

        return refused;
    }

    /// <summary>Each four octets in turn made the largest length, signed and unsigned, and a negative one: returns how many were refused.</summary>
    public static int RefusedLengths(byte[] file, KerberosError error, Action<byte[]> read)
    {
        read(file);
        var refused = 0;
        foreach (var length in (uint[])[0x7fff_ffff, 0xffff_ffff, 0x8000_0000])
        {
            for (var at = 0; at + sizeof(uint) <= file.Length; at++)
            {
                var changed = (byte[])file.Clone();
                BinaryPrimitives.WriteUInt32BigEndian(changed.AsSpan(at), length);
                if (IsRefused(changed, error, read)) refused++;
            }
        }

        return refused;
    }

    public static bool IsRefused(byte[] file, KerberosError error, Action<byte[]> read)
    {
        try
        {
            read(file);
            return false;
        }
        catch (KerberosException e)
        {
            Assert.Equal(error, e.Error);
            Assert.Contains("Next: ", e.Message, StringComparison.Ordinal);
            return true;
        }
    }

    /// <summary>xorshift: the tests need the same octets each time, not random ones.</summary>
    private static uint Next(ref uint state)
    {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        return state >> 3;
    }
}
