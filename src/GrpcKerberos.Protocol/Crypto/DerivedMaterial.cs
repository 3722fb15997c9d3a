using System.Security.Cryptography;
using GrpcKerberos.Protocol.Registry;

namespace GrpcKerberos.Protocol.Crypto;

/// <summary>Derived keys that one key keeps: a list that only grows, read and extended without a lock.</summary>
/// <remarks>It is as long as the usages our own code names for one key, a handful.</remarks>
internal sealed class DerivedMaterial
{
    private Entry? _head;

    /// <summary>What is kept for this use, or nothing.</summary>
    public ReadOnlySpan<byte> Find(KeyUsage usage, KeyPurpose purpose) =>
        Find(Volatile.Read(ref _head), usage, purpose) is { } entry ? entry.Material : [];

    /// <summary>Keeps a copy, unless another thread was quicker with the same.</summary>
    public void Keep(KeyUsage usage, KeyPurpose purpose, ReadOnlySpan<byte> material)
    {
        var entry = new Entry(usage, purpose, material.ToArray());
        do
        {
            entry.Next = Volatile.Read(ref _head);
            if (Find(entry.Next, usage, purpose) is null) continue;
            CryptographicOperations.ZeroMemory(entry.Material);
            return;
        }
        while (Interlocked.CompareExchange(ref _head, entry, entry.Next) != entry.Next);
    }

    public void Clear()
    {
        for (var entry = Interlocked.Exchange(ref _head, null); entry is not null; entry = entry.Next)
            CryptographicOperations.ZeroMemory(entry.Material);
    }

    private static Entry? Find(Entry? entry, KeyUsage usage, KeyPurpose purpose)
    {
        while (entry is not null && (entry.Usage != usage || entry.Purpose != purpose))
            entry = entry.Next;
        return entry;
    }

    private sealed class Entry(KeyUsage usage, KeyPurpose purpose, byte[] material)
    {
        public KeyUsage Usage { get; } = usage;

        public KeyPurpose Purpose { get; } = purpose;

        public byte[] Material { get; } = material;

        public Entry? Next { get; set; }
    }
}
