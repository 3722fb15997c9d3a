using System.Globalization;
using System.Runtime.CompilerServices;
using GrpcKerberos.Protocol.ApExchange.Accept;
using GrpcKerberos.Protocol.ApExchange.Replay;
using GrpcKerberos.Protocol.Credentials;
using GrpcKerberos.Protocol.Crypto;
using GrpcKerberos.Protocol.Messages;
using GrpcKerberos.Protocol.Registry;

namespace GrpcKerberos.Protocol.Tests.ApExchange;

/// <summary>An AP exchange that was recorded, as Vectors/README.md describes it, judged at the second of the recording.</summary>
internal sealed class Recording(string path)
{
    private readonly Dictionary<string, string> _values = Read(path);

    public static Recording OfMit(string name) => new($"mit-krb5/ap-exchange-{name}.txt");

    public string this[string field] => _values[field];

    public byte[] Octets(string field) => Convert.FromHexString(_values[field]);

    public uint Number(string field) => uint.Parse(_values[field], CultureInfo.InvariantCulture);

    public KerberosTime Seconds(string field) => new(DateTimeOffset.FromUnixTimeSeconds(Number(field)));

    public KerberosTime Time(string seconds, string microseconds) => Seconds(seconds).WithMicroseconds((int)Number(microseconds));

    public TicketSessionKey SessionKey() => new((EncryptionType)Number("session-key-etype"), Octets("session-key"));

    public Keytab Keytab()
    {
        var type = (EncryptionType)Number("service-key-etype");
        return new Keytab([new KeytabEntry(KerberosPrincipal.Parse(this["service"]), Number("kvno"), type, new LongTermKey(type, Octets("service-key")))]);
    }

    public ServiceTicket Ticket(Ticket ticket, TicketSessionKey key) => new(
        KerberosPrincipal.Parse(this["client"]), KerberosPrincipal.Parse(this["service"]), ticket, key, (TicketFlags)Number("ticket-flags"),
        Seconds("authtime"), Seconds("authtime"), Seconds("endtime"));

    public ApAcceptor Acceptor(TimeSpan later = default, AcceptorPolicy? policy = null)
    {
        var time = new LabTime();
        time.Set(Seconds("recorded").ToDateTimeOffset() - TimeSpan.FromMinutes(10));
        var acceptor = new ApAcceptor(policy ?? new AcceptorPolicy(), new MemoryReplayCache(time), new AcceptorClock(time), new ProcessSecret());
        time.Set(Seconds("recorded").ToDateTimeOffset() + later);
        return acceptor;
    }

    private static Dictionary<string, string> Read(string path, [CallerFilePath] string here = "")
    {
        var file = Path.Combine(Path.GetDirectoryName(here)!, "..", "Vectors", path);
        return File.ReadLines(file).Where(static l => l.Contains(" = ", StringComparison.Ordinal) && !l.StartsWith('#')).ToDictionary(static l => l[..l.IndexOf(' ')], static l => l[(l.IndexOf('=') + 2)..].Trim());
    }
}
