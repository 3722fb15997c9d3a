namespace GrpcKerberos.Protocol.Pac;

/// <summary>What is wrong with a PAC.</summary>
internal enum PacFault
{
    /// <summary>Its octets are not those of a PAC.</summary>
    Malformed,

    /// <summary>A signature that has to be there is absent, of another type than its key's, or not of these octets.</summary>
    Signature,

    /// <summary>It is of another client, of another ticket, or names two accounts.</summary>
    Mismatch,
}
