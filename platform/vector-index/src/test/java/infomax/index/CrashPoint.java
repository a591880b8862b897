package infomax.index;

import infomax.store.StoreStep;
import org.jspecify.annotations.Nullable;

/** Moments at which a process is halted: where a phase begins, or before one of its steps. */
enum CrashPoint {
  BEFORE_THE_COMMIT(Phase.COMMIT, null, 0),
  /** And before any object is put. */
  AFTER_THE_COMMIT(Phase.PUBLISH, null, 0),
  BETWEEN_THE_OBJECTS(Phase.PUBLISH, StoreStep.PUT_OBJECT, 2),
  BEFORE_THE_MANIFEST(Phase.PUBLISH, StoreStep.CREATE_ENTRY, 1),
  /**
   * And before any file of it is downloaded: when it is read back; a manifest was read for the
   * first time to see what is published already.
   */
  AFTER_THE_MANIFEST(Phase.PUBLISH, StoreStep.READ_ENTRY, 2),
  BETWEEN_DOWNLOADED_FILES(Phase.READ, StoreStep.FETCH_OBJECT, 3),
  BETWEEN_GARBAGE_MANIFESTS(Phase.TIDY, StoreStep.DELETE_ENTRY, 2),
  BEFORE_GARBAGE_OBJECTS(Phase.TIDY, StoreStep.DELETE_OBJECT, 1),
  BETWEEN_GARBAGE_OBJECTS(Phase.TIDY, StoreStep.DELETE_OBJECT, 2),
  BETWEEN_FILES_OF_A_NEW_WRITER(Phase.TAKE_OVER, StoreStep.FETCH_OBJECT, 3),
  BEFORE_A_TAKE_OVER(Phase.TAKE_OVER, StoreStep.CREATE_ENTRY, 1),
  AFTER_A_TAKE_OVER(Phase.TAKE_OVER, StoreStep.READ_ENTRY, 3);

  /** What a process does, in this order. */
  enum Phase {
    COMMIT,
    PUBLISH,
    READ,
    TIDY,
    TAKE_OVER
  }

  private final Phase phase;
  private final @Nullable StoreStep step;
  private final int times;

  CrashPoint(Phase phase, @Nullable StoreStep step, int times) {
    this.phase = phase;
    this.step = step;
    this.times = times;
  }

  /** True where this phase begins. */
  boolean isBeginningOf(Phase begun) {
    return step == null && phase == begun;
  }

  /** True before the {@code count}-th step of its kind in this phase. */
  boolean isBefore(StoreStep taken, Phase in, int count) {
    return step == taken && phase == in && times == count;
  }
}
