package infomax.events.control;

/** How an index keeps the vectors that a search along the graph reads. */
public enum VectorFormat {
  /** As they are: four bytes a component. */
  FLOAT32,

  /**
   * Scalar quantised: about one byte a component for the way along the graph. The vectors as they
   * are lie beside them, and every candidate is scored with those.
   */
  INT8
}
