#pragma warning disable
using GrpcKerberos.Protocol.Messages;
using System.Diagnostics.CodeAnalysis;
namespace GrpcKerberos.Protocol.Sessions;
internal enum NumberVerdict { Run, Repeat, Skew, Late, BelowFloor, OutOfRange }
internal sealed class NumberWindow(ulong floor, ulong highest) { public NumberVerdict Take(ulong number, KerberosTime now, bool isTimely, bool tokenHeldGood) => throw null!; }
internal sealed class AcceptorSession
{
    public SessionId Id {get;init;} public required SessionKeys Keys {get;init;} public NumberWindow Window {get;init;} public KerberosPrincipal Client {get;init;} public KerberosPrincipal Service{get;init;} public uint KeyVersion{get;init;} public EncryptionType TicketEncryptionType{get;init;}
    public KerberosTime AuthTime{get;init;} public KerberosTime TicketEnds{get;init;} public ReadOnlyMemory<byte> ChannelBinding{get;init;} public bool IsServerBound{get;init;}
    public object? State { get; set; }
    public KerberosTime Ends { get;init; } public KerberosTime LastUsed {get;init;}
    public bool IsLive(KerberosTime now) => true; public void Touch(KerberosTime now){} public void End(){} public void Revive(KerberosTime ends, KerberosTime now){} public CancellationToken EndedToken => default;
}
internal enum Admission { Added, Existing, StoreFull, ShareUsedUp, PrincipalEnded }
internal sealed class SessionCache(int capacity, TimeSpan maxClockSkew)
{
    public static readonly TimeSpan DefaultMaxLifetime = TimeSpan.FromHours(10);
    public int Count => 0;
    public bool TryFind(in SessionId id, [NotNullWhen(true)] out AcceptorSession? session) => throw null!;
    public Admission Add(AcceptorSession candidate, KerberosTime now, out AcceptorSession kept) => throw null!;
    public int End(KerberosPrincipal client, KerberosTime now) => 0; public bool IsEnded(KerberosPrincipal client, KerberosTime authTime) => false; public int EndWhere(Func<AcceptorSession, bool> hasEnded) => 0;
}
