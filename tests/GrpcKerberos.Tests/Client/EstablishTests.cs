using Google.Protobuf;
using Grpc.Core;
using GrpcKerberos.Client;
using GrpcKerberos.Protocol;
using GrpcKerberos.Protocol.ApExchange.Accept;
using GrpcKerberos.Wire;
using Xunit;

namespace GrpcKerberos.Tests.Client;

/// <summary>Sessions established by a call of their own.</summary>
public class EstablishTests
{
    public static TheoryData<Shape> All => new(Enum.GetValues<Shape>());

    public static TheoryData<Shape, bool> AllOfBothKinds
    {
        get
        {
            var data = new TheoryData<Shape, bool>();
            foreach (var shape in Enum.GetValues<Shape>())
            {
                data.Add(shape, true);
                data.Add(shape, false);
            }

            return data;
        }
    }

    [Theory, MemberData(nameof(AllOfBothKinds))]
    public async Task Option_EstablishFirst_GoesBeforeTheFirstCall(Shape shape, bool isBound)
    {
        await using var scene = await ClientScene.StartAsync(settings: new ClientSettings { EstablishFirst = true }, portability: isBound ? Portability.Never : null);
        for (var i = 0; i < 2; i++) Assert.Equal(Calls.Words, await Calls.MakeAsync(scene.Invoker, shape));
        var establish = Assert.Single(scene.Server.Establishments).Received;
        Assert.Equal(EstablishMessage.Path, establish.Call!.Method);
        Assert.True(establish.Value!.Value.Token.IsEmpty);
        Assert.True(establish.HasToken);
        var carriesToken = !isBound && shape is (Shape.ClientStreaming or Shape.Duplex);
        Assert.Equal([carriesToken, carriesToken], scene.Server.Received.Select(static r => r.HasToken));
        Assert.All(scene.Server.Received, r => Assert.Equal(isBound, r.Accepted!.Session!.IsServerBound));
    }

    [Theory, MemberData(nameof(AllOfBothKinds))]
    public async Task Token_TooLargeForAHeader_GoesIntoABody(Shape shape, bool isBound)
    {
        await using var scene = await ClientScene.StartAsync(settings: new ClientSettings { MaxHeaderTokenBytes = 1024 }, portability: isBound ? Portability.Never : null);
        scene.UseLargeTickets();
        for (var i = 0; i < 2; i++) Assert.Equal(Calls.Words, await Calls.MakeAsync(scene.Invoker, shape));
        Assert.True(Assert.Single(scene.Server.Establishments).Received.Token.Length > 2000);
        Assert.Equal([false, false], scene.Server.Received.Select(static r => r.HasToken));
    }

    [Theory, MemberData(nameof(All))]
    public async Task Token_TooLargeAndManyCallsAtOnce_IsSentOnce(Shape shape)
    {
        await using var scene = await ClientScene.StartAsync(settings: new ClientSettings { MaxHeaderTokenBytes = 1024 });
        scene.UseLargeTickets();
        var allThere = new TaskCompletionSource();
        scene.Server.EstablishScript = async establish =>
        {
            await allThere.Task;
            await EstablishReceived.Answer(establish);
        };
        var calls = Enumerable.Range(0, 32).Select(_ => Calls.MakeAsync(scene.Invoker, shape)).ToArray();
        allThere.SetResult();
        await Task.WhenAll(calls);
        Assert.Single(scene.Server.Establishments);
        Assert.Single(scene.Server.Received.Select(static r => r.Proof.Session).Distinct());
    }

    [Theory, MemberData(nameof(All))]
    public async Task Token_TooLargeAndTheServerRestarted_IsEstablishedAnew(Shape shape)
    {
        await using var scene = await ClientScene.StartAsync(settings: new ClientSettings { MaxHeaderTokenBytes = 1024 });
        scene.UseLargeTickets();
        await Calls.MakeAsync(scene.Invoker, shape);
        scene.Server.Restart();
        // What cannot be sent twice meets the server once in vain; any other call brings its token and comes again under its own number.
        if (shape is Shape.ClientStreaming or Shape.Duplex) SessionTests.AssertUnknown(await Calls.FailAsync(scene.Invoker, shape));
        Assert.Equal(Calls.Words, await Calls.MakeAsync(scene.Invoker, shape));
        Assert.Equal(2, scene.Server.Establishments.Count);
        Assert.Equal(2, scene.Server.Greeter.Runs);
        var (refused, again) = (scene.Server.Received.ElementAt(1), scene.Server.Received.ElementAt(2));
        if (shape is not (Shape.ClientStreaming or Shape.Duplex)) Assert.Equal((refused.Number, false), (again.Number, again.HasToken));
    }

