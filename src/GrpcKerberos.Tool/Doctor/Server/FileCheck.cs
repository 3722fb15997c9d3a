namespace GrpcKerberos.Tool.Doctor.Server;

/// <summary>Whether the keytab can be read by who runs this.</summary>
internal sealed class FileCheck(ServerCase service) : ICheck
{
    public string Name => "file";

    public IReadOnlyList<string> Needs => [];

    public Task<IReadOnlyList<Finding>> RunAsync(CancellationToken cancellationToken)
    {
        var config = service.Read();
        var count = service.Keytab.Keys.Entries.Count;
        var keys = Invariant($"{service.Keytab.Source}, {count} {(count == 1 ? "key" : "keys")}");
        return Task.FromResult<IReadOnlyList<Finding>>([Finding.Ok(Name, $"{keys}; {(config.Files.Count == 0 ? "no krb5.conf" : config.Files[0])}")]);
    }
}
