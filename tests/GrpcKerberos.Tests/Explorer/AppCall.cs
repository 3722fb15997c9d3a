using Grpc.Core;
using GrpcKerberos.Client;

namespace GrpcKerberos.Tests.Explorer;

/// <summary>A call as the application made it.</summary>
internal sealed class AppCall(int id, MethodType shape, Link link, Attempts attempts, TimeSpan began)
{
    public int Id { get; } = id;

    public MethodType Shape { get; } = shape;

    public Link Link { get; } = link;

    public Attempts Attempts { get; } = attempts;

    public TimeSpan Began { get; } = began;

    public TimeSpan? Ended { get; set; }

    public List<Unit> Units { get; } = [];

    /// <summary>How often it was started, by the application and by us.</summary>
    public int Starts { get; set; }

    /// <summary>Restarts, and sessions forgotten, while it was under way.</summary>
    public int Disturbances { get; set; }

    /// <summary>Connections that broke under it.</summary>
    public int Breaks { get; set; }

    /// <summary>What the application waits for.</summary>
    public Task Result { get; set; } = Task.CompletedTask;

    /// <summary>What the client remembers of it.</summary>
    public AttemptCredentials? Credentials { get; set; }

    public bool CanRepeat => Shape is MethodType.Unary or MethodType.ServerStreaming;

    public bool IsOk => Result.IsCompletedSuccessfully;

    public string Outcome => Result switch
    {
        { IsCompletedSuccessfully: true } => "OK",
        { IsFaulted: true } => Result.Exception!.InnerException is RpcException e ? $"{e.StatusCode} ({e.GetKerberosError()?.ToString() ?? "no Kerberos error"})" : Result.Exception.ToString(),
        _ => "pending",
    };

    /// <summary>The unit an attempt belongs to: one sent again after a refusal is no new one.</summary>
    public Unit UnitOf(ulong number, bool isResend, bool isServerBound)
    {
        if (isResend && Units.Count > 0) return Units.Find(u => u.Number == number) ?? Units[^1];
        var unit = new Unit(this, isServerBound) { Number = number };
        Units.Add(unit);
        return unit;
    }
}