    [Theory, MemberData(nameof(All))]
    public async Task Token_TooLargeForAnOldServer_SaysSo(Shape shape)
    {
        await using var scene = await ClientScene.StartAsync(settings: new ClientSettings { MaxHeaderTokenBytes = 1024 });
        scene.UseLargeTickets();
        scene.Server.EstablishScript = Unimplemented;
        var failure = await Calls.FailAsync(scene.Invoker, shape);
        Assert.Equal(StatusCode.ResourceExhausted, failure.StatusCode);
        Assert.Equal(KerberosError.TokenTooLarge, failure.GetKerberosError());
        Assert.Matches(
            @"^The token for HTTP/localhost@TEST\.LOCAL has \d,\d{3} bytes, more than a header may carry \(1,024\), and the server does not answer grpckerberos\.v1\.SessionService\. Next: update it, or let the proxy pass that path\.$",
            failure.Status.Detail);
        Assert.Empty(scene.Server.Received);
    }

    [Theory, InlineData(Shape.ClientStreaming), InlineData(Shape.Duplex)]
    public async Task Stream_InClearToAnOldServer_CarriesItsToken(Shape shape)
    {
        await using var scene = await ClientScene.StartAsync(tls: false);
        scene.Server.EstablishScript = Unimplemented;
        Assert.Equal(Calls.Words, await Calls.MakeAsync(scene.Invoker, shape));
        Assert.True(Assert.Single(scene.Server.Received).HasToken);
    }

    [Theory, InlineData(Shape.ClientStreaming), InlineData(Shape.Duplex)]
    public async Task PathUnknownToAProxy_IsAsAnOldServer(Shape shape)
    {
        await using var scene = await ClientScene.StartAsync(tls: false);
        scene.Server.EstablishScript = NotFound;
        Assert.Equal(Calls.Words, await Calls.MakeAsync(scene.Invoker, shape));
        Assert.Single(scene.Server.Establishments);
    }

    [Theory, MemberData(nameof(All))]
    public async Task Option_EstablishFirst_SendsNothingWhereItIsNotOffered(Shape shape)
    {
        await using var scene = await ClientScene.StartAsync(settings: new ClientSettings { EstablishFirst = true });
        foreach (var script in new[] { NotFound, Unimplemented })
        {
            scene.Server.EstablishScript = script;
            CallShapeTests.AssertOurs(
                await Calls.FailAsync(scene.Invoker, shape), KerberosError.ServerNotProven, "HTTP/localhost@TEST.LOCAL does not answer grpckerberos.v1.SessionService, so it cannot prove itself");
        }

        Assert.Empty(scene.Server.Received);
        scene.Server.EstablishScript = EstablishReceived.Answer;
        Assert.Equal(Calls.Words, await Calls.MakeAsync(scene.Invoker, shape));
    }

    public static TheoryData<string, bool> Answers
    {
        get
        {
            var data = new TheoryData<string, bool>();
            string[] all =
            [
                "as it is", "no proof", "two proofs", "bent mic", "token in the header", "no KRB_AP_REP", "bent KRB_AP_REP", "KRB_AP_REP of another attempt",
                "another session", "no session", "long session", "garbage", "nothing", "too large",
            ];
            foreach (var what in all)
            {
                data.Add(what, true);
                data.Add(what, false);
            }

            data.Add("K's session", true);
            return data;
        }
    }

    [Theory, MemberData(nameof(Answers))]
    public async Task Answer_OneThingChanged_IsNotProven(string what, bool isBound)
    {
        await using var scene = await ClientScene.StartAsync(settings: new ClientSettings { EstablishFirst = true }, portability: isBound ? Portability.Never : null);
        byte[]? other = null;
        if (what.EndsWith("another attempt", StringComparison.Ordinal))
        {
            scene.Server.EstablishScript = establish =>
            {
                other = establish.Received.Accepted!.ApRep;
                return establish.SendAsync(null, []);
            };
            await Calls.FailAsync(scene.Invoker, Shape.Unary);
            // Else the session is known, and the answer has no KRB_AP_REP.
            scene.Server.Restart();
        }

        scene.Server.EstablishScript = establish => SendChangedAsync(establish, what, other);
        if (what == "as it is")
        {
            Assert.Equal(Calls.Words, await Calls.MakeAsync(scene.Invoker, Shape.Unary));
            return;
        }

        foreach (var shape in Enum.GetValues<Shape>())
        {
            CallShapeTests.AssertOurs(await Calls.FailAsync(scene.Invoker, shape), KerberosError.ServerNotProven, "HTTP/localhost@TEST.LOCAL answered without proving");
            scene.Server.Restart();
        }

        Assert.Empty(scene.Server.Received);
        scene.Server.EstablishScript = EstablishReceived.Answer;
        Assert.Equal(Calls.Words, await Calls.MakeAsync(scene.Invoker, Shape.Unary));
    }

