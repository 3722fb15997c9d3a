using GrpcKerberos.Protocol;

namespace GrpcKerberos.Testing;

/// <summary>How a <see cref="TestRealm"/> is set up.</summary>
public sealed class TestRealmOptions
{
    /// <summary>The KDC's clock: the system's unless set.</summary>
    public TimeProvider TimeProvider { get; set; } = TimeProvider.System;

    /// <summary>The longest a ticket is good for, 1 second to 366 days: 10 hours unless set.</summary>
    public TimeSpan TicketLifetime { get; set; } = TimeSpan.FromHours(10);

    /// <summary>Encryption types that are not built in, for <see cref="EncryptionTypes"/> and those of accounts to name.</summary>
    public IList<EncryptionTypeProvider> EncryptionTypeProviders { get; } = [];

    /// <summary>The encryption types of the realm's keys, best first: 20, 19, 18, 17 where none is added.</summary>
    public IList<EncryptionType> EncryptionTypes { get; } = [];
}
