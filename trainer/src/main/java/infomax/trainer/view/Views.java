package infomax.trainer.view;

/** How many views of each image a step sees, and what they are. */
public sealed interface Views {

  /** Views per image. */
  int count();

  /** The image itself: both information terms are taken within it. */
  record Plain() implements Views {
    @Override
    public int count() {
      return 1;
    }
  }

  /**
   * Two random views; both information terms are taken across them, so that what a view changes
   * tells nothing.
   *
   * @param augmentation how far a view may be from its image
   */
  record TwoAugmented(Augmentation augmentation) implements Views {
    @Override
    public int count() {
      return 2;
    }
  }
}
