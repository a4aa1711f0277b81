using System.Buffers.Binary;

namespace Flyte.MultiCluster.Sandbox.Api;

/// <summary>Walks the fields of one protobuf message.</summary>
internal ref struct ProtobufReader(ReadOnlySpan<byte> bytes)
{
    private ReadOnlySpan<byte> _rest = bytes;
    private int _wireType;

    /// <summary>Goes to the next field.</summary>
    public bool Next(out int number)
    {
        number = 0;
        if (_rest.IsEmpty)
            return false;
        ulong tag = Varint();
        number = (int)(tag >> 3);
        _wireType = (int)(tag & 7);
        return true;
    }

    /// <summary>Reads a varint value.</summary>
    public ulong Varint()
    {
        ulong value = 0;
        for (int shift = 0; shift < 70; shift += 7)
        {
            byte b = _rest[0];
            _rest = _rest[1..];
            value |= (ulong)(b & 0x7f) << shift;
            if (b < 0x80)
                return value;
        }
        throw new InvalidDataException("a varint is too long");
    }

    /// <summary>Reads a 64 bit value.</summary>
    public ulong Fixed64()
    {
        ulong value = BinaryPrimitives.ReadUInt64LittleEndian(_rest);
        _rest = _rest[8..];
        return value;
    }

    /// <summary>Reads a length-delimited value.</summary>
    public ReadOnlySpan<byte> Bytes()
    {
        if (_wireType != 2)
            throw new InvalidDataException("a field has an unexpected wire type");
        int length = checked((int)Varint());
        ReadOnlySpan<byte> value = _rest[..length];
        _rest = _rest[length..];
        return value;
    }

    /// <summary>Passes a value over.</summary>
    public void Skip()
    {
        switch (_wireType)
        {
            case 0:
                Varint();
                break;
            case 1:
                _rest = _rest[8..];
                break;
            case 2:
                Bytes();
                break;
            case 5:
                _rest = _rest[4..];
                break;
            default:
                throw new InvalidDataException("an unknown wire type");
        }
    }
}
