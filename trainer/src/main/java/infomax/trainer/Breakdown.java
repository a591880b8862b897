package infomax.trainer;

import infomax.store.ObjectBrokenException;
import infomax.store.ObjectStoreException;
import java.util.List;
import java.util.stream.Stream;

/** What it means that a training broke off. Pure. */
sealed interface Breakdown {

  /**
   * The store cannot be reached, or takes nothing: no fault of the training, whose checkpoint is
   * kept until the store is there again, however long that takes.
   */
  record StoreAway(String problem) implements Breakdown {}

  /** The next attempt would end in the same way. */
  record Hopeless(String reason) implements Breakdown {}

  /** Another attempt may succeed. */
  record MayPass(String problem) implements Breakdown {}

  /** What this means, or what is behind it: a step's threads tell of their end by a cause. */
  static Breakdown of(Throwable thrown) {
    List<Throwable> chain =
        Stream.iterate(thrown, each -> each != null, Throwable::getCause).toList();
    for (Throwable each : chain) {
      switch (each) {
        case OutOfMemoryError error -> {
          return new Hopeless(
              "the trainer ran out of memory (%s): ask again with fewer images per step, such as"
                      .formatted(error.getMessage())
                  + " --preset default+batch=64, or start the trainer with more heap (-Xmx)");
        }
        case LinkageError error -> {
          return new Hopeless(
              "a library that the training needs cannot be loaded (%s): see what the trainer's log"
                      .formatted(error)
                  + " says of it, mend that, start the trainer anew and ask again");
        }
        case Error error -> {
          return new Hopeless(
              "the training broke off with %s: the trainer's log says where; ask again with"
                      .formatted(error)
                  + " another preset");
        }
        case ObjectBrokenException _ -> {
          return new MayPass(thrown.toString());
        }
        case ObjectStoreException away -> {
          return new StoreAway(String.valueOf(away.getMessage()));
        }
        default -> {
          // What is behind it may say more.
        }
      }
    }
    return new MayPass(thrown.toString());
  }
}
