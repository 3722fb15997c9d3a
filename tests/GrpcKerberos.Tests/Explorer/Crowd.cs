using System.Globalization;
using System.Security.Cryptography;
using GrpcKerberos.Protocol;
using GrpcKerberos.Protocol.Crypto;
using GrpcKerberos.Protocol.Messages;
using GrpcKerberos.Protocol.Sessions;

namespace GrpcKerberos.Tests.Explorer;

/// <summary>Other clients, whose sessions push against ours. Nobody calls by them.</summary>
internal sealed class Crowd
{
    private static readonly SessionKeys s_keys = new(Subkey.Generate(EncryptionType.Aes256CtsHmacSha1), KeyOwner.Initiator);
    private int _count;

    /// <summary>A session of somebody who has none yet.</summary>
    public AcceptorSession NewSession(KerberosTime now)
    {
        SessionId.TryRead(RandomNumberGenerator.GetBytes(SessionId.Length), out var id);
        return new AcceptorSession(new SessionDescription
        {
            Id = id,
            Keys = s_keys,
            Window = new NumberWindow(0, 0),
            Client = KerberosPrincipal.Parse(string.Create(CultureInfo.InvariantCulture, $"user{_count++}@{World.Realm}")),
            Service = World.Service,
            KeyVersion = 1,
            TicketEncryptionType = EncryptionType.Aes256CtsHmacSha1,
            AuthTime = now,
            TicketEnds = now + TimeSpan.FromHours(10),
            Born = now,
        });
    }
}
