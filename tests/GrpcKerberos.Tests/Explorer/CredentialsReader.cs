using Grpc.Core;

namespace GrpcKerberos.Tests.Explorer;

/// <summary>Takes out of call credentials what gRPC asks for each attempt.</summary>
internal sealed class CredentialsReader : CallCredentialsConfiguratorBase
{
    private AsyncAuthInterceptor? _found;

    public static AsyncAuthInterceptor Read(CallCredentials credentials)
    {
        var reader = new CredentialsReader();
        credentials.InternalPopulateConfiguration(reader, null);
        return reader._found!;
    }

    public override void SetAsyncAuthInterceptorCredentials(object? state, AsyncAuthInterceptor interceptor) => _found = interceptor;

    public override void SetCompositeCredentials(object? state, IReadOnlyList<CallCredentials> credentials) => throw new NotSupportedException();
}
