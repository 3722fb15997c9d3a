using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using GrpcKerberos.Protocol.Messages;
using GrpcKerberos.Protocol.Pac;
using GrpcKerberos.Protocol.Sessions;
using Xunit;

namespace GrpcKerberos.Protocol.Tests.Sessions;

/// <summary>A store of sessions and a time that only the test moves. Sessions are good unless the test changes them.</summary>
internal sealed class SessionLab(int capacity = 64)
{
    public static readonly TimeSpan Skew = TimeSpan.FromMinutes(5);

    /// <summary>The shortest time of no use after which a session is idle.</summary>
    public static readonly TimeSpan Idle = (2 * Skew) + TimeSpan.FromMicroseconds(1);

    private int _made;

    public KerberosTime Now { get; set; } = At(0);

    public SessionCache Cache { get; } = new(capacity, Skew);

    /// <summary>Any day's noon and so many seconds.</summary>
    public static KerberosTime At(double seconds) => new KerberosTime(new DateTimeOffset(2026, 11, 22, 12, 0, 0, TimeSpan.Zero)) + TimeSpan.FromSeconds(seconds);

    /// <summary>A new object of an equal name each time, as each ticket gives one.</summary>
    public static KerberosPrincipal Principal(string name) => KerberosPrincipal.Parse(name + "@TEST.LOCAL");

    public static SessionId Id(int number)
    {
        var octets = new byte[SessionId.Length];
        BinaryPrimitives.WriteInt32BigEndian(octets, number);
        Assert.True(SessionId.TryRead(octets, out var id));
        return id;
    }

    public AcceptorSession Session(string client = "alice", int? id = null, KerberosTime? authTime = null, KerberosTime? ticketEnds = null, CallerData? data = null) => new(new SessionDescription
    {
        Id = Id(id ?? Interlocked.Increment(ref _made)),
        // Only stored here, never used.
        Keys = (SessionKeys)RuntimeHelpers.GetUninitializedObject(typeof(SessionKeys)),
        Window = new NumberWindow(100, 100),
        Client = Principal(client),
        Service = Principal("HTTP/orders"),
        KeyVersion = 1,
        TicketEncryptionType = EncryptionType.Aes256CtsHmacSha384,
        Data = data,
        AuthTime = authTime ?? Now - TimeSpan.FromHours(1),
        TicketEnds = ticketEnds ?? Now + TimeSpan.FromDays(1),
        Born = Now,
    });

    public Admission Add(AcceptorSession session) => Cache.Add(session, Now, out _);

    public Admission Add(string client) => Add(Session(client));

    /// <summary>Adds one that must find room.</summary>
    public AcceptorSession Added(string client = "alice", KerberosTime? authTime = null)
    {
        var session = Session(client, authTime: authTime);
        Assert.Equal(Admission.Added, Cache.Add(session, Now, out var kept));
        Assert.Same(session, kept);
        return session;
    }

    /// <summary>Adds sessions of one client until it is refused; how many were added, and why no more.</summary>
    public (int Added, Admission Refusal) Flood(string client)
    {
        for (var added = 0; ; added++)
        {
            var admission = Add(client);
            if (admission != Admission.Added) return (added, admission);
            Assert.True(added < 100_000);
        }
    }

    public bool Has(AcceptorSession session) => Cache.TryFind(session.Id, out var found) && ReferenceEquals(found, session);

    public NumberVerdict Take(AcceptorSession session, ulong number) => session.Window.Take(number, Now, isTimely: true, tokenHeldGood: false);

    public void Pass(TimeSpan time) => Now += time;
}
