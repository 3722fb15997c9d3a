using GrpcKerberos.AspNetCore.Acceptors;
using GrpcKerberos.Testing.Tickets;
using Microsoft.Extensions.DependencyInjection;

namespace GrpcKerberos.Tests.AspNetCore;

/// <summary>A server whose keytab comes from LoadKeytab, which a test can change, hold up or break. It begins with version 1.</summary>
internal sealed class VaultScene : IAsyncDisposable
{
    private readonly TaskCompletionSource _reading = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<KeytabChange> _changes = [];
    private TaskCompletionSource? _held;
    private TestKeys _offered;
    private int _loads;

    public VaultScene()
    {
        _offered = First;
        App = new TestServerApp
        {
            Options = o => o.LoadKeytab = _ => LoadAsync(),
            Services = static (a, s) =>
            {
                s.AddAuthentication().AddKerberos(a.Configure);
                s.AddHealthChecks().AddKerberosKeytab();
            },
        };
    }

    public TestServerApp App { get; }

    public TestKeys First { get; } = new TestKeys().Add(TestServerApp.Service, 1);

    public TestKeys Second { get; } = new TestKeys().Add(TestServerApp.Service, 2);

    public TestKeys All => KeytabScene.Join(First, Second);

    /// <summary>Thrown by the readings to come.</summary>
    public Exception? Failure { get; set; }

    public IReadOnlyList<KeytabChange> Changes => _changes;

    /// <summary>Readings after that of the start.</summary>
    public int Reloads => Volatile.Read(ref _loads) - 1;

    /// <summary>Completes once a reading is held up.</summary>
    public Task Reading => _reading.Task;

    public async Task<VaultScene> StartAsync()
    {
        await App.StartAsync();
        (await App.App.Services.GetRequiredService<SchemeAcceptors>().GetAsync("Kerberos")).Keeper.Changed += _changes.Add;
        return this;
    }

    public void Offer(TestKeys keys) => _offered = keys;

    public void Hold() => _held = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Release() => _held!.SetResult();

    /// <summary>A client whose ticket is sealed with the key of one version.</summary>
    public RawClient Client(uint version) =>
        new(App.Channel(), new TestTickets(version == 1 ? First : Second, App.Time).IssueTicket(TestServerApp.Alice, TestServerApp.Service), App.Time);

    public ValueTask DisposeAsync() => App.DisposeAsync();

    private async ValueTask<ReadOnlyMemory<byte>> LoadAsync()
    {
        Interlocked.Increment(ref _loads);
        if (_held is { } held)
        {
            _reading.TrySetResult();
            await held.Task;
        }

        return Failure is { } failure ? throw failure : KeytabScene.Bytes(_offered);
    }
}
