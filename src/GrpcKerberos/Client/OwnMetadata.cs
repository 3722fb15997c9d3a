using System.Diagnostics.CodeAnalysis;
using Grpc.Core;
using GrpcKerberos.Wire;

namespace GrpcKerberos.Client;

/// <summary>
/// Our keys in what the peer sent. They are taken out of what an application sees: a handler may hand the trailers of its own call on to
/// its caller, who would take an inner refusal for one of the outer call and send it again.
/// </summary>
internal static class OwnMetadata
{
    /// <summary>The value of a key that is there exactly once.</summary>
    public static bool TryGetOne(Metadata metadata, string key, [NotNullWhen(true)] out string? value)
    {
        value = null;
        foreach (var entry in metadata)
        {
            if (entry.Key != key) continue;
            if (value is not null || entry.IsBinary)
            {
                value = null;
                return false;
            }

            value = entry.Value;
        }

        return value is not null;
    }

    /// <summary>The value of a key that is there exactly once under a scheme. Other schemes may stand beside it: a challenge has one value each (RFC 9110 section 11.6.1).</summary>
    public static bool TryGetOne(Metadata metadata, string key, string scheme, [NotNullWhen(true)] out string? value)
    {
        value = null;
        foreach (var entry in metadata)
        {
            if (entry.Key != key) continue;
            if (entry.IsBinary || (IsOf(entry.Value, scheme) && value is not null))
            {
                value = null;
                return false;
            }

            if (IsOf(entry.Value, scheme)) value = entry.Value;
        }

        return value is not null;
    }

    public static bool Has(Metadata metadata, string key) => metadata.Get(key) is not null;

    /// <summary>Whether there is a value of a scheme, or several.</summary>
    public static bool Has(Metadata metadata, string key, string scheme)
    {
        foreach (var entry in metadata)
        {
            if (entry.Key == key && !entry.IsBinary && IsOf(entry.Value, scheme)) return true;
        }

        return false;
    }

    public static Metadata TakeOut(Metadata metadata)
    {
        if (!HasAny(metadata)) return metadata;
        var rest = new Metadata();
        foreach (var entry in metadata)
        {
            if (!IsOwn(entry.Key)) rest.Add(entry);
        }

        return rest;
    }

    /// <summary>The same exception where it holds none of our keys.</summary>
    public static RpcException TakeOut(RpcException exception) =>
        HasAny(exception.Trailers) ? new RpcException(exception.Status, TakeOut(exception.Trailers), exception.Message) : exception;

    private static bool HasAny(Metadata metadata) => Has(metadata, KerberosMetadata.AuthenticationInfo) || Has(metadata, KerberosMetadata.WwwAuthenticate);

    private static bool IsOf(string value, string scheme) =>
        value.StartsWith(scheme, StringComparison.OrdinalIgnoreCase) && (value.Length == scheme.Length || value[scheme.Length] == ' ');

    private static bool IsOwn(string key) => key is KerberosMetadata.AuthenticationInfo or KerberosMetadata.WwwAuthenticate;
}
