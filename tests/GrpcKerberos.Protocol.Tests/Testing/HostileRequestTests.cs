using GrpcKerberos.Protocol.Messages;
using GrpcKerberos.Protocol.Registry;
using Xunit;

namespace GrpcKerberos.Protocol.Tests.Testing;

public sealed class HostileRequestTests
{
    private readonly MemoryKdc _kdc = new();

    [Fact]
    public void Answer_EveryOctetOfARequestChanged_AnErrorOrAReplyAndNoException()
    {
        var requests = new[] { _kdc.Login(_kdc.LoginBody), _kdc.Ask(_kdc.ServiceBody, _kdc.GrantingTicket()) };
        foreach (var request in requests)
        {
            for (var i = 0; i < request.Length; i++)
            {
                foreach (byte change in new byte[] { 0x01, 0x80, 0xFF })
                {
                    var changed = (byte[])request.Clone();
                    changed[i] ^= change;
                    Assert.NotNull(_kdc.Service.Answer(changed));
                }

                Assert.True(i == 0 || KrbError.Decode(_kdc.Service.Answer(request.AsMemory(0, i))).Code == KerberosErrorCode.KRB_ERR_GENERIC);
            }
        }
    }

    [Fact]
    public void Answer_AnAnswer_Nothing()
    {
        var error = _kdc.Service.Answer(new byte[] { 0x30, 0x00 });
        Assert.Equal(KerberosErrorCode.KRB_ERR_GENERIC, KrbError.Decode(error).Code);

        Assert.Empty(_kdc.Service.Answer(error));
    }
}
