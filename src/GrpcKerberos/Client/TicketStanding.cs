namespace GrpcKerberos.Client;

/// <summary>How it stands with a ticket that is at hand.</summary>
/// <param name="RenewalFailure">Why it, or the login behind it, could not be renewed when that was last tried; null where it was not due or went well.</param>
/// <param name="KdcOffset">The KDC's clock less this host's, as it proved that; zero where it was in step.</param>
/// <param name="ClockSkew">What counts as in step.</param>
internal readonly record struct TicketStanding(Exception? RenewalFailure, TimeSpan KdcOffset, TimeSpan ClockSkew);
