namespace GrpcKerberos.Protocol.ApExchange.Accept;

/// <summary>What to do with the channel binding of a GSS token.</summary>
internal enum ChannelBindingRequirement
{
    Ignore,
    WhenSent,
    Require,
}
