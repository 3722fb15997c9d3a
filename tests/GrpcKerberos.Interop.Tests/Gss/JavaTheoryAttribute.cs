namespace GrpcKerberos.Interop.Tests.Gss;

/// <summary>A test with data that needs MIT krb5 and a JDK: skipped with the reason where they are missing.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class JavaTheoryAttribute : TheoryAttribute
{
    public JavaTheoryAttribute() => Skip = JavaTools.SkipReason;
}
