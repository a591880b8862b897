package infomax.encoder;

import ai.onnxruntime.OrtException;
import infomax.imaging.EncoderPixels;
import java.util.List;

/** An encoder's graph on some device. Thread-safe. */
interface Graph extends AutoCloseable {

  /** Where it runs, for people. */
  String device();

  /** Embeds a batch, in the order of the images. */
  List<Embedding> run(List<EncoderPixels> images) throws OrtException;

  /** Frees it; no run may be under way. */
  @Override
  void close() throws OrtException;
}
