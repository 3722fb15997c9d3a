using System.CommandLine;
using GrpcKerberos.Protocol;
using GrpcKerberos.Protocol.Credentials;
using GrpcKerberos.Protocol.Messages;
using GrpcKerberos.Tool.Decode;
using GrpcKerberos.Tool.Output;

namespace GrpcKerberos.Tool.Commands;

/// <summary><c>decode [TOKEN|-]</c>.</summary>
internal static class DecodeCommand
{
    private const string StandardInput = "-";

    public static Command Make(ToolHost host)
    {
        var token = SharedOptions.Argument("token");
        var keytab = SharedOptions.Keytab();
        var kind = new Option<string?>("--kind");
        kind.Validators.Add(static result =>
        {
            if (result.Tokens is [{ Value: var name }] && !TokenKinds.Names.Contains(name))
                result.AddError($"--kind \"{name}\" is none of {string.Join(", ", TokenKinds.Names)}.");
        });
        var config = SharedOptions.Krb5Config();
        var json = SharedOptions.Json();
        var command = new Command("decode") { token, keytab, kind, config, json };
        command.SetAction(parsed =>
        {
            var printer = new Printer(host, parsed.GetValue(json));
            try
            {
                var terms = Terms(host, parsed.GetValue(keytab), parsed.GetValue(config));
                var text = parsed.GetValue(token) is { } given and not StandardInput ? given : ReadInput(host.Input);
                var decoded = Decode(text, TokenKinds.Of(parsed.GetValue(kind)), terms);
                printer.Print(decoded, ToolJson.Readable.DecodedToken, DecodeText.Show);
                return decoded.IsRead ? ExitCode.Passed : ExitCode.Failed;
            }
            catch (KerberosException e)
            {
                return printer.Fail(e);
            }
        });
        return command;
    }

    internal static DecodedToken Decode(string text, TokenKind kind, DecodeTerms terms)
    {
        var trail = new Trail();
        new HeaderReader(trail, new TokenReader(trail, new ApReqReader(trail, terms), terms.Now), terms.Now).Read(text, kind);
        return trail.Result;
    }

    private static DecodeTerms Terms(ToolHost host, string? keytab, string? config)
    {
        var krb5 = Krb5Config.Load(config, host.Environment);
        var now = new KerberosTime(host.Time.GetUtcNow());
        if (keytab is null) return new DecodeTerms(null, "", krb5, now);
        var location = new FileLocation(keytab, "--keytab");
        return new DecodeTerms(KeytabLoader.Load(location), location.ToString(), krb5, now);
    }

    /// <summary>No more than tells that it is too much.</summary>
    private static string ReadInput(TextReader input)
    {
        var room = new char[HeaderReader.MaxCharacters + 1];
        return new string(room, 0, input.ReadBlock(room));
    }
}
