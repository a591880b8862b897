package infomax.store;

/**
 * Is told of every step of a store before it is taken, on the thread that takes it. It may throw an
 * {@link ObjectStoreException}, as a store does that cannot be reached: the step is not taken then.
 */
@FunctionalInterface
public interface StoreObserver {

  /** Looks away. */
  StoreObserver NONE = (_, _) -> {};

  /**
   * A step is about to be taken.
   *
   * @param name the object's digest, the entry's name, or the prefix that is listed
   */
  void before(StoreStep step, String name);
}
