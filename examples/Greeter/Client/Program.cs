using Greeter.Client;
using Greeter.V1;
using Grpc.Core;
using GrpcKerberos;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

try
{
    var configuration = Settings.Read(args);
    var services = new ServiceCollection();
    services.AddKerberosClient(configuration.GetSection("Kerberos"));
    await using var provider = services.BuildServiceProvider();
    using var channel = Channel.To(configuration["Target"], configuration["Certificate"]);
    var greeter = new Greeter.V1.Greeter.GreeterClient(channel.WithKerberos(provider.GetRequiredService<KerberosClientInterceptor>()));
    await Conversation.HoldAsync(greeter, new HelloRequest { Name = configuration["Name"] }, TimeSpan.FromSeconds(30));
    return 0;
}
catch (RpcException e)
{
    Console.Error.WriteLine(Failure.Tell(e));
    return 1;
}
catch (Exception e) when (e is OptionsValidationException or FormatException)
{
    Console.Error.WriteLine(e is OptionsValidationException { Failures: var failures } ? string.Join(Environment.NewLine, failures) : e.Message);
    return 2;
}
