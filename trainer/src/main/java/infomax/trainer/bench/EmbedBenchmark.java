package infomax.trainer.bench;

import infomax.encoder.Encoder;
import infomax.encoder.EncoderDevice;
import infomax.events.control.ServedPrecision;
import infomax.imaging.EncoderPixels;
import infomax.trainer.export.Int8Export;
import infomax.trainer.export.OnnxExport;
import infomax.trainer.export.OnnxFile;
import infomax.trainer.network.NetworkShape;
import infomax.trainer.network.Weights;
import infomax.trainer.objective.Preset;
import infomax.trainer.training.Int8Calibration;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;

/**
 * How fast an encoder embeds, per device, precision and batch size. What its weights are makes no
 * difference, so the untrained network is measured. Every device is compared with the processor on
 * the same images.
 */
public final class EmbedBenchmark {

  private static final List<Integer> BATCHES = List.of(1, 8, 32, 128, 256);
  private static final Duration WARM_UP = Duration.ofSeconds(1);
  private static final int CALIBRATION_IMAGES = 64;
  private static final long SEED = 1;

  private final NetworkShape shape;
  private final int threads;
  private final Duration duration;

  /**
   * A benchmark.
   *
   * @param threads of each call on the processor
   * @param duration time of the calls that count, per device and batch size
   */
  public EmbedBenchmark(NetworkShape shape, int threads, Duration duration) {
    this.shape = shape;
    this.threads = threads;
    this.duration = duration;
  }

  /**
   * What was measured.
   *
   * @param schema 2
   * @param input side of the images in pixels
   * @param threads of each call on the processor
   * @param rows one per device, precision and batch size
   */
  public record Report(int schema, int input, int threads, List<Row> rows) {}

  /**
   * One device with one batch size.
   *
   * @param device {@code cpu} or {@code cuda}
   * @param precision of the ONNX file
   * @param batch images per call
   * @param callMillisMedian time of a call
   * @param imagesPerSecond batch x 1000 / callMillisMedian
   * @param cosineMin lowest cosine of an embedding with that of the same image in float32 on the
   *     processor
   */
  public record Row(
      String device,
      ServedPrecision precision,
      int batch,
      double callMillisMedian,
      double imagesPerSecond,
      double cosineMin) {}

  /** Measures every device there is. */
  public Report run() {
    Weights weights = Weights.initial(shape, Preset.named("default").critics(), SEED);
    OnnxFile float32 = OnnxExport.write(weights, Optional.empty(), new TreeMap<>());
    OnnxFile int8 = int8(weights);
    List<Row> rows = new ArrayList<>();
    try (Encoder processor = open(float32, EncoderDevice.CPU);
        Encoder bytes = open(int8, EncoderDevice.CPU);
        Encoder other = open(float32, EncoderDevice.AUTO)) {
      Map<Encoder, ServedPrecision> encoders = new LinkedHashMap<>();
      encoders.put(processor, ServedPrecision.FLOAT32);
      encoders.put(bytes, ServedPrecision.INT8);
      if (!other.device().equals(processor.device())) {
        encoders.put(other, ServedPrecision.FLOAT32);
      }
      encoders.forEach(
          (encoder, precision) -> {
            for (int batch : BATCHES) {
              rows.add(measure(encoder, precision, processor, batch));
            }
          });
    }
    return new Report(2, shape.inputSize(), threads, rows);
  }

  private OnnxFile int8(Weights weights) {
    List<byte[]> images = noise(CALIBRATION_IMAGES).stream().map(EncoderPixels::bytes).toList();
    return Int8Export.write(
        weights,
        Optional.empty(),
        Int8Calibration.ranges(weights, images, threads),
        new TreeMap<>());
  }

  private Encoder open(OnnxFile onnx, EncoderDevice device) {
    return Encoder.open(
        onnx.bytes(),
        onnx.digest(),
        shape.inputSize(),
        shape.dimensions(),
        new Encoder.Execution(device, threads));
  }

  private Row measure(Encoder encoder, ServedPrecision precision, Encoder processor, int batch) {
    List<EncoderPixels> images = noise(batch);
    List<Double> millis = new ArrayList<>();
    long begunNanos = System.nanoTime();
    long endNanos = begunNanos + WARM_UP.plus(duration).toNanos();
    while (System.nanoTime() < endNanos || millis.isEmpty()) {
      long startNanos = System.nanoTime();
      encoder.embed(images);
      if (startNanos - begunNanos >= WARM_UP.toNanos()) {
        millis.add((System.nanoTime() - startNanos) / 1e6);
      }
    }
    double median = millis.stream().sorted().skip(millis.size() / 2).findFirst().orElseThrow();
    return new Row(
        encoder.device(),
        precision,
        batch,
        median,
        1000 * batch / median,
        lowest(encoder, processor, images));
  }

  private static double lowest(Encoder one, Encoder other, List<EncoderPixels> images) {
    double lowest = 1;
    for (EncoderPixels image : images) {
      float[] left = one.embed(image).unit();
      float[] right = other.embed(image).unit();
      double cosine = 0;
      for (int i = 0; i < left.length; i++) {
        cosine += left[i] * (double) right[i];
      }
      lowest = Math.min(lowest, cosine);
    }
    return lowest;
  }

  private List<EncoderPixels> noise(int count) {
    Random random = new Random(SEED);
    List<EncoderPixels> images = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      byte[] pixels = new byte[shape.imageBytes()];
      random.nextBytes(pixels);
      images.add(EncoderPixels.ofBytes(shape.inputSize(), pixels));
    }
    return images;
  }
}
