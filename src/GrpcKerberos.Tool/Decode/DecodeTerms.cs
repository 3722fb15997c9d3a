using GrpcKerberos.Protocol.Credentials;
using GrpcKerberos.Protocol.Messages;

namespace GrpcKerberos.Tool.Decode;

/// <summary>By what a token is judged.</summary>
/// <param name="Keytab">Opens its ticket; null: it stays closed.</param>
/// <param name="Source">The keytab as messages name it.</param>
/// <param name="Config">krb5.conf, for its encryption types and [capaths].</param>
/// <param name="Now">This host's clock.</param>
internal sealed record DecodeTerms(Keytab? Keytab, string Source, Krb5Config Config, KerberosTime Now);
