using System.Text;
using GrpcKerberos.Wire;
using Grpc.Core;

namespace GrpcKerberos.Replica;

/// <summary>Notes each run of a handler by the proof it came with: a line "session:number request". What is noted outlives the process, however it ends.</summary>
internal sealed class RunLog(string path) : IDisposable
{
    private readonly FileStream _file = new(path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
    private readonly Lock _lock = new();

    public void Note(ServerCallContext context, string request)
    {
        var header = context.RequestHeaders.GetValue(KerberosMetadata.Authorization);
        if (!AuthorizationValue.TryParse(header, out var value, out var problem) || value.Proof is not { Number: { } number } proof)
            throw new InvalidOperationException($"A handler ran without a proof: {problem}");
        var line = Encoding.UTF8.GetBytes($"{Convert.ToHexString(proof.Session.ToArray())}:{number} {request}\n");
        lock (_lock) _file.Write(line);
    }

    public void Dispose() => _file.Dispose();
}
