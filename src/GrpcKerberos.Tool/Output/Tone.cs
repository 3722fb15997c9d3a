namespace GrpcKerberos.Tool.Output;

/// <summary>What a piece of text is; on a terminal that has a colour.</summary>
internal enum Tone
{
    Plain,
    Good,
    Bad,
    Faint,
    Strong,
}
