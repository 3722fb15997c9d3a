using GrpcKerberos.Protocol.Crypto;
using GrpcKerberos.Protocol.Registry;

namespace GrpcKerberos.Protocol.Sessions;

/// <summary>The two MIC keys of a session, one a direction. They are all a session keeps of K.</summary>
internal sealed class SessionKeys(Subkey subkey) : IDisposable
{
    private readonly ChecksumKey _initiator = subkey.DeriveChecksumKey(KeyUsage.InitiatorMic);
    private readonly ChecksumKey _acceptor = subkey.DeriveChecksumKey(KeyUsage.AcceptorMic);

    public EncryptionType Type { get; } = subkey.Type;

    public byte[] SignCall(ulong number, ReadOnlySpan<byte> input) => MicToken.Make(_initiator, MicFlags.None, number, input);

    public bool VerifyCall(ReadOnlySpan<byte> mic, ReadOnlySpan<byte> input) => MicToken.Verify(_initiator, MicFlags.None, mic, input);

    /// <summary>The answer's or refusal's MIC: it has the request's number, so the acceptor keeps no counter.</summary>
    public byte[] SignAnswer(ulong number, ReadOnlySpan<byte> input) => MicToken.Make(_acceptor, MicFlags.SentByAcceptor, number, input);

    public bool VerifyAnswer(ulong number, ReadOnlySpan<byte> mic, ReadOnlySpan<byte> input) =>
        MicToken.TryReadNumber(mic, MicFlags.SentByAcceptor, out var answered) && answered == number && MicToken.Verify(_acceptor, MicFlags.SentByAcceptor, mic, input);

    public void Dispose()
    {
        _initiator.Dispose();
        _acceptor.Dispose();
    }
}
