using Grpc.AspNetCore.Server;
using Microsoft.Extensions.Options;

namespace GrpcKerberos.AspNetCore.Settings;

/// <summary>Puts our interceptor before all others, once: none may act for a caller that has not proved itself.</summary>
internal sealed class InterceptorFirst : IPostConfigureOptions<GrpcServiceOptions>
{
    public void PostConfigure(string? name, GrpcServiceOptions options)
    {
        var interceptors = options.Interceptors;
        for (var i = interceptors.Count - 1; i >= 0; i--)
        {
            if (interceptors[i].Type == typeof(KerberosServerInterceptor)) interceptors.RemoveAt(i);
        }

        interceptors.Add<KerberosServerInterceptor>();
        var ours = interceptors[^1];
        interceptors.RemoveAt(interceptors.Count - 1);
        interceptors.Insert(0, ours);
    }
}
