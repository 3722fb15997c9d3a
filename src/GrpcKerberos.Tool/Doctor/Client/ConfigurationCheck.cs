namespace GrpcKerberos.Tool.Doctor.Client;

/// <summary>Whether krb5.conf can be read, and a realm is known.</summary>
internal sealed class ConfigurationCheck(ClientCase client) : ICheck
{
    public string Name => "configuration";

    public IReadOnlyList<string> Needs => [];

    public Task<IReadOnlyList<Finding>> RunAsync(CancellationToken cancellationToken)
    {
        var files = client.Identity.Config.Files;
        var read = files.Count == 0 ? "no krb5.conf" : string.Join(", ", files);
        return Task.FromResult<IReadOnlyList<Finding>>([Finding.Ok(Name, $"{read}; realm {client.Realm}")]);
    }
}
