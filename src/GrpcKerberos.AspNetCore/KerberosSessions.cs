using GrpcKerberos.AspNetCore.Acceptors;
using GrpcKerberos.Protocol;

namespace GrpcKerberos.AspNetCore;

/// <summary>The sessions this process knows. Take it from dependency injection; AddKerberos adds it.</summary>
public sealed class KerberosSessions
{
    private readonly SchemeAcceptors _acceptors;

    internal KerberosSessions(SchemeAcceptors acceptors) => _acceptors = acceptors;

    /// <summary>Sessions known now, in all schemes.</summary>
    public int Count => _acceptors.Made.Sum(static a => a.Sessions.Count);

    /// <summary>
    /// Ends all sessions of a principal in this process, and takes no ticket of it any more whose login was not after this moment: an account was disabled,
    /// or lost rights that its ticket still shows. Streams end as <see cref="KerberosAuthenticationOptions.ExpiredStreams"/> says.
    /// Other processes are not told: call it in each. It is forgotten with the process.
    /// </summary>
    /// <param name="principal">The client, exactly as its tickets name it: <c>alice@CORP.EXAMPLE</c>.</param>
    /// <returns>How many sessions ended, in all schemes.</returns>
    /// <exception cref="ArgumentNullException">There is no principal.</exception>
    public int End(KerberosPrincipal principal)
    {
        ArgumentNullException.ThrowIfNull(principal);
        return _acceptors.Made.Sum(a => a.Sessions.End(principal, a.Current.Calls.Now()));
    }
}
