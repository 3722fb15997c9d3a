using GrpcKerberos.Tool.Output;

namespace GrpcKerberos.Tool.Decode;

/// <summary>The steps so far.</summary>
internal sealed class Trail
{
    private readonly List<DecodedStep> _steps = [];
    private bool _isRead = true;

    public DecodedToken Result => new(_steps, _isRead);

    public void Add(string step, string text) => _steps.Add(new DecodedStep(step, text));

    /// <summary>Something is wrong with what was read; the reading goes on.</summary>
    /// <param name="step">Where.</param>
    /// <param name="message">In the library's words, with their Next where they have one.</param>
    public void Note(string step, string message)
    {
        var (text, next) = Advice.Of(message);
        _steps.Add(new DecodedStep(step, text, IsFault: true, next));
    }

    /// <summary>The reading ends here.</summary>
    public void End(string step, string message)
    {
        Note(step, message);
        _isRead = false;
    }
}
