using System.Buffers;
using System.Net;
using System.Net.Security;
using System.Security.Principal;
using GrpcKerberos.Protocol;
using GrpcKerberos.Protocol.Sessions;

namespace GrpcKerberos.Client;

/// <summary>A security context of the operating system for one service: SSPI on Windows, GSS-API elsewhere. Kerberos alone, never NTLM.</summary>
/// <remarks>
/// It asks for neither replay detection nor sequencing, so MICs of answers may be verified in any order. A context is not thread safe, and its native
/// part takes microseconds: one lock, and no await inside it.
/// </remarks>
internal sealed class SystemContext : ICallProver, IDisposable
{
    private const string Package = "Kerberos";

    private readonly Lock _lock = new();
    private readonly NegotiateAuthentication _context;
    private readonly KerberosPrincipal _service;
    private readonly ArrayBufferWriter<byte> _mic = new(Mic.MaxLength);

    private SystemContext(KerberosPrincipal service)
    {
        _service = service;
        _context = new NegotiateAuthentication(new NegotiateAuthenticationClientOptions
        {
            Package = Package,
            TargetName = string.Join('/', service.Components),
            Credential = CredentialCache.DefaultNetworkCredentials,
            RequireMutualAuthentication = true,
            RequiredProtectionLevel = ProtectionLevel.Sign,
            AllowedImpersonationLevel = TokenImpersonationLevel.Identification,
        });
    }

    /// <summary>The first token, with the KRB_AP_REQ in the frame of RFC 4121.</summary>
    public byte[] Token { get; private set; } = [];

    /// <summary>Begins a context: where no ticket is at hand, the operating system asks the KDC on this thread.</summary>
    /// <exception cref="KerberosException">There is no login, no ticket to be had for it, or no GSS-API here.</exception>
    public static SystemContext Begin(KerberosPrincipal service)
    {
        SystemContext? begun = null;
        try
        {
            begun = new SystemContext(service);
            begun.Begin();
            return begun;
        }
        catch (Exception e)
        {
            begun?.Dispose();
            if (e is KerberosException) throw;
            // What stands for a missing or broken library differs by system and version.
            throw new KerberosException(KerberosError.NoCredentials, ClientMessages.SystemUnusable(e), e);
        }
    }

    /// <summary>Takes the acceptor's answer. Only the status code tells: IsAuthenticated may say true after a failure.</summary>
    /// <param name="answer">What the server sent.</param>
    /// <returns>Whether the answer proves the server.</returns>
    public bool Complete(ReadOnlySpan<byte> answer)
    {
        if (answer.IsEmpty) return false;
        lock (_lock)
        {
            _context.GetOutgoingBlob(answer, out var status);
            return status == NegotiateAuthenticationStatusCode.Completed;
        }
    }

    public Mic SignCall(ulong number, in CallInput input)
    {
        var message = new byte[input.Length];
        input.WriteTo(message);
        lock (_lock)
        {
            _mic.ResetWrittenCount();
            try
            {
                _context.ComputeIntegrityCheck(message, _mic);
            }
            catch (Exception e) when (e is InvalidOperationException or System.ComponentModel.Win32Exception or ObjectDisposedException)
            {
                throw new KerberosException(KerberosError.CredentialsExpired, ClientMessages.SystemMicRefused(_service, e), e);
            }

            return _mic.WrittenCount <= Mic.MaxLength
                ? new Mic(_mic.WrittenSpan)
                : throw new KerberosException(KerberosError.EncryptionTypeRefused, ClientMessages.SystemMicForeign);
        }
    }

    public bool VerifyReply(ulong number, ReadOnlySpan<byte> mic, in ReplyInput input)
    {
        var message = new byte[input.Length];
        input.WriteTo(message);
        return Verify(number, mic, message);
    }

    public bool VerifyRefusal(ulong number, ReadOnlySpan<byte> mic, in ErrorInput input)
    {
        var message = new byte[input.Length];
        input.WriteTo(message);
        return Verify(number, mic, message);
    }

    public void Dispose() => _context.Dispose();

    public override string ToString() => _service.ToString();

    private bool Verify(ulong number, ReadOnlySpan<byte> mic, ReadOnlySpan<byte> message)
    {
        // The context takes its own MICs for nobody's, and any number of the acceptor's.
        if (!MicToken.TryReadNumber(mic, out var flags, out var answered) || answered != number || !flags.HasFlag(MicFlags.SentByAcceptor)) return false;
        lock (_lock) return _context.VerifyIntegrityCheck(message, mic);
    }

    private void Begin()
    {
        var token = _context.GetOutgoingBlob(default(ReadOnlySpan<byte>), out var status);
        if (status != NegotiateAuthenticationStatusCode.ContinueNeeded || token is null)
            throw new KerberosException(ErrorOf(status), ClientMessages.SystemTokenRefused(_service, status));
        if (token.Length > EstablishMessage.MostTokenOctets)
            throw new KerberosException(KerberosError.TokenTooLarge, ClientMessages.TokenTooLarge(_service, token.Length, EstablishMessage.MostTokenOctets));
        Token = token;
    }

    private static KerberosError ErrorOf(NegotiateAuthenticationStatusCode status) => status switch
    {
        NegotiateAuthenticationStatusCode.CredentialsExpired or NegotiateAuthenticationStatusCode.ContextExpired => KerberosError.CredentialsExpired,
        NegotiateAuthenticationStatusCode.TargetUnknown => KerberosError.ServiceUnknown,
        _ => KerberosError.NoCredentials,
    };
}
