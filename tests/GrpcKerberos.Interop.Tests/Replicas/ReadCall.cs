namespace GrpcKerberos.Interop.Tests.Replicas;

/// <summary>A call as somebody read it on its way.</summary>
/// <param name="Path">The method.</param>
/// <param name="Proof">Its authorization.</param>
/// <param name="Port">The replica it went to.</param>
/// <param name="IsAnswered">Whether an answer proved that it ran there.</param>
internal sealed record ReadCall(string Path, string Proof, int Port, bool IsAnswered);
