package infomax.trainer.engine;

import infomax.trainer.kernels.Kernels;
import infomax.trainer.kernels.Matrix;
import infomax.trainer.network.NormStatistics;
import infomax.trainer.objective.Estimator;
import infomax.trainer.objective.Objective;
import infomax.trainer.objective.Preset;

/** Encoder, posterior and both terms: from bytes to losses, and back to gradients. */
final class TrainingGraph {

  private final Objective objective;
  private final int views;
  private final double normMomentum;
  private final Kernels kernels;
  private final Workers workers;
  private final NativeArena arena;
  private final ParameterBuffers buffers;
  private final EncoderGraph encoder;
  private final Posterior posterior;
  private final InformationTerm global;
  private final InformationTerm local;

  TrainingGraph(
      Preset preset,
      Kernels kernels,
      Workers workers,
      NativeArena arena,
      ParameterBuffers buffers) {
    this.objective = preset.objective();
    this.views = preset.views().count();
    this.normMomentum = preset.normMomentum();
    this.kernels = kernels;
    this.workers = workers;
    this.arena = arena;
    this.buffers = buffers;
    this.encoder = new EncoderGraph(kernels, workers, arena, buffers, preset.pictures());
    this.posterior =
        new Posterior(
            kernels.dense(), workers, arena, buffers, encoder.pooled(), objective.gamma());
    NativeFloats z = posterior.sample().values();
    this.global = term("global", objective.alpha(), z, 0);
    this.local = term("local", objective.beta(), encoder.featureMap().values(), 1);
  }

  private InformationTerm term(String name, double weight, NativeFloats other, int comparer) {
    TermWiring wiring =
        new TermWiring(
            name,
            weight,
            views,
            posterior.sample().values(),
            other,
            kernels.dense(),
            workers,
            arena,
            buffers);
    if (weight == 0) {
      return new AbsentTerm(wiring);
    }
    return switch (objective.estimator()) {
      case Estimator.OfPairs ofPairs -> new MlpTerm(wiring, ofPairs);
      case Estimator.InfoNce nce -> new ProjectionTerm(wiring, nce, comparer);
      case Estimator.Reconstruction reconstruction ->
          new ReconstructionTerm(
              wiring, reconstruction.critics().width(), buffers.layout().shape().imageBytes());
    };
  }

  /** The losses of a mini-batch; running statistics follow it. */
  StepLosses forward(byte[] pixels, StepRandomness randomness) {
    encoder.forwardTraining(pixels, normMomentum);
    posterior.read(randomness.noise());
    global.read(pixels, randomness.globalPartners());
    local.read(pixels, randomness.localPartners());
    workers.run(
        worker -> {
          posterior.forward(worker);
          global.project(worker);
          local.project(worker);
        });
    workers.run(
        worker -> {
          global.compare(worker);
          local.compare(worker);
        });
    double prior = posterior.prior();
    double total =
        objective.alpha() * global.loss()
            + objective.beta() * local.loss()
            + objective.gamma() * prior;
    return new StepLosses(total, global.loss(), local.loss(), prior);
  }

  /** Gradients of the last forward pass's total loss, in parts, into the buffers. */
  void backward() {
    workers.run(
        worker -> {
          global.settle(worker);
          local.settle(worker);
        });
    workers.run(
        worker -> {
          global.backward(worker);
          local.backward(worker);
          addSampleGradients(worker);
          posterior.backward(worker);
        });
    encoder.backward(local.rightGradient());
  }

  private void addSampleGradients(int worker) {
    int from = workers.from(worker);
    int rows = workers.to(worker) - from;
    Matrix sum = posterior.sample().gradient().matrix();
    Matrix globalLeft = global.leftGradient().matrix();
    Matrix globalRight = global.rightGradient().matrix();
    kernels.dense().add(globalLeft, from, globalRight, from, rows, sum, from);
    kernels.dense().add(sum, from, local.leftGradient().matrix(), from, rows, sum, from);
  }

  /**
   * A forward pass of the encoder alone, for its running statistics' sake.
   *
   * @param momentum share of the old running value
   */
  void observe(byte[] pixels, double momentum) {
    encoder.forwardTraining(pixels, momentum);
  }

  /** Embeddings of a mini-batch, (image, dimension), as inference computes them. */
  float[] embed(byte[] pixels) {
    encoder.forwardInference(pixels);
    workers.run(posterior::embed);
    return posterior.mean().toArray();
  }

  NormStatistics statistics() {
    return encoder.statistics(buffers.layout().shape());
  }

  void restore(NormStatistics statistics) {
    encoder.restore(statistics);
  }
}
