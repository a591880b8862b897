package infomax.trainer.training;

import infomax.events.Digest;
import infomax.trainer.evaluation.EncoderScores;
import infomax.trainer.evaluation.Evaluation;
import infomax.trainer.evaluation.Gate;
import infomax.trainer.export.OnnxFile;
import infomax.trainer.network.NetworkShape;
import infomax.trainer.snapshot.TrainingSnapshot;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A candidate beside pixels, colour histograms, random weights and the encoder it would replace,
 * and what the gate says of it.
 *
 * @param rows scores of pixels, colour histograms, random weights, the incumbent if there is one,
 *     and the candidate
 * @param ruling the gate's
 */
record Comparison(List<EncoderScores> rows, Gate.Ruling ruling) {

  Comparison {
    rows = List.copyOf(rows);
  }

  /**
   * Compares encoders, each given as its ONNX file; equal files are measured once.
   *
   * @param shape of random weights and candidate
   * @param information figures of the candidate that only its training knows
   */
  static Comparison of(
      TrainingSnapshot snapshot,
      NetworkShape shape,
      Files files,
      Map<String, Double> information,
      long seed,
      int threads) {
    Evaluation evaluation = Evaluation.of(snapshot, seed);
    Map<Digest, EncoderScores> known = new HashMap<>();
    Measure measure =
        (name, onnx, of) ->
            known
                .computeIfAbsent(
                    onnx.digest(),
                    digest -> {
                      try (EncoderEmbedder embedder = EncoderEmbedder.open(onnx, of, threads)) {
                        return evaluation.score(name, embedder);
                      }
                    })
                .named(name);
    EncoderScores random = measure.of("random-weights", files.random(), shape);
    Optional<EncoderScores> incumbent =
        files.incumbent().map(other -> measure.of(other.name(), other.onnx(), other.shape()));
    EncoderScores candidate = measure.of("candidate", files.candidate(), shape).with(information);
    List<EncoderScores> rows =
        new ArrayList<>(List.of(evaluation.pixels(), evaluation.histogram(), random));
    incumbent.ifPresent(rows::add);
    rows.add(candidate);
    return new Comparison(rows, new Gate(seed).judge(candidate, random, incumbent));
  }

  /**
   * The ONNX files compared.
   *
   * @param random the untrained network's
   * @param incumbent that of the encoder it would replace, if there is one
   * @param candidate the candidate's
   */
  record Files(OnnxFile random, Optional<Other> incumbent, OnnxFile candidate) {}

  /**
   * The encoder that the candidate would replace, which may have embeddings of another length.
   *
   * @param name what its scores are called
   * @param onnx its file
   * @param shape its shape
   */
  record Other(String name, OnnxFile onnx, NetworkShape shape) {}

  @FunctionalInterface
  private interface Measure {
    EncoderScores of(String name, OnnxFile onnx, NetworkShape shape);
  }
}
