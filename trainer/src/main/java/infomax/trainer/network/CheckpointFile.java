package infomax.trainer.network;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInput;
import java.io.DataInputStream;
import java.io.DataOutput;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.DigestInputStream;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * A {@link TrainingCheckpoint} on disk.
 *
 * <p>Fields in order, big-endian: magic {@code IMXC} (4 bytes), format version (int: 2, or 3 for a
 * network that pools by attention), preset (modified UTF-8), seed and step (long), input size and
 * dimensions (int), kind of critics (byte: 1 MLP, 2 projection, 3 decoder) with its widths (int,
 * int; 0 for what it has not), whether the global one looks at the whole feature map, whether there
 * are critics within it and for the map before it (boolean each), parameters, first moments, second
 * moments (each: count as int, then floats), then per batch normalisation its mean and its variance
 * (likewise), then whether there is an average of the weights (boolean) and, if so, its parameters
 * and batch normalisations (likewise), and at last the SHA-256 of all bytes before it (32 bytes).
 *
 * <p>A file is written beside its name, forced to disk and renamed, so that a name always holds a
 * whole checkpoint; a reader checks the digest before it believes anything.
 */
public final class CheckpointFile {

  private static final int MAGIC = 0x494d5843;
  private static final int VERSION = 2;
  private static final int VERSION_OF_ATTENTION = 3;
  private static final byte MLP = 1;
  private static final byte PROJECTION = 2;
  private static final byte DECODER = 3;

  private CheckpointFile() {}

