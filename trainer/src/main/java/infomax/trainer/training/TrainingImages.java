package infomax.trainer.training;

import infomax.trainer.snapshot.TrainingSnapshot;

/** Images to train on, by number. To be read by one thread at a time. */
public interface TrainingImages {

  /** How many there are. */
  int count();

  /** Height and width in pixels. */
  int inputSize();

  /**
   * Copies the 3 x s x s bytes of image {@code number} into {@code target}, from {@code offset}.
   */
  void copyPixels(int number, byte[] target, int offset);

  /** The part of a snapshot that is not held out. */
  static TrainingImages of(TrainingSnapshot snapshot) {
    return new TrainingImages() {
      @Override
      public int count() {
        return snapshot.images() - snapshot.heldOut();
      }

      @Override
      public int inputSize() {
        return snapshot.facts().inputSize();
      }

      @Override
      public void copyPixels(int number, byte[] target, int offset) {
        snapshot.copyPixels(snapshot.heldOut() + number, target, offset);
      }
    };
  }
}
