using GrpcKerberos.Protocol;
using GrpcKerberos.Protocol.Credentials;
using GrpcKerberos.Protocol.Messages;

namespace GrpcKerberos.Testing.Tickets;

/// <summary>Tickets without a KDC: sealed with <see cref="TestKeys"/>, each as good as a real one until the test changes it.</summary>
internal sealed class TestTickets(TestKeys keys, TimeProvider? timeProvider = null)
{
    private readonly TimeProvider _timeProvider = timeProvider ?? TimeProvider.System;

    /// <summary>From authtime to endtime.</summary>
    public TimeSpan Lifetime { get; init; } = TimeSpan.FromHours(10);

    /// <summary>A ticket for a service whose key is in the keys; the change is made before it is sealed.</summary>
    public ServiceTicket IssueTicket(KerberosPrincipal client, KerberosPrincipal service, Action<TicketTemplate>? change = null)
    {
        var now = new KerberosTime(_timeProvider.GetUtcNow());
        var template = new TicketTemplate(client, service, now, Lifetime, (type, keyVersion) => keys.Find(service, type, keyVersion));
        change?.Invoke(template);
        return template.Issue();
    }

    /// <summary>As <see cref="IssueTicket(KerberosPrincipal, KerberosPrincipal, Action{TicketTemplate}?)"/>, the names as text with their realms.</summary>
    public ServiceTicket IssueTicket(string client, string service, Action<TicketTemplate>? change = null) =>
        IssueTicket(KerberosPrincipal.Parse(client), KerberosPrincipal.Parse(service), change);
}
