using GrpcKerberos.Tests.Samples;

// Samples FILE TEXT: writes the one C# block of the README that has the text, as it stands there.
File.WriteAllText(args[0], SampleText.Of("README.md").Single(block => block.Contains(args[1], StringComparison.Ordinal)));
