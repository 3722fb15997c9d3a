namespace GrpcKerberos.Interop.Tests.Python;

/// <summary>A test with data that needs MIT krb5 and Debian's python3-grpcio and python3-gssapi: skipped with the reason where they are missing, failed there when peers are required.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class PythonTheoryAttribute : TheoryAttribute
{
    public PythonTheoryAttribute() => Skip = PythonTools.SkipReason;
}
