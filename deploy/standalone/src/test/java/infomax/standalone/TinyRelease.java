package infomax.standalone;

import infomax.events.control.EncoderRelease;
import infomax.events.control.EncoderRelease.Verdict;
import infomax.imaging.EncoderPixels;
import infomax.runtime.control.ControlWriter;
import infomax.runtime.kafka.KafkaClients;
import infomax.store.ObjectStore;
import infomax.testing.TinyEncoder;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Map;

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
              Map.of(),
              Instant.now()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    }
  }
}
