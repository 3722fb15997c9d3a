using Greeter.V1;
using Grpc.Core;
using Grpc.Net.Client;
using GrpcKerberos.Protocol.ApExchange.Initiate;
using GrpcKerberos.Protocol.Credentials;
using GrpcKerberos.Wire;
using Xunit;

namespace GrpcKerberos.Tests.AspNetCore;

/// <summary>Calls with metadata made by hand, so that a test can spoil any part of it.</summary>
internal sealed class RawClient(GrpcChannel channel, ServiceTicket ticket, TimeProvider time)
{
    public const string SayHello = "/greeter.v1.Greeter/SayHello";

    public InitiatorSession Session { get; } = new(ticket, new AuthenticatorClock(time), mutual: true);

    public ServiceTicket Ticket => ticket;

    public Greeter.V1.Greeter.GreeterClient Stub { get; } = new(channel);

    public PreparedCall Prepare(string method = SayHello) => Session.Prepare(method, TimeSpan.Zero);

    public static string Value(PreparedCall call) => new AuthorizationValue(call.Proof, call.Token?.Encoded ?? default).Format();

    public static Metadata Headers(params string[] values)
    {
        var metadata = new Metadata();
        foreach (var value in values) metadata.Add("authorization", value);
        return metadata;
    }

    /// <summary>A good call; its answer must prove the server.</summary>
    public async Task<HelloReply> CallAsync()
    {
        var call = Prepare();
        var outcome = await SendAsync(Value(call));
        Assert.Equal(StatusCode.OK, outcome.Status.StatusCode);
        Assert.True(outcome.Proves(call));
        return outcome.Reply!;
    }

    /// <summary>SayHello with these authorization values, whatever comes of it.</summary>
    public Task<Outcome> SendAsync(params string[] values) => SendAsync(Headers(values));

    public async Task<Outcome> SendAsync(Metadata headers)
    {
        using var call = Stub.SayHelloAsync(new HelloRequest { Name = "x" }, headers);
        HelloReply? reply = null;
        Metadata? failureTrailers = null;
        try
        {
            reply = await call;
        }
        catch (RpcException e)
        {
            failureTrailers = e.Trailers;
        }

        return new Outcome(call.GetStatus(), await call.ResponseHeadersAsync, failureTrailers ?? call.GetTrailers(), reply);
    }
}
