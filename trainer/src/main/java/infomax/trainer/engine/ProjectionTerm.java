package infomax.trainer.engine;

import infomax.trainer.objective.Estimator;
import java.util.ArrayList;
import java.util.List;

/**
 * InfoNCE over all pairs with a projection head on each side. The comparison of all with all is
 * small (images x images x locations x projection length), and each view's is done by one worker.
 */
final class ProjectionTerm implements InformationTerm {

  private final Workers workers;
  private final ProjectionHead left;
  private final ProjectionHead right;
  private final int firstComparer;
  private final List<ContrastiveComparison> comparisons = new ArrayList<>();

  /**
   * Wires the term.
   *
   * @param firstComparer ordinal of the worker that compares the first view, the next one the next;
   *     taken modulo their number
   */
  ProjectionTerm(TermWiring wiring, Estimator.InfoNce estimator, int firstComparer) {
    this.workers = wiring.workers();
    this.firstComparer = firstComparer;
    this.left = ProjectionHead.ofUnitLength(wiring, "left", wiring.left(), estimator.critics());
    this.right = ProjectionHead.ofUnitLength(wiring, "right", wiring.right(), estimator.critics());
    int images = wiring.images();
    int locations = wiring.locations();
    for (int view = 0; view < wiring.views(); view++) {
      int next = (view + 1) % wiring.views();
      comparisons.add(
          new ContrastiveComparison(
              wiring.arena(),
              left.projections(),
              view * images,
              right.projections(),
              next * images * locations,
              new ContrastiveLoss(images, locations, estimator.temperature()),
              wiring.weight() / wiring.views()));
    }
  }

  @Override
  public void read(byte[] pixels, Pairing pairing) {
    // Every other image of the mini-batch is a negative: nothing to draw.
  }

  @Override
  public void project(int worker) {
    left.forward(worker);
    right.forward(worker);
  }

  @Override
  public void compare(int worker) {
    for (int view = 0; view < comparisons.size(); view++) {
      if ((firstComparer + view) % workers.count() == worker) {
        comparisons.get(view).run();
      }
    }
  }

  @Override
  public double loss() {
    return comparisons.stream().mapToDouble(ContrastiveComparison::loss).average().orElseThrow();
  }

  @Override
  public void backward(int worker) {
    left.backward(worker);
    right.backward(worker);
  }

  @Override
  public NativeFloats leftGradient() {
    return left.inputGradient();
  }

  @Override
  public NativeFloats rightGradient() {
    return right.inputGradient();
  }
}
