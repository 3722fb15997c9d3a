using Xunit;

namespace GrpcKerberos.Protocol.Tests.Credentials;

/// <summary>root may read every file, and Windows has no modes: there such a test says that it was skipped.</summary>
internal sealed class UnprivilegedFactAttribute : FactAttribute
{
    public UnprivilegedFactAttribute()
    {
        if (OperatingSystem.IsWindows() || Environment.IsPrivilegedProcess) Skip = "needs a Unix user who is not root";
    }
}
