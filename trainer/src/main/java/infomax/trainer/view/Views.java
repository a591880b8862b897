package infomax.trainer.view;

/** How many views of each image a step sees, and what they are. */
public sealed interface Views {

  /** Views per image. */
  int count();

  /** Share of a training's steps, its first, whose views are smaller than the images; 0 to 1. */
  default double smallShare() {
    return 0;
  }

  /**
   * Height and width of the views of a step.
   *
   * @param inputSize of the images, in pixels
   * @param progress share of the training's steps that are done, 0 to 1
   */
  default int side(int inputSize, double progress) {
    return progress < smallShare() ? inputSize * 3 / 4 : inputSize;
  }

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
   * <p>Small views take little more than half the time. And they show things at the size that whole
   * images do: a random crop enlarges (Touvron et al. 2019, "Fixing the train-test resolution
   * discrepancy", arXiv 1906.06423).
   *
   * @param augmentation how far a view may be from its image
   * @param smallShare share of the steps with views of three quarters of the images' side; the
   *     others, at the end, see views of the full side
   */
  record TwoAugmented(Augmentation augmentation, double smallShare) implements Views {

    /** Validates the share. */
    public TwoAugmented {
      if (!(smallShare >= 0 && smallShare <= 1)) {
        throw new IllegalArgumentException(
            "share of small views " + smallShare + ", expected 0 to 1");
      }
    }

    @Override
    public int count() {
      return 2;
    }
  }
}
