using GrpcKerberos.AspNetCore.Diagnostics;
using GrpcKerberos.Protocol;
using GrpcKerberos.Protocol.Credentials;

namespace GrpcKerberos.AspNetCore.Acceptors;

/// <summary>Reads a scheme's keytab again, from where it was found at start and by the same demands as then.</summary>
internal sealed class KeytabReader(KerberosAuthenticationOptions options, IReadOnlyCollection<EncryptionType> permitted)
{
    /// <summary>Never fails: the keys at hand serve on, whatever has become of their source.</summary>
    public async ValueTask<KeytabReading> ReadAsync(FileLocation? file, CancellationToken cancellationToken)
    {
        var before = StampOf(file);
        var reading = await TryReadAsync(file, cancellationToken).ConfigureAwait(false);
        if (StampOf(file) == before) return reading;
        // Somebody was writing: what was read may be a part, sound or damaged.
        Discard(reading.Keytab?.Keys);
        return default;
    }

    /// <summary>What is wrong with the source now, null where a start would succeed.</summary>
    public async ValueTask<string?> FindProblemAsync(FileLocation? file, CancellationToken cancellationToken)
    {
        var reading = await ReadAsync(file, cancellationToken).ConfigureAwait(false);
        Discard(reading.Keytab?.Keys);
        return reading.Problem;
    }

    public static FileStamp StampOf(FileLocation? file) => file is null ? default : KeytabLoader.StampOf(file);

    /// <summary>Zeroes keys that nobody has seen yet.</summary>
    public static void Discard(Keytab? keys)
    {
        foreach (var entry in keys?.Entries ?? []) entry.Key?.Dispose();
    }

    private async ValueTask<KeytabReading> TryReadAsync(FileLocation? file, CancellationToken cancellationToken)
    {
        try
        {
            var keytab = await KeytabSource.ReadAsync(options, file, cancellationToken).ConfigureAwait(false);
            if (KeytabCheck.Problems(keytab, options, permitted).FirstOrDefault() is not { } problem) return new KeytabReading(keytab, null);
            Discard(keytab.Keys);
            return new KeytabReading(null, problem);
        }
        catch (KerberosException e)
        {
            return new KeytabReading(null, e.Message);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return new KeytabReading(null, $"LoadKeytab gave nothing in {Lookout.Interval.TotalSeconds:0} s. Next: see why it is slow.");
        }
        // LoadKeytab is the application's, and may throw anything.
        catch (Exception e)
        {
            return new KeytabReading(null, LogText.Of($"{e.GetType().Name}: {e.Message}"));
        }
    }
}
