package infomax.trainer.engine;

import infomax.trainer.kernels.Kernels;
import infomax.trainer.kernels.Matrix;
import infomax.trainer.network.CriticSides;
import infomax.trainer.network.Critics;
import infomax.trainer.network.NormStatistics;
import infomax.trainer.objective.Estimator;
import infomax.trainer.objective.Objective;
import infomax.trainer.objective.Preset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Encoder, posterior and the terms: from bytes to losses, and back to gradients. */
final class TrainingGraph {

  private final Objective objective;
  private final int views;
  private final int images;
  private final double normMomentum;
  private final Kernels kernels;
  private final Workers workers;
  private final NativeArena arena;
  private final ParameterBuffers buffers;
  private final EncoderGraph encoder;
  private final Posterior posterior;
  private final InformationTerm global;
  private final InformationTerm local;
  private final Optional<InformationTerm> within;
  private final Optional<InformationTerm> earlier;
  private final List<InformationTerm> terms;
  private final List<NativeFloats> sampleGradients = new ArrayList<>();
  private final List<NativeFloats> featureMapGradients = new ArrayList<>();
  private final List<NativeFloats> earlierMapGradients = new ArrayList<>();

  TrainingGraph(
      Preset preset,
      Precision precision,
      Kernels kernels,
      Workers workers,
      NativeArena arena,
      ParameterBuffers buffers) {
    this.objective = preset.objective();
    this.views = preset.views().count();
    this.images = preset.miniBatch();
    this.normMomentum = preset.normMomentum();
    this.kernels = kernels;
    this.workers = workers;
    this.arena = arena;
    this.buffers = buffers;
    this.encoder = new EncoderGraph(kernels, workers, arena, buffers, preset.pictures(), precision);
    this.posterior =
        new Posterior(
            kernels.dense(), workers, arena, buffers, encoder.pooled(), objective.gamma());
    NativeFloats z = posterior.sample().values();
    NativeFloats featureMap = encoder.featureMap().values();
    this.global = term(wiring("global", objective.alpha(), z, globalSide(z, featureMap)), 0);
    this.local = term(wiring("local", objective.beta(), z, featureMap), 1);
    this.within =
        objective.within() > 0
            ? Optional.of(term(wiring("within", objective.within(), featureMap, featureMap), 0))
            : Optional.empty();
    this.earlier =
        objective.earlier() > 0
            ? Optional.of(
                term(wiring("earlier", objective.earlier(), z, encoder.earlierMap().values()), 1))
            : Optional.empty();
    this.terms =
        Stream.of(Optional.of(global), Optional.of(local), within, earlier)
            .flatMap(Optional::stream)
            .toList();
    collectGradients(featureMap);
  }

  private NativeFloats globalSide(NativeFloats z, NativeFloats featureMap) {
    return switch (objective.global()) {
      case Z -> z;
      case FEATURE_MAP ->
          featureMap.reshaped(
              z.rows(), featureMap.columns() * buffers.layout().shape().locations());
    };
  }

  private void collectGradients(NativeFloats featureMap) {
    sampleGradients.add(global.leftGradient());
    if (objective.global() == CriticSides.Global.Z) {
      sampleGradients.add(global.rightGradient());
    } else {
      featureMapGradients.add(
          global.rightGradient().reshaped(featureMap.rows(), featureMap.columns()));
    }
    sampleGradients.add(local.leftGradient());
    featureMapGradients.add(local.rightGradient());
    within.ifPresent(
        term -> {
          featureMapGradients.add(term.leftGradient());
          featureMapGradients.add(term.rightGradient());
        });
    earlier.ifPresent(
        term -> {
          sampleGradients.add(term.leftGradient());
          earlierMapGradients.add(term.rightGradient());
        });
  }

  private TermWiring wiring(String name, double weight, NativeFloats left, NativeFloats right) {
    return new TermWiring(
        name, weight, views, left, right, kernels.dense(), workers, arena, buffers);
  }

  private InformationTerm term(TermWiring wiring, int comparer) {
    if (wiring.weight() == 0) {
      return new AbsentTerm(wiring);
    }
    return switch (objective.estimator()) {
      case Estimator.OfPairs ofPairs ->
          switch (ofPairs.critics()) {
            case Critics.Mlp mlp -> new MlpTerm(wiring, ofPairs, mlp);
            case Critics.Projection projection -> new DotTerm(wiring, ofPairs, projection);
          };
      case Estimator.InfoNce nce ->
          wiring.rowsPerPicture() == 1
              ? new ProjectionTerm(wiring, nce, comparer)
              : new LocationProjectionTerm(wiring, nce);
      case Estimator.Reconstruction reconstruction ->
          new ReconstructionTerm(
              wiring, reconstruction.critics().width(), buffers.layout().shape().imageBytes());
    };
  }

  /** The losses of a mini-batch; running statistics follow it. */
  StepLosses forward(byte[] pixels, StepRandomness randomness) {
    encoder.forwardTraining(pixels, normMomentum);
    posterior.read(randomness.noise());
    global.read(pixels, Pairing.ofPictures(images, randomness.globalPartners()));
    local.read(pixels, Pairing.ofPictures(images, randomness.localPartners()));
    within.ifPresent(term -> term.read(pixels, locationPairs(randomness)));
    earlier.ifPresent(
        term -> term.read(pixels, Pairing.ofPictures(images, randomness.earlierPartners())));
    workers.run(
        worker -> {
          posterior.forward(worker);
          terms.forEach(term -> term.project(worker));
        });
    workers.run(worker -> terms.forEach(term -> term.compare(worker)));
    double prior = posterior.prior();
    double withinLoss = within.map(InformationTerm::loss).orElse(0.0);
    double earlierLoss = earlier.map(InformationTerm::loss).orElse(0.0);
    double total =
        objective.alpha() * global.loss()
            + objective.beta() * local.loss()
            + objective.gamma() * prior
            + objective.within() * withinLoss
            + objective.earlier() * earlierLoss;
    return new StepLosses(total, global.loss(), local.loss(), prior, withinLoss, earlierLoss);
  }

  private Pairing locationPairs(StepRandomness randomness) {
    return Pairing.ofLocations(
        Pairing.ofPictures(images, randomness.withinPartners()),
        buffers.layout().shape().locations(),
        randomness.withinShifts());
  }

  /** Gradients of the last forward pass's total loss, in parts, into the buffers. */
  void backward() {
    workers.run(worker -> terms.forEach(term -> term.settle(worker)));
    workers.run(
        worker -> {
          terms.forEach(term -> term.backward(worker));
          addSampleGradients(worker);
          posterior.backward(worker);
        });
    encoder.backward(featureMapGradients, earlierMapGradients);
  }

  private void addSampleGradients(int worker) {
    int from = workers.from(worker);
    int rows = workers.to(worker) - from;
    Matrix sum = posterior.sample().gradient().matrix();
    Matrix reached = sampleGradients.getFirst().matrix();
    for (NativeFloats each : sampleGradients.subList(1, sampleGradients.size())) {
      kernels.dense().add(reached, from, each.matrix(), from, rows, sum, from);
      reached = sum;
    }
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
