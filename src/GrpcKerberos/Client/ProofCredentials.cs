using Grpc.Core;

namespace GrpcKerberos.Client;

/// <summary>Our call credentials beside the application's own, told by their type: where a call has them already, it goes through two of our interceptors.</summary>
/// <param name="others">The application's; null where it has none.</param>
/// <param name="prove">Ours.</param>
internal sealed class ProofCredentials(CallCredentials? others, AsyncAuthInterceptor prove) : CallCredentials
{
    public override void InternalPopulateConfiguration(CallCredentialsConfiguratorBase configurator, object? state)
    {
        if (others is null) configurator.SetAsyncAuthInterceptorCredentials(state, prove);
        else configurator.SetCompositeCredentials(state, [others, FromInterceptor(prove)]);
    }
}
