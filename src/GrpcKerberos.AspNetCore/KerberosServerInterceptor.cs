using Grpc.Core;
using Grpc.Core.Interceptors;
using GrpcKerberos.AspNetCore.Acceptors;
using GrpcKerberos.AspNetCore.Calls;
using GrpcKerberos.AspNetCore.Identity;
using GrpcKerberos.AspNetCore.Streams;
using GrpcKerberos.Wire;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http;

namespace GrpcKerberos.AspNetCore;

/// <summary>
/// Lets no gRPC call run without its proof, whatever [Authorize] says or forgets to say. AddKerberos puts it first; it judges nothing itself,
/// the authentication handler has done so or does it here, once.
/// </summary>
public sealed class KerberosServerInterceptor : Interceptor
{
    private readonly KerberosScheme[] _schemes;
    private readonly SchemeAcceptors _acceptors;

    internal KerberosServerInterceptor(IEnumerable<KerberosScheme> schemes, SchemeAcceptors acceptors)
    {
        _schemes = [.. schemes];
        _acceptors = acceptors;
    }

    /// <inheritdoc/>
    public override Task<TResponse> UnaryServerHandler<TRequest, TResponse>(
        TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation) =>
        RunAsync(context, (request, continuation), static (s, c) => s.continuation(s.request, c));

    /// <inheritdoc/>
    public override Task<TResponse> ClientStreamingServerHandler<TRequest, TResponse>(
        IAsyncStreamReader<TRequest> requestStream, ServerCallContext context, ClientStreamingServerMethod<TRequest, TResponse> continuation) =>
        RunStreamAsync(context, (requestStream, continuation), static (s, watch, c) => s.continuation(watch?.Watch(s.requestStream) ?? s.requestStream, c));

    /// <inheritdoc/>
    public override Task ServerStreamingServerHandler<TRequest, TResponse>(
        TRequest request, IServerStreamWriter<TResponse> responseStream, ServerCallContext context, ServerStreamingServerMethod<TRequest, TResponse> continuation) =>
        RunStreamAsync(
            context,
            (request, responseStream, continuation),
            static (s, watch, c) => WithResult(s.continuation(s.request, watch?.Watch(s.responseStream) ?? s.responseStream, c)));

    /// <inheritdoc/>
    public override Task DuplexStreamingServerHandler<TRequest, TResponse>(
        IAsyncStreamReader<TRequest> requestStream,
        IServerStreamWriter<TResponse> responseStream,
        ServerCallContext context,
        DuplexStreamingServerMethod<TRequest, TResponse> continuation) =>
        RunStreamAsync(
            context,
            (requestStream, responseStream, continuation),
            static (s, watch, c) => WithResult(s.continuation(watch?.Watch(s.requestStream) ?? s.requestStream, watch?.Watch(s.responseStream) ?? s.responseStream, c)));

    private static async Task<bool> WithResult(Task task)
    {
        await task.ConfigureAwait(false);
        return true;
    }

    private async Task<TResult> RunAsync<TState, TResult>(ServerCallContext context, TState state, Func<TState, ServerCallContext, Task<TResult>> handler)
    {
        await AdmitAsync(context.GetHttpContext()).ConfigureAwait(false);
        return await RunAdmittedAsync(context, state, handler).ConfigureAwait(false);
    }

    private async Task<TResult> RunStreamAsync<TState, TResult>(ServerCallContext context, TState state, Func<TState, StreamWatch?, ServerCallContext, Task<TResult>> handler)
    {
        var verdict = await AdmitAsync(context.GetHttpContext()).ConfigureAwait(false);
        var scheme = verdict is null ? null : await _acceptors.GetAsync(verdict.Scheme).ConfigureAwait(false);
        if (verdict?.Proved?.Session is not { } session || scheme!.Live.ExpiredStreams == ExpiredStreamPolicy.Keep)
            return await RunAdmittedAsync(context, (state, handler), static (s, c) => s.handler(s.state, null, c)).ConfigureAwait(false);
        var watch = new StreamWatch(scheme, session, context);
        return await watch.RunAsync(
            (state, watch, handler), static (s, c) => RunAdmittedAsync(c, s, static (s, c) => s.handler(s.state, s.watch, c))).ConfigureAwait(false);
    }

    private static async Task<TResult> RunAdmittedAsync<TState, TResult>(ServerCallContext context, TState state, Func<TState, ServerCallContext, Task<TResult>> handler)
    {
        try
        {
            return await handler(state, context).ConfigureAwait(false);
        }
        catch (RpcException e) when (ForeignProofs.Clean(e))
        {
            throw;
        }
        finally
        {
            ForeignProofs.RemoveFrom(context.ResponseTrailers);
        }
    }

    /// <summary>What the call's proof came to; null where it runs without.</summary>
    private async ValueTask<CallVerdict?> AdmitAsync(HttpContext context)
    {
        var verdict = await VerdictAsync(context).ConfigureAwait(false);
        if (verdict?.Refusal is { } refusal) throw RefusedResponse.Exception(refusal);
        if (verdict?.Proved?.Session is not null) return verdict;
        if (context.User.Identity is { IsAuthenticated: true }) return null;
        if (context.GetEndpoint()?.Metadata.GetMetadata<IAllowAnonymous>() is not null) return null;
        if (await FirstThatRequiresUserAsync().ConfigureAwait(false) is not { } scheme) return null;
        var missing = Missing(context, scheme);
        RequestSpan.Refused(context, missing);
        scheme.Log.Refused(missing, GrpcRequest.Method(context));
        throw RefusedResponse.Exception(missing);
    }

    private static CallRefusal Missing(HttpContext context, SchemeAcceptor scheme)
    {
        if (GrpcRequest.Is(context.Request))
            return CallRefusal.Missing(CallHeader.OtherScheme(context.Request.Headers.Authorization), scheme.Live.AcceptNegotiate);
        // JSON transcoding makes status 401 of the exception, and passes no trailers on: without a challenge that is no answer (RFC 9110 section 11.6.1).
        var refusal = CallRefusal.NotGrpc();
        context.Response.Headers.Append(KerberosMetadata.WwwAuthenticate, refusal.Challenge);
        return refusal;
    }

    /// <summary>The authentication middleware's, where it ran for our scheme; else made now, by the first scheme that has the key.</summary>
    private async ValueTask<CallVerdict?> VerdictAsync(HttpContext context)
    {
        foreach (var scheme in _schemes)
        {
            if (context.Features.Get<CallVerdict>() is { IsFinal: true }) break;
            await context.AuthenticateAsync(scheme.Name).ConfigureAwait(false);
        }

        if (context.Features.Get<CallVerdict>() is not { } verdict) return null;
        if (verdict.MayRun && !KerberosPrincipals.IsIn(context.User))
        {
            var result = await context.AuthenticateAsync(verdict.Scheme).ConfigureAwait(false);
            if (result.Succeeded) context.User = KerberosPrincipals.Merge(result.Principal, context.User);
        }

        return verdict;
    }

    private async ValueTask<SchemeAcceptor?> FirstThatRequiresUserAsync()
    {
        foreach (var scheme in _schemes)
        {
            var acceptor = await _acceptors.GetAsync(scheme.Name).ConfigureAwait(false);
            if (acceptor.Live.RequireAuthenticatedUser) return acceptor;
        }

        return null;
    }
}
