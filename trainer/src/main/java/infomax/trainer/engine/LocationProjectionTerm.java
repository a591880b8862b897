package infomax.trainer.engine;

import infomax.trainer.objective.Estimator;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/**
 * InfoNCE between locations of the feature map: every location meets one other location of its own
 * picture, drawn anew in each step, and the one drawn for each of the other pictures. Projections
 * are put in the order (view, location, image), so that what is compared lies together.
 */
final class LocationProjectionTerm implements InformationTerm {

  private final TermWiring wiring;
  private final Workers workers;
  private final ProjectionHead left;
  private final ProjectionHead right;
  private final Variable leftInOrder;
  private final Variable rightInOrder;
  private final List<ContrastiveComparison> comparisons = new ArrayList<>();
  private Pairing pairing = Pairing.NONE;

  LocationProjectionTerm(TermWiring wiring, Estimator.InfoNce estimator) {
    this.wiring = wiring;
    this.workers = wiring.workers();
    this.left = ProjectionHead.ofUnitLength(wiring, "left", wiring.left(), estimator.critics());
    this.right = ProjectionHead.ofUnitLength(wiring, "right", wiring.right(), estimator.critics());
    int rows = wiring.left().rows();
    int output = estimator.critics().output();
    this.leftInOrder = wiring.arena().variable(rows, output);
    this.rightInOrder = wiring.arena().variable(rows, output);
    int images = wiring.images();
    for (int first = 0; first < rows; first += images) {
      comparisons.add(
          new ContrastiveComparison(
              wiring.arena(),
              leftInOrder,
              first,
              rightInOrder,
              first,
              new ContrastiveLoss(images, 1, estimator.temperature()),
              wiring.weight() * images / rows));
    }
  }

  @Override
  public void read(byte[] pixels, Pairing newPairing) {
    pairing = newPairing;
  }

  @Override
  public void project(int worker) {
    left.forward(worker);
    right.forward(worker);
    for (int row = wiring.firstRow(worker); row < wiring.lastRow(worker); row++) {
      copy(left.projections().values(), row, leftInOrder.values(), place(row));
      copy(
          right.projections().values(), row, rightInOrder.values(), place(pairing.positiveOf(row)));
    }
  }

  @Override
  public void compare(int worker) {
    for (int i = worker; i < comparisons.size(); i += workers.count()) {
      comparisons.get(i).run();
    }
  }

  @Override
  public double loss() {
    return comparisons.stream().mapToDouble(ContrastiveComparison::loss).average().orElseThrow();
  }

  @Override
  public void backward(int worker) {
    for (int row = wiring.firstRow(worker); row < wiring.lastRow(worker); row++) {
      copy(leftInOrder.gradient(), place(row), left.projections().gradient(), row);
      copy(
          rightInOrder.gradient(),
          place(pairing.positiveOf(row)),
          right.projections().gradient(),
          row);
    }
    left.backward(worker);
    right.backward(worker);
  }

  /** Where a left row, and its positive, lie in order. */
  private int place(int row) {
    int locations = wiring.rowsPerPicture();
    int images = wiring.images();
    int picture = row / locations;
    int view = picture / images;
    return (view * locations + row % locations) * images + picture % images;
  }

  private static void copy(NativeFloats from, int fromRow, NativeFloats to, int toRow) {
    long bytes = (long) from.columns() * Float.BYTES;
    MemorySegment.copy(from.segment(), fromRow * bytes, to.segment(), toRow * bytes, bytes);
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
