using GrpcKerberos.Testing;

// What the samples find in their environment: a realm, alice after kinit, and for the service at localhost its keytab and certificate.
// It says so in settings, one a line, then "ready", and ends with its input.
await using var realm = await TestRealm.StartAsync();
var certificate = Path.Combine(realm.Directory, "localhost.pem");
var key = Path.Combine(realm.Directory, "localhost.key");
Certificates.Write("localhost", certificate, key);
Console.WriteLine($"""
    KRB5_CONFIG={realm.Krb5Config}
    KRB5_KTNAME={realm.AddService("HTTP/localhost").Keytab}
    KRB5CCNAME=FILE:{await realm.AddUser("alice").LoginAsync()}
    Kestrel__Certificates__Default__Path={certificate}
    Kestrel__Certificates__Default__KeyPath={key}
    SSL_CERT_FILE={certificate}
    ready
    """);
await Console.In.ReadToEndAsync();
