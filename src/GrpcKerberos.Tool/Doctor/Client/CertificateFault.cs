using System.Globalization;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace GrpcKerberos.Tool.Doctor.Client;

/// <summary>What is wrong with a server's certificate, and what mends it.</summary>
internal static class CertificateFault
{
    /// <summary>Null where nothing is.</summary>
    public static Finding? Of(string check, string host, X509Certificate2? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        if (errors == SslPolicyErrors.None) return null;
        if (certificate is null) return Finding.Fail(check, $"{host} shows no certificate.", "give the endpoint one.");
        var status = chain?.ChainStatus.Aggregate(X509ChainStatusFlags.NoError, static (all, one) => all | one.Status) ?? X509ChainStatusFlags.NoError;
        if (errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch))
        {
            return Finding.Fail(
                check,
                $"The certificate {certificate.Subject} is not one for {host}; it is for {Names(certificate)}.",
                "call the service by a name that stands there, or have one made for this name too.");
        }

        if (status.HasFlag(X509ChainStatusFlags.NotTimeValid))
        {
            return Finding.Fail(
                check,
                $"The certificate {certificate.Subject}, or one above it, is not valid now: from {Day(certificate.NotBefore)} to {Day(certificate.NotAfter)}.",
                "have it renewed, or look at this host's clock.");
        }

        return Finding.Fail(
            check,
            $"The certificate {certificate.Subject} is not trusted here ({status}).",
            "trust its CA on this host (update-ca-certificates; certlm.msc), or name it: --trust FILE here, "
            + "SslOptions of the channel's handler in the client.");
    }

    public static string Day(DateTime time) => time.ToUniversalTime().ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static string Names(X509Certificate2 certificate)
    {
        var alternatives = certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>().FirstOrDefault();
        if (alternatives is null) return "no host";
        var names = alternatives.EnumerateDnsNames().Concat(alternatives.EnumerateIPAddresses().Select(static a => a.ToString())).ToList();
        return names.Count == 0 ? "no host" : string.Join(", ", names);
    }
}
