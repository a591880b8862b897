package infomax.standalone;

import infomax.encoder.Encoder;
import infomax.events.Digest;
import infomax.events.Json;
import infomax.events.control.EncoderRelease;
import infomax.events.control.EncoderRelease.Verdict;
import infomax.imaging.EncoderPixels;
import infomax.runtime.control.ControlWriter;
import infomax.runtime.kafka.KafkaClients;
import infomax.store.ObjectStore;
import infomax.testing.TinyEncoder;
import java.io.IOException;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Release 0 with a tiny encoder, so that a test need not wait for a trainer. */
public final class TinyRelease {

  private static final int INPUT_SIZE = 32;
  private static final int DIMENSIONS = 24;

  private TinyRelease() {}

  /** Puts it on {@code control}. */
  public static void write(ObjectStore store, KafkaClients clients, long seed) throws IOException {
    byte[] onnx = TinyEncoder.onnx(INPUT_SIZE, DIMENSIONS, seed);
    try (ControlWriter writer = new ControlWriter(clients, "test")) {
      writer.append(
          new EncoderRelease(
              0,
              store.put(onnx),
              onnx.length,
              INPUT_SIZE,
              DIMENSIONS,
              EncoderPixels.PIPELINE_VERSION,
              Verdict.UNTRAINED,
              List.of("a tiny encoder for tests"),
              "default",
              0,
              Map.of(),
              null,
              null,
              null,
              List.of(),
              Map.of(EncoderRelease.GOLDEN, golden(store, onnx, seed)),
              Instant.now()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    }
  }

  private static Digest golden(ObjectStore store, byte[] onnx, long seed) {
    byte[] planes = new byte[3 * INPUT_SIZE * INPUT_SIZE];
    new Random(seed).nextBytes(planes);
    try (Encoder encoder = Encoder.open(onnx, Digest.of(onnx), INPUT_SIZE, DIMENSIONS, 1)) {
      float[] vector = encoder.embed(EncoderPixels.ofBytes(INPUT_SIZE, planes)).components();
      return store.put(
          Json.write(
              Map.of(
                  "inputSize", INPUT_SIZE,
                  "pixels", List.of(Base64.getEncoder().encodeToString(planes)),
                  "vectors", List.of(vector))));
    }
  }
}
