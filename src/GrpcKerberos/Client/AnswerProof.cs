using Grpc.Core;
using GrpcKerberos.Wire;

namespace GrpcKerberos.Client;

/// <summary>Whether response headers prove the server, and what such an answer teaches.</summary>
internal static class AnswerProof
{
    /// <summary>Whether they answer one of the attempts. Such an answer has run; nothing else in it is looked at.</summary>
    public static bool Proves(Metadata headers, AttemptCredentials attempts)
    {
        if (!OwnMetadata.TryGetOne(headers, KerberosMetadata.AuthenticationInfo, out var text) || !AnswerValue.TryParse(text, out var answer)) return false;
        if (!attempts.TryFindAnswered(answer, out var answered, out var reply)) return false;
        // One that asserts a key of its own proves itself by K, and takes no other call by it.
        if (answered.Bound is null && reply?.AcceptorSubkey is null) answered.Peer.MarkPortable(answered.Session);
        // Only a correction under trial is kept: an older call must not bring back what was corrected since.
        if (attempts.Offset is not null || answered.Peer.IsProposed(answered.Offset))
        {
            answered.Peer.Keep(answered.Offset);
            attempts.Client.Log.ClockOffset(answered.Offset, answered.Peer.Service);
        }

        attempts.ForgetAll();
        return true;
    }
}
