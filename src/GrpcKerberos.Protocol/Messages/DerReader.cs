using System.Formats.Asn1;
using System.Text;

namespace GrpcKerberos.Protocol.Messages;

/// <summary>Walks DER without copying or recursion: every step hands out a reader over the content of one element.</summary>
/// <remarks>
/// House rules for peer bytes: DER only (RFC 4120 section 5.1), explicit context tags, no leftovers, each failure a <see cref="DerException"/>.
/// Depth is bounded because no message type nests itself; the one that may (authorization data) counts its own levels.
/// </remarks>
internal struct DerReader(ReadOnlyMemory<byte> data)
{
    private static readonly UTF8Encoding s_utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);
    private static readonly Asn1Tag s_generalString = new(UniversalTagNumber.GeneralString);
    private static readonly Asn1Tag s_utf8String = new(UniversalTagNumber.UTF8String);

    private ReadOnlyMemory<byte> _rest = data;

    public readonly bool HasData => !_rest.IsEmpty;

    /// <summary>The content of <c>[APPLICATION tag]</c>, which must be all there is.</summary>
    public static DerReader OpenApplication(ReadOnlyMemory<byte> data, int tag)
    {
        var reader = new DerReader(data);
        var content = reader.Application(tag);
        reader.End();
        return content;
    }

    public DerReader Application(int tag)
    {
        var wrapper = Constructed(new Asn1Tag(TagClass.Application, tag, isConstructed: true));
        var content = wrapper.Sequence();
        wrapper.End();
        return content;
    }

    /// <summary>The content of <c>[APPLICATION tag] IMPLICIT SEQUENCE</c>: GSS-API's frame has no SEQUENCE of its own inside.</summary>
    public DerReader Frame(int tag) => Constructed(new Asn1Tag(TagClass.Application, tag, isConstructed: true));

    public DerReader Sequence() => Constructed(Asn1Tag.Sequence);

    /// <summary>The content of a required <c>[tag]</c>.</summary>
    public DerReader Field(int tag) => Constructed(new Asn1Tag(TagClass.ContextSpecific, tag, isConstructed: true));

    /// <summary>The content of an OPTIONAL <c>[tag]</c>, where it stands next.</summary>
    public bool TryField(int tag, out DerReader field)
    {
        field = default;
        if (!NextIs(new Asn1Tag(TagClass.ContextSpecific, tag, isConstructed: true))) return false;
        field = Field(tag);
        return true;
    }

    public readonly bool NextIsApplication(int tag) => NextIs(new Asn1Tag(TagClass.Application, tag, isConstructed: true));

    /// <summary>Nothing may follow what the type defines.</summary>
    public readonly void End()
    {
        if (HasData) throw new DerException("octets follow the last field");
    }

    /// <summary>One whole element, tag and length included.</summary>
    public ReadOnlyMemory<byte> Element()
    {
        var total = Measure(out _, out _, out _);
        var element = _rest[..total];
        _rest = _rest[total..];
        return element;
    }

    /// <summary>How many elements are left.</summary>
    public readonly int Count()
    {
        var rest = this;
        var count = 0;
        for (; rest.HasData; count++) rest.Element();
        return count;
    }

    public int Int32()
    {
        int consumed, value;
        try
        {
            if (!AsnDecoder.TryReadInt32(_rest.Span, AsnEncodingRules.DER, out value, out consumed)) throw new DerException("an Int32 is out of range");
        }
        catch (AsnContentException e)
        {
            throw new DerException("an Int32 is malformed", e);
        }

        Skip(consumed);
        return value;
    }

    /// <summary>A UInt32. Old peers send one above 2^31 as a negative Int32, which means the same 32 bits.</summary>
    public uint UInt32()
    {
        int consumed;
        long value;
        try
        {
            if (!AsnDecoder.TryReadInt64(_rest.Span, AsnEncodingRules.DER, out value, out consumed)) throw new DerException("a UInt32 is out of range");
        }
        catch (AsnContentException e)
        {
            throw new DerException("a UInt32 is malformed", e);
        }

        if (value is < int.MinValue or > uint.MaxValue) throw new DerException("a UInt32 is out of range");
        Skip(consumed);
        return unchecked((uint)value);
    }

    public int Microseconds()
    {
        var value = Int32();
        return value is >= 0 and <= 999_999 ? value : throw new DerException("Microseconds are out of range");
    }

    public ReadOnlyMemory<byte> OctetString() => Primitive(Asn1Tag.PrimitiveOctetString);

    /// <summary>The content of an OBJECT IDENTIFIER. Who compares it with those he knows need not read its arcs.</summary>
    public ReadOnlyMemory<byte> ObjectIdentifier() => Primitive(Asn1Tag.ObjectIdentifier);

    /// <summary>An ENUMERATED of one octet, which all that Kerberos meets are.</summary>
    public int Enumerated()
    {
        var content = Primitive(Asn1Tag.Enumerated).Span;
        return content.Length == 1 && content[0] < 0x80 ? content[0] : throw new DerException("an ENUMERATED is out of range");
    }

    /// <summary>What is left, taken as it stands: what a GSS-API frame holds is not all ASN.1.</summary>
    public ReadOnlyMemory<byte> Rest()
    {
        var rest = _rest;
        _rest = default;
        return rest;
    }

    /// <summary>KerberosFlags: the first 32 bits; shorter ones read as if padded with zeros (RFC 4120 section 5.2.8).</summary>
    public uint Flags()
    {
        var content = Primitive(Asn1Tag.PrimitiveBitString).Span;
        if (content.IsEmpty || content[0] > 7 || (content.Length == 1 && content[0] != 0)) throw new DerException("a BIT STRING is malformed");
        var bits = content[1..];
        if (content[0] != 0 && (bits[^1] & ((1 << content[0]) - 1)) != 0) throw new DerException("a BIT STRING has bits set in its padding");
        uint flags = 0;
        for (var i = 0; i < 4; i++) flags = (flags << 8) | (i < bits.Length ? bits[i] : 0u);
        return flags;
    }

    /// <summary>KerberosString: a GeneralString that every implementation of today fills with UTF-8.</summary>
    public string KerberosString() => Text(s_generalString, "a KerberosString");

    public string Utf8String() => Text(s_utf8String, "a UTF8String");

    /// <summary>KerberosTime: whole seconds, UTC (RFC 4120 section 5.2.3).</summary>
    public KerberosTime Time()
    {
        DateTimeOffset value;
        int consumed;
        try
        {
            value = AsnDecoder.ReadGeneralizedTime(_rest.Span, AsnEncodingRules.DER, out consumed);
        }
        catch (AsnContentException e)
        {
            throw new DerException("a KerberosTime is malformed", e);
        }

        // yyyyMMddHHmmssZ and nothing else: fractions are forbidden, and DER leaves no other form of the same time.
        if (consumed != 17) throw new DerException("a KerberosTime has fractions of a second");
        Skip(consumed);
        return new KerberosTime(value);
    }

    private readonly bool NextIs(Asn1Tag tag) => HasData && Measure(out var next, out _, out _) > 0 && next == tag;

    private DerReader Constructed(Asn1Tag expected) => new(Content(expected));

    private string Text(Asn1Tag tag, string name)
    {
        var content = Primitive(tag);
        try
        {
            return KnownText.Find(content.Span) ?? KnownText.Keep(s_utf8.GetString(content.Span));
        }
        catch (DecoderFallbackException e)
        {
            throw new DerException($"{name} is not UTF-8", e);
        }
    }

    private ReadOnlyMemory<byte> Primitive(Asn1Tag expected) => Content(expected);

    private ReadOnlyMemory<byte> Content(Asn1Tag expected)
    {
        var total = Measure(out var tag, out var offset, out var length);
        if (tag != expected || tag.IsConstructed != expected.IsConstructed) throw new DerException($"{expected} was expected and {tag} stands there");
        var content = _rest.Slice(offset, length);
        Skip(total);
        return content;
    }

    private readonly int Measure(out Asn1Tag tag, out int offset, out int length)
    {
        try
        {
            tag = AsnDecoder.ReadEncodedValue(_rest.Span, AsnEncodingRules.DER, out offset, out length, out var total);
            return total;
        }
        catch (AsnContentException e)
        {
            throw new DerException(_rest.IsEmpty ? "a field is missing" : "an element is malformed or truncated", e);
        }
    }

    private void Skip(int count) => _rest = _rest[count..];
}
