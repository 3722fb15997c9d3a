namespace GrpcKerberos.AspNetCore.SessionCalls;

/// <summary>The methods of grpckerberos.v1.SessionService. They are answered before any endpoint: nobody has to map them.</summary>
internal enum SessionMethod
{
    None,
    Establish,
    Close,
}
