using GrpcKerberos.AspNetCore.Acceptors;
using GrpcKerberos.Protocol;
using GrpcKerberos.Protocol.Registry;
using GrpcKerberos.Tool.Output;

namespace GrpcKerberos.Tool.Doctor.Server;

/// <summary>What a service's start asks of its keytab: a usable key for each name.</summary>
internal sealed class EntriesCheck(ServerCase service) : ICheck
{
    public string Name => "entries";

    public IReadOnlyList<string> Needs => ["file"];

    public Task<IReadOnlyList<Finding>> RunAsync(CancellationToken cancellationToken)
    {
        var problems = KeytabCheck.Problems(service.Keytab, service.Options, service.Permitted);
        IReadOnlyList<Finding> findings = [.. problems.Select(p => Finding.Fail(Name, Advice.Of(p)))];
        if (findings.Count == 0) findings = [.. service.Names.Select(name => Finding.Ok(Name, Describe(name)))];
        return Task.FromResult(findings);
    }

    private string Describe(KerberosPrincipal name)
    {
        var own = service.Keytab.Keys.Entries.Where(e => e.Principal.Equals(name)).ToList();
        var versions = own.GroupBy(static e => e.KeyVersion).OrderByDescending(static g => g.Key)
            .Select(static g => Invariant($"kvno {g.Key}: {string.Join(", ", g.Select(static e => e.Type.ToMitName()))}"));
        return $"{name} {string.Join("; ", versions)}";
    }
}
