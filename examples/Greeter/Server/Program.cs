using Greeter.Server;

var builder = WebApplication.CreateBuilder(args);
builder.Services.AddGrpc();
builder.Services.AddAuthentication().AddKerberos();
builder.WebHost.ConfigureKestrel((context, kestrel) => kestrel.UseDevelopmentCertificate(context.Configuration));
var app = builder.Build();
app.MapGrpcService<GreeterService>();
app.Run();
