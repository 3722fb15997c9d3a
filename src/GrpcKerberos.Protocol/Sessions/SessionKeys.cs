using GrpcKerberos.Protocol.Crypto;
using GrpcKerberos.Protocol.Registry;

namespace GrpcKerberos.Protocol.Sessions;

/// <summary>The two MIC keys of a session, one a direction. They are all a session keeps of K.</summary>
/// <param name="subkey">K, or the subkey the acceptor asserted in its place; not kept.</param>
/// <param name="owner">Whose subkey it is: it shows in every token.</param>
internal sealed class SessionKeys(Subkey subkey, KeyOwner owner) : ICallProver, IDisposable
{
    private readonly ChecksumKeyPair _keys = subkey.DeriveChecksumKeys(KeyUsage.InitiatorMic, KeyUsage.AcceptorMic);
    private readonly MicFlags _owner = owner == KeyOwner.Acceptor ? MicFlags.AcceptorSubkey : MicFlags.None;
    private bool _disposed;

    public EncryptionType Type => _keys.Type;

    public Mic SignCall(ulong number, in CallInput input) => MicToken.Make(Keys, _owner, number, input);

    public bool VerifyCall(in Mic mic, in CallInput input) => MicToken.Verify(Keys, _owner, mic.Span, input);

    /// <summary>The answer's or refusal's MIC: it has the request's number, so the acceptor keeps no counter.</summary>
    public Mic SignAnswer<TInput>(ulong number, in TInput input)
        where TInput : IMicInput, allows ref struct => MicToken.Make(Keys, MicFlags.SentByAcceptor | _owner, number, input);

    public bool VerifyAnswer<TInput>(ulong number, ReadOnlySpan<byte> mic, in TInput input)
        where TInput : IMicInput, allows ref struct =>
        MicToken.TryReadNumber(mic, out _, out var answered) && answered == number && MicToken.Verify(Keys, MicFlags.SentByAcceptor | _owner, mic, input);

    bool ICallProver.VerifyReply(ulong number, ReadOnlySpan<byte> mic, in ReplyInput input) => VerifyAnswer(number, mic, input);

    bool ICallProver.VerifyRefusal(ulong number, ReadOnlySpan<byte> mic, in ErrorInput input) => VerifyAnswer(number, mic, input);

    public void Dispose()
    {
        _disposed = true;
        _keys.Clear();
    }

    private ChecksumKeyPair Keys
    {
        get
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            return _keys;
        }
    }
}
