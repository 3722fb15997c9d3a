using GrpcKerberos.Protocol;

namespace GrpcKerberos.Tool.Doctor;

/// <summary>One thing that can be right or wrong.</summary>
internal interface ICheck
{
    /// <summary>One word, as it is printed.</summary>
    string Name { get; }

    /// <summary>The checks without which this one cannot be run.</summary>
    IReadOnlyList<string> Needs { get; }

    /// <summary>One finding, or more where there are several of the thing.</summary>
    /// <exception cref="KerberosException">It failed: the message says why, and what to do.</exception>
    Task<IReadOnlyList<Finding>> RunAsync(CancellationToken cancellationToken);
}