    [Theory, MemberData(nameof(All))]
    public async Task Skew_Proved_IsCorrectedOnce(Shape shape)
    {
        var clock = new ShiftedTime(TimeSpan.FromMinutes(10));
        await using var scene = await ClientScene.StartAsync(settings: new ClientSettings { EstablishFirst = true }, serverClock: clock);
        Assert.Equal(Calls.Words, await Calls.MakeAsync(scene.Invoker, shape));
        Assert.Equal(2, scene.Server.Establishments.Count);
        Assert.Single(scene.Server.Received);
    }

    [Theory, MemberData(nameof(All))]
    public async Task Skew_AfterOneCorrectionToo_Fails(Shape shape)
    {
        var clock = new ShiftedTime(TimeSpan.FromMinutes(10));
        await using var scene = await ClientScene.StartAsync(settings: new ClientSettings { EstablishFirst = true }, serverClock: clock);
        scene.Server.EstablishScript = establish =>
        {
            clock.Shift += TimeSpan.FromMinutes(10);
            return EstablishReceived.Answer(establish);
        };
        CallShapeTests.AssertOurs(await Calls.FailAsync(scene.Invoker, shape), KerberosError.ClockSkew, "This host's clock is ");
        Assert.Equal(2, scene.Server.Establishments.Count);
        Assert.Empty(scene.Server.Received);
    }

    [Theory]
    [InlineData("SKEW", StatusCode.Unauthenticated, KerberosError.ServerNotProven)]
    [InlineData("REPEAT", StatusCode.Unauthenticated, KerberosError.ServerNotProven)]
    [InlineData("PROVE", StatusCode.Unauthenticated, KerberosError.ServerNotProven)]
    [InlineData("SESSION_UNKNOWN", StatusCode.Unavailable, KerberosError.SessionUnknown)]
    [InlineData("TICKET_REFUSED", StatusCode.Unauthenticated, KerberosError.TicketRefused)]
    public async Task Refusal_Unproved_EndsTheCallThatWaited(string name, StatusCode status, KerberosError error)
    {
        await using var scene = await ClientScene.StartAsync(settings: new ClientSettings { EstablishFirst = true });
        scene.Server.EstablishScript = establish =>
        {
            establish.Received.EndWith(16, $"Kerberos error={name}");
            return Task.CompletedTask;
        };
        foreach (var shape in Enum.GetValues<Shape>())
        {
            var failure = await Calls.FailAsync(scene.Invoker, shape);
            Assert.Equal(status, failure.StatusCode);
            Assert.Equal(error, failure.GetKerberosError());
            Assert.Empty(failure.Trailers);
        }

        Assert.Equal(5, scene.Server.Establishments.Count);
        Assert.Empty(scene.Server.Received);
        Assert.Equal(error == KerberosError.TicketRefused ? 1 : 0, scene.Tickets.Forgotten);
    }

    [Theory]
    [InlineData(StatusCode.Unavailable, null)]
    [InlineData(StatusCode.NotFound, KerberosError.ServerNotProven)]
    public async Task Status_WithoutProof_PassesOnlyWhereProxiesMakeIt(StatusCode status, KerberosError? error)
    {
        await using var scene = await ClientScene.StartAsync(settings: new ClientSettings { EstablishFirst = true });
        scene.Server.EstablishScript = establish =>
        {
            establish.Received.EndWith((int)status);
            return Task.CompletedTask;
        };
        var failure = await Calls.FailAsync(scene.Invoker, Shape.Duplex);
        Assert.Equal(error, failure.GetKerberosError());
        Assert.Equal(error is null ? status : StatusCode.Unauthenticated, failure.StatusCode);
    }

    [Theory]
    [InlineData(false, true)]
    [InlineData(true, false)]
    public async Task Proof_Absent_PassesWhereMutualAuthenticationIsOff(bool isMutual, bool passes)
    {
        await using var scene = await ClientScene.StartAsync(tls: false, settings: new ClientSettings { RequireMutualAuthentication = isMutual });
        scene.Server.EstablishScript = static establish => establish.SendAsync(null, establish.Body().ToByteArray());
        if (passes) Assert.Equal(Calls.Words, await Calls.MakeAsync(scene.Invoker, Shape.Duplex));
        else Assert.Equal(KerberosError.ServerNotProven, (await Calls.FailAsync(scene.Invoker, Shape.Duplex)).GetKerberosError());
        Assert.All(scene.Server.Received, static r => Assert.True(r.HasToken));
    }

