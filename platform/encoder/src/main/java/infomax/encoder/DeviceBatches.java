package infomax.encoder;

import ai.onnxruntime.OrtException;
import infomax.imaging.EncoderPixels;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs a graph in batches that fit its device: where memory does not suffice, the batch is halved,
 * and stays so; where it does not suffice for one image, the processor takes over for good.
 * Thread-safe, but {@link #close} must not run beside {@link #run}.
 */
final class DeviceBatches {

  /** Images per run of the graph; more are split, which bounds native memory. */
  static final int BATCH_MAX = 256;

  private static final Logger LOG = LoggerFactory.getLogger(DeviceBatches.class);

  private final Opening onProcessor;
  private final List<Graph> opened = new ArrayList<>();
  private volatile Plan plan;

  /** Opens the graph on the processor. */
  @FunctionalInterface
  interface Opening {
    Graph open() throws OrtException;
  }

  private record Plan(Graph graph, int batch) {}

  /**
   * Batches for a graph.
   *
   * @param graph closed with this
   * @param onProcessor opens the same graph where memory is the machine's
   */
  DeviceBatches(Graph graph, Opening onProcessor) {
    this.onProcessor = onProcessor;
    this.plan = new Plan(graph, BATCH_MAX);
    opened.add(graph);
  }

  String device() {
    return plan.graph().device();
  }

  /** Embeds images, in their order. */
  List<Embedding> run(List<EncoderPixels> images) throws OrtException {
    List<Embedding> embeddings = new ArrayList<>(images.size());
    while (embeddings.size() < images.size()) {
      Plan current = plan;
      int from = embeddings.size();
      List<EncoderPixels> batch =
          images.subList(from, Math.min(images.size(), from + current.batch()));
      try {
        embeddings.addAll(current.graph().run(batch));
      } catch (OrtException e) {
        if (!lacksMemory(e) || current.graph().device().equals(OrtGraph.PROCESSOR)) {
          throw e;
        }
        makeRoom(current, batch.size());
      }
    }
    return embeddings;
  }

  /** What another thread has changed meanwhile is tried first. */
  private synchronized void makeRoom(Plan failed, int batch) throws OrtException {
    if (!plan.equals(failed)) {
      return;
    }
    if (batch > 1) {
      LOG.warn("{} lacks memory for {} images, trying {}", device(), batch, batch / 2);
      plan = new Plan(failed.graph(), batch / 2);
      return;
    }
    LOG.warn("{} lacks memory for a single image, running on the processor", device());
    Graph graph = onProcessor.open();
    opened.add(graph);
    plan = new Plan(graph, BATCH_MAX);
  }

  /** ONNX Runtime has no error code for it. */
  private static boolean lacksMemory(OrtException e) {
    String message = String.valueOf(e.getMessage()).toLowerCase(Locale.ROOT);
    return message.contains("out of memory") || message.contains("failed to allocate memory");
  }

  synchronized void close() throws OrtException {
    for (Graph graph : opened) {
      graph.close();
    }
    opened.clear();
  }
}
