package infomax.encoder;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/**
 * Reads the fields of one Protocol Buffers message, one after the other, without ever reading
 * outside of it (https://protobuf.dev/programming-guides/encoding/). Groups, which no current
 * message has, are refused. Used by one thread.
 */
final class ProtoMessage {

  private static final int VARINT = 0;
  private static final int EIGHT_BYTES = 1;
  private static final int LENGTH_DELIMITED = 2;
  private static final int FOUR_BYTES = 5;
  private static final int VARINT_BYTES_MAX = 10;
  private static final int TEXT_BYTES_MAX = 1024;

  private final byte[] bytes;
  private final int end;
  private int at;
  private int field;
  private int wireType;
  private long number;
  private int begin;
  private int length;

  private ProtoMessage(byte[] bytes, int begin, int end) {
    this.bytes = bytes;
    this.at = begin;
    this.end = end;
  }

  /** The message that fills {@code bytes}, which are not copied. */
  static ProtoMessage of(byte[] bytes) {
    return new ProtoMessage(bytes, 0, bytes.length);
  }

  /**
   * Moves to the next field.
   *
   * @return false if there is none
   * @throws EncoderException if the bytes are no message
   */
  boolean next() {
    if (at == end) {
      return false;
    }
    long tag = readVarint();
    field = Math.toIntExact(tag >>> 3 & 0x1fff_ffffL);
    wireType = (int) (tag & 7);
    if (field == 0 || tag >>> 32 != 0) {
      throw damaged("a field with the tag " + tag);
    }
    switch (wireType) {
      case VARINT -> number = readVarint();
      case EIGHT_BYTES -> skip(8);
      case FOUR_BYTES -> skip(4);
      case LENGTH_DELIMITED -> {
        long announced = readVarint();
        if (announced < 0 || announced > end - at) {
          throw damaged("a length of " + announced + " bytes");
        }
        begin = at;
        length = (int) announced;
        at += length;
      }
      default -> throw damaged("wire type " + wireType);
    }
    return true;
  }

  /** Number of the field at hand. */
  int field() {
    return field;
  }

  /** The field at hand as a whole number. */
  long whole() {
    require(VARINT);
    return number;
  }

  /** The field at hand as a message. */
  ProtoMessage message() {
    require(LENGTH_DELIMITED);
    return new ProtoMessage(bytes, begin, begin + length);
  }

  /** The field at hand as text of at most {@value #TEXT_BYTES_MAX} bytes. */
  String text() {
    require(LENGTH_DELIMITED);
    if (length > TEXT_BYTES_MAX) {
      throw damaged("a name of " + length + " bytes");
    }
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .decode(ByteBuffer.wrap(bytes, begin, length))
          .toString();
    } catch (CharacterCodingException e) {
      throw damaged("a name that is not UTF-8");
    }
  }

  private void require(int expected) {
    if (wireType != expected) {
      throw damaged("field " + field + " of wire type " + wireType + ", expected type " + expected);
    }
  }

  private void skip(int count) {
    if (count > end - at) {
      throw damaged("its end too early");
    }
    at += count;
  }

  private long readVarint() {
    long value = 0;
    for (int ordinal = 0; ordinal < VARINT_BYTES_MAX; ordinal++) {
      if (at == end) {
        throw damaged("its end too early");
      }
      byte next = bytes[at++];
      value |= (long) (next & 0x7f) << (7 * ordinal);
      if (next >= 0) {
        return value;
      }
    }
    throw damaged("a number of more than " + VARINT_BYTES_MAX + " bytes");
  }

  private EncoderException damaged(String what) {
    return new EncoderException("encoder file is no ONNX file: " + what + " before byte " + at);
  }
}
