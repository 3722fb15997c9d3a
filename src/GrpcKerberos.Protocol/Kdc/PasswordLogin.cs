namespace GrpcKerberos.Protocol.Kdc;

/// <summary>Logs in with a password.</summary>
internal sealed class PasswordLogin(KerberosPrincipal principal, string password, KdcClient kdc, KdcEvents? events = null)
    : KeyLogin(kdc, events)
{
    private readonly PasswordKeys _keys = new(password);

    public override string Source => "a password";

    private protected override ValueTask<(KerberosPrincipal Client, IClientKeys Keys)> GetKeysAsync(CancellationToken cancellationToken) =>
        ValueTask.FromResult<(KerberosPrincipal, IClientKeys)>((principal, _keys));
}
