using Greeter.Client;
using Greeter.V1;
using Grpc.Core;
using GrpcKerberos;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

var configuration = new ConfigurationBuilder()
    .AddJsonFile(Path.Combine(AppContext.BaseDirectory, "appsettings.json"))
    .AddEnvironmentVariables()
    .AddCommandLine(args)
    .Build();
var services = new ServiceCollection();
services.AddKerberosClient(configuration.GetSection("Kerberos"));
try
{
    await using var provider = services.BuildServiceProvider();
    using var channel = Channel.To(configuration["Target"]!, configuration["Certificate"]);
    var greeter = new Greeter.V1.Greeter.GreeterClient(channel.WithKerberos(provider.GetRequiredService<KerberosClientInterceptor>()));
    await Conversation.HoldAsync(greeter, new HelloRequest { Name = configuration["Name"] }, TimeSpan.FromSeconds(30));
    return 0;
}
catch (RpcException e)
{
    Console.Error.WriteLine($"{e.StatusCode} {e.GetKerberosError()}: {e.Status.Detail}");
    return 1;
}
catch (OptionsValidationException e)
{
    Console.Error.WriteLine(e.Message);
    return 2;
}
