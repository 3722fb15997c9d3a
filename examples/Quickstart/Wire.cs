namespace Quickstart;

/// <summary>The network between client and service, seen by somebody who sits on it.</summary>
internal sealed class Wire : DelegatingHandler
{
    /// <summary>The last call's proof, as it travelled.</summary>
    public string LastProof { get; private set; } = "";

    /// <summary>The last proof that had a ticket with it.</summary>
    public string LastTicketedProof { get; private set; } = "";

    /// <summary>Calls sent, and those of them that had a ticket with them.</summary>
    public (int All, int Ticketed) Sent { get; private set; }

    /// <summary>The last answer's proof, as it travelled.</summary>
    public string LastAnswer { get; private set; } = "";

    /// <summary>Takes the server's proof out of answers, as an impostor's answer would lack it.</summary>
    public bool StripsTheProof { get; set; }

    /// <summary>The octets of a value's token: base64url, four characters for three octets.</summary>
    public static int TokenOctets(string value) => value[(value.IndexOf("token=", StringComparison.Ordinal) + "token=".Length)..].Length * 3 / 4;

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        LastProof = Read(request.Headers.NonValidated, "authorization");
        var hasTicket = LastProof.Contains("token=", StringComparison.Ordinal);
        if (hasTicket) LastTicketedProof = LastProof;
        Sent = (Sent.All + 1, Sent.Ticketed + (hasTicket ? 1 : 0));
        var response = await base.SendAsync(request, cancellationToken);
        LastAnswer = Read(response.Headers.NonValidated, "authentication-info");
        if (StripsTheProof) response.Headers.Remove("authentication-info");
        return response;
    }

    private static string Read(System.Net.Http.Headers.HttpHeadersNonValidated headers, string name) =>
        headers.TryGetValues(name, out var values) ? string.Join(", ", values) : "";
}