  /** Writes or replaces the checkpoint at that path. */
  public static void write(Path file, TrainingCheckpoint checkpoint) throws IOException {
    Path unfinished = file.resolveSibling(file.getFileName() + ".part");
    MessageDigest digest = sha256();
    try (FileChannel channel =
            FileChannel.open(
                unfinished,
                StandardOpenOption.CREATE,
                StandardOpenOption.TRUNCATE_EXISTING,
                StandardOpenOption.WRITE);
        DataOutputStream out =
            new DataOutputStream(
                new DigestOutputStream(
                    new BufferedOutputStream(Channels.newOutputStream(channel), 1 << 16),
                    digest))) {
      writeFields(out, checkpoint);
      out.write(digest.digest());
      out.flush();
      channel.force(true);
    }
    Files.move(
        unfinished, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  /**
   * Reads a checkpoint.
   *
   * @throws IOException if the file cannot be read, is cut off or damaged, or has another format
   */
  public static TrainingCheckpoint read(Path file) throws IOException {
    MessageDigest digest = sha256();
    try (DataInputStream in =
        new DataInputStream(
            new DigestInputStream(
                new BufferedInputStream(Files.newInputStream(file), 1 << 16), digest))) {
      TrainingCheckpoint checkpoint = readFields(in, Files.size(file));
      byte[] computed = digest.digest();
      if (!MessageDigest.isEqual(computed, in.readNBytes(computed.length))) {
        throw new IOException("digest differs from the content");
      }
      return checkpoint;
    } catch (IOException | IllegalArgumentException e) {
      throw new IOException(
          "checkpoint %s is unreadable (%s), expected one written by this version: delete it to start anew"
              .formatted(file, e.getMessage()),
          e);
    }
  }

  private static void writeFields(DataOutput out, TrainingCheckpoint checkpoint)
      throws IOException {
    Weights weights = checkpoint.weights();
    out.writeInt(MAGIC);
    out.writeInt(
        switch (weights.shape().pooling()) {
          case MAX -> VERSION;
          case ATTENTION -> VERSION_OF_ATTENTION;
        });
    out.writeUTF(checkpoint.progress().preset());
    out.writeLong(checkpoint.progress().seed());
    out.writeLong(checkpoint.progress().step());
    out.writeInt(weights.shape().inputSize());
    out.writeInt(weights.shape().dimensions());
    switch (weights.layout().critics()) {
      case Critics.Mlp(int width) -> {
        out.writeByte(MLP);
        out.writeInt(width);
        out.writeInt(0);
      }
      case Critics.Projection(int hidden, int output) -> {
        out.writeByte(PROJECTION);
        out.writeInt(hidden);
        out.writeInt(output);
      }
      case Critics.Decoder(int width) -> {
        out.writeByte(DECODER);
        out.writeInt(width);
        out.writeInt(0);
      }
    }
    CriticSides sides = weights.layout().sides();
    out.writeBoolean(sides.global() == CriticSides.Global.FEATURE_MAP);
    out.writeBoolean(sides.within());
    out.writeBoolean(sides.earlier());
    writeFloats(out, weights.parameters());
    writeFloats(out, checkpoint.firstMoments());
    writeFloats(out, checkpoint.secondMoments());
    writeStatistics(out, weights.statistics());
    out.writeBoolean(checkpoint.average().isPresent());
    if (checkpoint.average().isPresent()) {
      writeFloats(out, checkpoint.average().get().parameters());
      writeStatistics(out, checkpoint.average().get().statistics());
    }
  }

  private static void writeStatistics(DataOutput out, NormStatistics statistics)
      throws IOException {
    for (int layer = 0; layer < statistics.layers(); layer++) {
      writeFloats(out, statistics.mean(layer));
      writeFloats(out, statistics.variance(layer));
    }
  }

  private static TrainingCheckpoint readFields(DataInput in, long fileBytes) throws IOException {
    int magic = in.readInt();
    if (magic != MAGIC) {
      throw new IOException("magic %d, expected %d".formatted(magic, MAGIC));
    }
    Pooling pooling = readPooling(in);
    TrainingCheckpoint.Progress progress =
        new TrainingCheckpoint.Progress(in.readUTF(), in.readLong(), in.readLong());
    NetworkShape shape = new NetworkShape(in.readInt(), in.readInt(), pooling);
    ParameterLayout layout = ParameterLayout.of(shape, readCritics(in), readSides(in));
    float[] parameters = readFloats(in, fileBytes);
    float[] firstMoments = readFloats(in, fileBytes);
    float[] secondMoments = readFloats(in, fileBytes);
    TrainingCheckpoint checkpoint =
        TrainingCheckpoint.of(
            progress,
            Weights.of(layout, parameters, readStatistics(in, shape, fileBytes)),
            firstMoments,
            secondMoments);
    if (!in.readBoolean()) {
      return checkpoint;
    }
    float[] average = readFloats(in, fileBytes);
    return checkpoint.withAverage(
        Weights.of(layout, average, readStatistics(in, shape, fileBytes)));
  }

  private static NormStatistics readStatistics(DataInput in, NetworkShape shape, long fileBytes)
      throws IOException {
    int layers = shape.convolutions().size();
    float[][] means = new float[layers][];
    float[][] variances = new float[layers][];
    for (int layer = 0; layer < layers; layer++) {
      means[layer] = readFloats(in, fileBytes);
      variances[layer] = readFloats(in, fileBytes);
    }
    return NormStatistics.of(shape, means, variances);
  }

  private static Pooling readPooling(DataInput in) throws IOException {
    int version = in.readInt();
    return switch (version) {
      case VERSION -> Pooling.MAX;
      case VERSION_OF_ATTENTION -> Pooling.ATTENTION;
      default ->
          throw new IOException(
              "format version %d, expected %d or %d"
                  .formatted(version, VERSION, VERSION_OF_ATTENTION));
    };
  }

  private static Critics readCritics(DataInput in) throws IOException {
    byte kind = in.readByte();
    int first = in.readInt();
    int second = in.readInt();
    return switch (kind) {
      case MLP -> new Critics.Mlp(first);
      case PROJECTION -> new Critics.Projection(first, second);
      case DECODER -> new Critics.Decoder(first);
      default -> throw new IOException("kind of critics " + kind + ", expected 1 to 3");
    };
  }

  private static CriticSides readSides(DataInput in) throws IOException {
    CriticSides.Global global =
        in.readBoolean() ? CriticSides.Global.FEATURE_MAP : CriticSides.Global.Z;
    return new CriticSides(global, in.readBoolean(), in.readBoolean());
  }

  private static void writeFloats(DataOutput out, float[] values) throws IOException {
    out.writeInt(values.length);
    ByteBuffer buffer = ByteBuffer.allocate(Math.multiplyExact(values.length, Float.BYTES));
    buffer.asFloatBuffer().put(values);
    out.write(buffer.array());
  }

  private static float[] readFloats(DataInput in, long fileBytes) throws IOException {
    int count = in.readInt();
    if (count < 0 || (long) count * Float.BYTES > fileBytes) {
      throw new IOException("array of " + count + " floats in a file of " + fileBytes + " bytes");
    }
    byte[] bytes = new byte[count * Float.BYTES];
    in.readFully(bytes);
    float[] values = new float[count];
    ByteBuffer.wrap(bytes).asFloatBuffer().get(values);
    return values;
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
