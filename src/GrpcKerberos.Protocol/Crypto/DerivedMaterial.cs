using System.Security.Cryptography;
using GrpcKerberos.Protocol.Registry;

namespace GrpcKerberos.Protocol.Crypto;

/// <summary>Derived keys that one key keeps: a list that only grows, read and extended without a lock.</summary>
/// <remarks>
/// It is as long as the usages our own code names, a handful. Nothing is kept on the first use of a usage: a session key
/// is mostly used once for each, and what is not kept need not be allocated, nor zeroed later.
/// </remarks>
internal sealed class DerivedMaterial
{
    private Entry? _head;
    private ulong _used;

    /// <summary>What is kept for this use, or nothing.</summary>
    public ReadOnlySpan<byte> Find(KeyUsage usage, KeyPurpose purpose)
    {
        for (var entry = Volatile.Read(ref _head); entry is not null; entry = entry.Next)
        {
            if (entry.Usage == usage && entry.Purpose == purpose) return entry.Material;
        }
        return [];
    }

    /// <summary>Keeps a copy from the second use on.</summary>
    public void Offer(KeyUsage usage, KeyPurpose purpose, ReadOnlySpan<byte> material)
    {
        var bit = 1UL << ((((int)usage * 3) + (int)purpose) & 63);
        if ((Interlocked.Or(ref _used, bit) & bit) == 0) return;
        var entry = new Entry(usage, purpose, material.ToArray());
        do
        {
            entry.Next = Volatile.Read(ref _head);
            // Another thread was quicker with the same one.
            for (var other = entry.Next; other is not null; other = other.Next)
            {
                if (other.Usage != usage || other.Purpose != purpose) continue;
                CryptographicOperations.ZeroMemory(entry.Material);
                return;
            }
        }
        while (Interlocked.CompareExchange(ref _head, entry, entry.Next) != entry.Next);
    }

    public void Clear()
    {
        for (var entry = Interlocked.Exchange(ref _head, null); entry is not null; entry = entry.Next)
            CryptographicOperations.ZeroMemory(entry.Material);
    }

    private sealed class Entry(KeyUsage usage, KeyPurpose purpose, byte[] material)
    {
        public KeyUsage Usage { get; } = usage;

        public KeyPurpose Purpose { get; } = purpose;

        public byte[] Material { get; } = material;

        public Entry? Next { get; set; }
    }
}
