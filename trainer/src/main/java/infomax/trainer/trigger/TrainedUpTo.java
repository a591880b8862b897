package infomax.trainer.trigger;

import infomax.events.Positions;
import infomax.events.control.ControlRequest;
import infomax.events.control.ControlRequest.Kind;
import infomax.events.control.ControlState;
import infomax.events.control.EncoderRelease;
import java.time.Instant;

/**
 * Up to where images are not new, and since when: a training saw them, or failed on them.
 *
 * @param positions of the newest snapshot, or the end of the log when a training was asked for
 * @param at when the last training was asked for or released; that of release 0 if there was none
 */
record TrainedUpTo(Positions positions, Instant at) {

  /**
   * As {@code control} has it.
   *
   * @param asked the end of the log when a trigger last asked, which may have been in vain
   */
  static TrainedUpTo of(ControlState state, Positions asked) {
    Positions positions = asked;
    Instant at = Instant.EPOCH;
    for (EncoderRelease release : state.encoders().values()) {
      EncoderRelease.SnapshotSummary snapshot = release.snapshot();
      if (snapshot != null && snapshot.positions().reaches(positions)) {
        positions = snapshot.positions();
      }
      at = later(at, release.createdAt());
    }
    for (ControlRequest request : state.requests().values()) {
      at = request.kind() == Kind.TRAIN ? later(at, request.createdAt()) : at;
    }
    return new TrainedUpTo(positions, at);
  }

  private static Instant later(Instant one, Instant other) {
    return one.isAfter(other) ? one : other;
  }
}
