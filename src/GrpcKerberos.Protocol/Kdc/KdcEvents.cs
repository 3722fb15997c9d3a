using GrpcKerberos.Protocol.Credentials;
using GrpcKerberos.Protocol.Registry;

namespace GrpcKerberos.Protocol.Kdc;

/// <summary>What an operator wants to hear of; this folder knows no logger.</summary>
/// <remarks>Handlers run on the thread it happens on and must not throw.</remarks>
internal sealed record KdcEvents
{
    public static KdcEvents None { get; } = new();

    /// <summary>A ticket came out of an AS or TGS exchange: from which KDC, after how long.</summary>
    public Action<ServiceTicket, KdcAddress, TimeSpan>? TicketObtained { get; init; }

    /// <summary>A KDC was asked: for which reply, for how long, and the name of what went wrong, which is one of few; null where nothing did.</summary>
    public Action<KdcAddress, MessageType, TimeSpan, string?>? KdcAsked { get; init; }

    /// <summary>A KDC gave no usable answer and the next one is asked: <c>refused</c>, <c>silent</c>, …</summary>
    public Action<KdcAddress, string>? KdcFailed { get; init; }

    /// <summary>The KDC's clock less this host's, learnt from that KDC.</summary>
    public Action<TimeSpan, KdcAddress>? ClockCorrected { get; init; }

    /// <summary>A ticket that still lives could not be renewed; the delay until the next try.</summary>
    public Action<ServiceTicket, Exception, TimeSpan>? RenewalFailed { get; init; }
}
