package infomax.trainer.engine;

/** A term of weight 0: costs nothing, changes nothing, and its critics stay as they began. */
final class AbsentTerm implements InformationTerm {

  private final NativeFloats leftGradient;
  private final NativeFloats rightGradient;

  /** Wires the term; its gradients stay 0. */
  AbsentTerm(TermWiring wiring) {
    NativeArena arena = wiring.arena();
    this.leftGradient = arena.floats(wiring.left().rows(), wiring.left().columns());
    this.rightGradient = arena.floats(wiring.right().rows(), wiring.right().columns());
  }

  @Override
  public void read(byte[] pixels, Pairing pairing) {
    // Pairs nothing.
  }

  @Override
  public void project(int worker) {
    // Looks at nothing.
  }

  @Override
  public void compare(int worker) {
    // Compares nothing.
  }

  @Override
  public double loss() {
    return 0;
  }

  @Override
  public void backward(int worker) {
    // Its gradients are 0 from the beginning.
  }

  @Override
  public NativeFloats leftGradient() {
    return leftGradient;
  }

  @Override
  public NativeFloats rightGradient() {
    return rightGradient;
  }
}
