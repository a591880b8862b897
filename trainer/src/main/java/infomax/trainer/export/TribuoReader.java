package infomax.trainer.export;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import infomax.trainer.network.NetworkShape;
import infomax.trainer.statistics.VectorSet;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.tribuo.impl.ArrayExample;
import org.tribuo.interop.onnx.ImageTransformer;
import org.tribuo.interop.onnx.ONNXExternalModel;
import org.tribuo.interop.onnx.RegressorTransformer;
import org.tribuo.regression.RegressionFactory;
import org.tribuo.regression.Regressor;

/**
 * Reads an exported file back through tribuo-onnx, as somebody else's program would: with its own
 * idea of inputs and outputs. A check of the file, not a way to serve it.
 */
final class TribuoReader {

  private TribuoReader() {}

  /** Embeddings of images, 3 x s x s bytes each. */
  static VectorSet embed(OnnxFile onnx, NetworkShape shape, List<byte[]> images)
      throws IOException {
    Path file = Files.createTempFile("infomax-export", ".onnx");
    try {
      Files.write(file, onnx.bytes());
      try (ONNXExternalModel<Regressor> model = open(file, shape)) {
        List<Regressor> answers = new ArrayList<>();
        for (byte[] image : images) {
          answers.add(model.predict(example(image, shape)).getOutput());
        }
        return VectorSet.filled(
            answers.size(),
            shape.dimensions(),
            (row, target, offset) -> {
              for (Regressor.DimensionTuple value : answers.get(row)) {
                target[offset + Integer.parseInt(value.getName())] = (float) value.getValue();
              }
            });
      }
    } catch (OrtException e) {
      throw new IOException("tribuo-onnx cannot read the exported file: " + e.getMessage(), e);
    } finally {
      Files.deleteIfExists(file);
    }
  }

  @SuppressWarnings("resource") // the model owns the options and closes them
  private static ONNXExternalModel<Regressor> open(Path file, NetworkShape shape)
      throws OrtException {
    Map<String, Integer> features = new HashMap<>();
    for (int i = 0; i < shape.imageBytes(); i++) {
      features.put(name(i), i);
    }
    Map<Regressor, Integer> outputs = new HashMap<>();
    for (int i = 0; i < shape.dimensions(); i++) {
      outputs.put(new Regressor(name(i), Double.NaN), i);
    }
    return ONNXExternalModel.createOnnxModel(
        new RegressionFactory(),
        features,
        outputs,
        new ImageTransformer(NetworkShape.COLOURS, shape.inputSize(), shape.inputSize()),
        new RegressorTransformer(),
        new OrtSession.SessionOptions(),
        file,
        OnnxExport.INPUT);
  }

  private static ArrayExample<Regressor> example(byte[] image, NetworkShape shape) {
    String[] names = new String[image.length];
    double[] values = new double[image.length];
    for (int i = 0; i < image.length; i++) {
      names[i] = name(i);
      values[i] = (image[i] & 0xff) / 255f - 0.5f;
    }
    return new ArrayExample<>(new Regressor(name(shape.dimensions()), 0), names, values);
  }

  /** Tribuo orders names as text, so numbers need leading zeros. */
  private static String name(int index) {
    return String.format(java.util.Locale.ROOT, "%06d", index);
  }
}
