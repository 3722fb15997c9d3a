using GrpcKerberos.Protocol.Crypto;
using Xunit;

namespace GrpcKerberos.Protocol.Tests.Crypto;

public sealed class NFoldTests
{
    [Fact]
    public void Fold_Rfc3961AppendixA1_GivesItsOutputs()
    {
        foreach (var fields in Vectors.Read("rfc3961/nfold.txt"))
        {
            var output = new byte[Vectors.Number(fields[0]) / 8];
            NFold.Fold(Vectors.Hex(fields[1]), output);
            Vectors.Equal(Vectors.Hex(fields[2]), output);
        }
    }
}
