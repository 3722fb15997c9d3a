using Grpc.Core;
using Grpc.Core.Interceptors;
using GrpcKerberos.Client;

namespace GrpcKerberos;

/// <summary>Puts Kerberos in front of a channel or a call invoker, for all shapes of call, blocking ones too.</summary>
public static class KerberosChannelExtensions
{
    /// <summary>Calls by an identity of their own: without options that of the login (<c>kinit</c>).</summary>
    public static CallInvoker WithKerberos(this ChannelBase channel, KerberosClientOptions? options = null) =>
        channel.WithKerberos(new KerberosClientInterceptor(options ?? new KerberosClientOptions()));

    /// <summary>Calls by an identity that is shared with other channels.</summary>
    public static CallInvoker WithKerberos(this ChannelBase channel, KerberosClientInterceptor interceptor)
    {
        ArgumentNullException.ThrowIfNull(channel);
        return channel.CreateCallInvoker().WithKerberos(interceptor);
    }

    /// <summary>As for a channel, where there is only an invoker: in AddGrpcClient's ConfigureGrpcClientCreator.</summary>
    public static CallInvoker WithKerberos(this CallInvoker invoker, KerberosClientInterceptor interceptor)
    {
        ArgumentNullException.ThrowIfNull(invoker);
        ArgumentNullException.ThrowIfNull(interceptor);
        return new KerberosCallInvoker(invoker.Intercept(interceptor));
    }
}
