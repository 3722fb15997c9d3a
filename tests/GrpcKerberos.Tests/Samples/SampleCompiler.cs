using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace GrpcKerberos.Tests.Samples;

/// <summary>
/// Compiles a sample, unchanged, against what ships: as the Program.cs of a web project, or where it declares types alone as a file of tests.
/// </summary>
/// <remarks>
/// What a sample leaves to its reader are static members of the same Program class: a name the sample declares itself hides the one that is lent, so a whole
/// program borrows nothing and a fragment only what it does not say. The assembly is nobody's friend: what is internal is not seen.
/// </remarks>
internal static class SampleCompiler
{
    /// <summary>The implicit usings of the web SDK, then the namespaces that a reader's editor adds.</summary>
    /// <remarks>
    /// Greeter is that of <c>dotnet new grpc</c>: a service in the project's namespace. That of protos/examples stands in one of its own name, which would
    /// come first.
    /// </remarks>
    private const string Usings = """
        extern alias protos;

        global using System;
        global using System.Collections.Generic;
        global using System.IO;
        global using System.Linq;
        global using System.Net.Http;
        global using System.Net.Http.Json;
        global using System.Threading;
        global using System.Threading.Tasks;
        global using Microsoft.AspNetCore.Builder;
        global using Microsoft.AspNetCore.Hosting;
        global using Microsoft.AspNetCore.Http;
        global using Microsoft.AspNetCore.Routing;
        global using Microsoft.Extensions.Configuration;
        global using Microsoft.Extensions.DependencyInjection;
        global using Microsoft.Extensions.Hosting;
        global using Microsoft.Extensions.Logging;

        global using Greeter = protos::Greeter.V1.Greeter;
        global using HelloReply = protos::Greeter.V1.HelloReply;
        global using HelloRequest = protos::Greeter.V1.HelloRequest;
        global using Grpc.Core;
        global using Grpc.Net.Client;
        global using GrpcKerberos;
        global using GrpcKerberos.AspNetCore;
        global using GrpcKerberos.BouncyCastle;
        global using GrpcKerberos.Testing;
        global using Microsoft.AspNetCore.TestHost;
        global using Xunit;
        """;

    private const string Lent = """
        internal partial class Program
        {
            public static WebApplicationBuilder builder = WebApplication.CreateBuilder();
            public static GrpcChannel channel = GrpcChannel.ForAddress("https://orders.corp.example");
            public static OPTIONS o = new();
        }
        internal sealed class GreeterService : Greeter.GreeterBase;
        """;

    /// <summary>The two methods of Grpc.Net.ClientFactory that samples call, with its signatures: not every feed has that package.</summary>
    private const string ClientFactory = """
        namespace Grpc.Net.ClientFactory
        {
            public class GrpcClientFactoryOptions { public Uri? Address { get; set; } }
        }
        namespace Microsoft.Extensions.DependencyInjection
        {
            public static class GrpcClientServiceExtensions
            {
                public static IHttpClientBuilder AddGrpcClient<TClient>(this IServiceCollection services, Action<Grpc.Net.ClientFactory.GrpcClientFactoryOptions> configureClient)
                    where TClient : class => services.AddHttpClient(typeof(TClient).Name);

                public static IHttpClientBuilder AddInterceptor<TInterceptor>(this IHttpClientBuilder builder)
                    where TInterceptor : Grpc.Core.Interceptors.Interceptor => builder;
            }
        }
        """;

    private static readonly CSharpParseOptions s_latest = new(LanguageVersion.Latest);

    private static readonly string s_protos = typeof(Greeter.V1.Greeter).Assembly.Location;

    // The runtime's own list of what this test can load: .NET, ASP.NET Core, the packages and the assemblies under test.
    private static readonly MetadataReference[] s_references =
        [.. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(path => Path.GetFileName(path) != Path.GetFileName(s_protos))
            .Select(path => MetadataReference.CreateFromFile(path))
            .Append(MetadataReference.CreateFromFile(s_protos, new MetadataReferenceProperties(aliases: ["protos"])))];

    /// <summary>Errors and warnings, one a line with line and column of the sample; empty where there is none.</summary>
    /// <param name="sample">The text of the block.</param>
    /// <param name="options">The type of the options object that <c>o</c> is where the sample does not declare one.</param>
    public static string Compile(string sample, Type options)
    {
        var lent = Lent.Replace("OPTIONS", options.FullName, StringComparison.Ordinal);
        var trees = new[] { (sample, "sample"), (Usings, "usings"), (lent, "lent"), (ClientFactory, "clientfactory") }
            .Select(t => CSharpSyntaxTree.ParseText(t.Item1, s_latest, t.Item2))
            .ToArray();
        var isProgram = trees[0].GetCompilationUnitRoot().Members.Any(SyntaxKind.GlobalStatement);
        var compilation = CSharpCompilation.Create("Sample", trees, s_references, new CSharpCompilationOptions(
            isProgram ? OutputKind.ConsoleApplication : OutputKind.DynamicallyLinkedLibrary,
            nullableContextOptions: NullableContextOptions.Enable,
            // Versions of assemblies that the SDK unifies without a word, too.
            specificDiagnosticOptions: [new("CS1701", ReportDiagnostic.Suppress), new("CS1702", ReportDiagnostic.Suppress)]));
        return string.Join('\n', compilation.GetDiagnostics().Where(d => d.Severity >= DiagnosticSeverity.Warning));
    }
}
