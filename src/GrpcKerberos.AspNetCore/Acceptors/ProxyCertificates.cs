using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using GrpcKerberos.Protocol.ApExchange;
using GrpcKerberos.Protocol.Credentials;
using Microsoft.Extensions.Options;

namespace GrpcKerberos.AspNetCore.Acceptors;

/// <summary>The certificates of proxies that end TLS, read at start.</summary>
internal static class ProxyCertificates
{
    /// <param name="scheme">Whose they are.</param>
    /// <param name="setting">How a message about them begins.</param>
    /// <param name="paths">The files.</param>
    /// <exception cref="OptionsValidationException">A file is not what it should be; all problems are told at once.</exception>
    public static IReadOnlyList<ChannelBinding> Read(string scheme, string setting, IEnumerable<string> paths)
    {
        var problems = new List<string>();
        var bindings = new List<ChannelBinding>();
        foreach (var path in paths)
        {
            if (TryRead(path, out var problem) is { } binding) bindings.Add(binding);
            else problems.Add($"{setting}: {problem}");
        }

        return problems.Count == 0 ? bindings : throw new OptionsValidationException(scheme, typeof(KerberosAuthenticationOptions), problems);
    }

    private static ChannelBinding? TryRead(string path, out string problem)
    {
        problem = "";
        if (string.IsNullOrWhiteSpace(path))
        {
            problem = "it has an empty path. Next: take it out.";
            return null;
        }

        try
        {
            using var certificate = First(BoundedFile.ReadAll(path));
            if (certificate is null) problem = $"{path} holds no certificate in PEM. Next: name the file with the certificate the proxy shows, \"-----BEGIN CERTIFICATE-----\" in it.";
            else if (ChannelBinding.Of(certificate, endsAtProxy: true) is { } binding) return binding;
            else problem = $"{path} is signed by {certificate.SignatureAlgorithm.FriendlyName ?? certificate.SignatureAlgorithm.Value}, to which nothing can be bound (RFC 5929 section 4.1). Next: give the proxy a certificate signed with RSA or ECDSA, or take the path out.";
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            problem = $"{path} does not exist. Next: correct the path, or mount the file.";
        }
        catch (UnauthorizedAccessException)
        {
            problem = $"{path} may not be read. Next: let the service's account read it; a certificate is no secret.";
        }
        catch (InvalidDataException e)
        {
            problem = $"{path} {e.Message}. Next: name the PEM file of the proxy's certificate.";
        }
        catch (CryptographicException)
        {
            problem = $"{path} begins with a certificate that is damaged. Next: copy it again.";
        }
        catch (IOException e)
        {
            problem = $"{path} cannot be read: {e.Message} Next: see to its disk.";
        }

        return null;
    }

    /// <summary>The first of the file: where a whole chain stands there, that is the proxy's own.</summary>
    private static X509Certificate2? First(byte[] file)
    {
        ReadOnlySpan<char> rest = Encoding.ASCII.GetString(file);
        while (PemEncoding.TryFind(rest, out var fields))
        {
            if (rest[fields.Label] is "CERTIFICATE") return X509CertificateLoader.LoadCertificate(Convert.FromBase64String(rest[fields.Base64Data].ToString()));
            rest = rest[fields.Location.End..];
        }

        return null;
    }
}