    [Theory, MemberData(nameof(All))]
    public async Task Caller_WhoGivesUp_HarmsNobodyElse(Shape shape)
    {
        await using var scene = await ClientScene.StartAsync(settings: new ClientSettings { EstablishFirst = true });
        var release = new TaskCompletionSource();
        var reached = new TaskCompletionSource();
        scene.Server.EstablishScript = async establish =>
        {
            reached.SetResult();
            await release.Task;
            await EstablishReceived.Answer(establish);
        };
        using var cancellation = new CancellationTokenSource();
        var first = Calls.FailAsync(scene.Invoker, shape, new CallOptions(cancellationToken: cancellation.Token));
        await reached.Task.WaitAsync(TimeSpan.FromSeconds(30));
        var second = Calls.MakeAsync(scene.Invoker, shape);
        await cancellation.CancelAsync();
        Assert.Equal(StatusCode.Cancelled, (await first).StatusCode);
        release.SetResult();
        Assert.Equal(Calls.Words, await second);
        Assert.Single(scene.Server.Establishments);
    }

    [Fact]
    public async Task Messages_OfAnyType_CanCarryIt()
    {
        await using var scene = await ClientScene.StartAsync(settings: new ClientSettings { EstablishFirst = true });
        await EstablishAsync<string, byte[]>(scene, Marshallers.StringMarshaller, Marshallers.Create(static b => b, static b => b));
        scene.RenewTicket();
        await EstablishAsync<byte[], string>(scene, Marshallers.Create(static b => b, static b => b), Marshallers.StringMarshaller);
        Assert.All(scene.Server.Establishments, static e => Assert.NotNull(e.Received.Accepted));
        // There is no instance of these to be had, so nothing goes.
        scene.RenewTicket();
        await EstablishAsync<Stream, Stream>(scene, Marshallers.Create(static _ => [], static _ => Stream.Null), Marshallers.Create(static _ => [], static _ => Stream.Null));
        scene.RenewTicket();
        await EstablishAsync<string, Stream>(scene, Marshallers.StringMarshaller, Marshallers.Create(static _ => [], static _ => Stream.Null));
        Assert.Equal(2, scene.Server.Establishments.Count);
        Assert.Equal(2, scene.Server.Received.Count);
    }

    /// <summary>A call of a method the server does not have: what matters went before.</summary>
    private static async Task EstablishAsync<TRequest, TResponse>(ClientScene scene, Marshaller<TRequest> requests, Marshaller<TResponse> responses)
        where TRequest : class
        where TResponse : class
    {
        var method = new Method<TRequest, TResponse>(MethodType.DuplexStreaming, "a.B", "C", requests, responses);
        using var call = scene.Invoker.AsyncDuplexStreamingCall(method, null, default);
        await Assert.ThrowsAsync<RpcException>(() => call.ResponseStream.MoveNext(CancellationToken.None));
    }

    private static Task NotFound(EstablishReceived establish)
    {
        establish.Received.Context.Response.StatusCode = 404;
        return Task.CompletedTask;
    }

    private static Task Unimplemented(EstablishReceived establish)
    {
        establish.Received.EndWith((int)StatusCode.Unimplemented);
        return Task.CompletedTask;
    }

    private static async Task SendChangedAsync(EstablishReceived establish, string what, byte[]? other)
    {
        var body = establish.Body();
        var proof = establish.Proof!.Value;
        if (what == "two proofs")
        {
            establish.Received.Context.Response.Headers[KerberosMetadata.AuthenticationInfo] = new[] { proof.Format(), proof.Format() };
            await establish.SendAsync(null, body.ToByteArray());
            return;
        }

        body.Token = what switch
        {
            "no KRB_AP_REP" => ByteString.Empty,
            "bent KRB_AP_REP" => Bent(body.Token),
            "KRB_AP_REP of another attempt" => ByteString.CopyFrom(other),
            _ => body.Token,
        };
        body.Session = what switch
        {
            "another session" => Bent(body.Session),
            "no session" => ByteString.Empty,
            "long session" => ByteString.CopyFrom([.. body.Session.Span, 0]),
            "K's session" => ByteString.CopyFrom(establish.Received.Proof.Session.ToArray()),
            _ => body.Session,
        };
        var mic = proof.Mic.ToArray();
        mic[^1] ^= 1;
        AnswerValue? sent = what switch
        {
            "no proof" => null,
            "bent mic" => new AnswerValue(new Protocol.Sessions.Mic(mic), default),
            "token in the header" => proof with { Token = body.Token.Memory },
            _ => proof,
        };
        await establish.SendAsync(sent, what switch
        {
            "garbage" => [0xFF, 0xFF, 0xFF],
            "nothing" => [],
            "too large" => [.. body.ToByteArray(), .. new EstablishResponse { Token = ByteString.CopyFrom(new byte[96 * 1024]) }.ToByteArray(), .. body.ToByteArray()],
            _ => body.ToByteArray(),
        });
    }

    private static ByteString Bent(ByteString octets)
    {
        var bent = octets.ToByteArray();
        bent[^1] ^= 1;
        return ByteString.CopyFrom(bent);
    }
}
