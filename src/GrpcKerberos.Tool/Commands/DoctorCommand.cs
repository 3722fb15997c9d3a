using System.CommandLine;

namespace GrpcKerberos.Tool.Commands;

/// <summary><c>doctor client</c> and <c>doctor server</c>.</summary>
internal static class DoctorCommand
{
    public static Command Make(ToolHost host) => new("doctor") { DoctorClientCommand.Make(host), DoctorServerCommand.Make(host) };
}
