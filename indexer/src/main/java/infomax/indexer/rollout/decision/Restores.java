package infomax.indexer.rollout.decision;

import infomax.events.control.ControlRequest;
import infomax.events.control.ControlRequest.Status;
import infomax.events.control.EncoderRelease;
import infomax.events.control.FailureCause;
import infomax.events.control.GenerationState;
import infomax.events.control.IndexGeneration;
import infomax.events.control.IndexGeneration.Transition;
import infomax.events.control.IndexOverrides;
import infomax.index.IndexSpec;
import infomax.index.PublishedShards;
import infomax.indexer.backup.Backup;
import infomax.indexer.backup.RestoreConditions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Begins a generation with a backup. From there it goes the way of every candidate: it catches up,
 * is verified, and goes live. Every other candidate ends: those of its encoder or an older one are
 * behind it, and one of a newer encoder begins anew once it is live.
 */
final class Restores {

  private Restores() {}

  /** What comes of a request to restore; empty while log or store cannot be asked. */
  static Optional<Plan> plan(RolloutView view, ControlRequest request) {
    RestoreOffer offer = view.offers().get(request.id());
    LogTopic log = view.log();
    if (offer == null || log == null) {
      return Optional.empty();
    }
    return Optional.of(
        switch (offer) {
          case RestoreOffer.Unusable(String problem) ->
              Requests.end(request, Status.FAILED, problem);
          case RestoreOffer.Found found ->
              refusal(view, log, found.backup())
                  .map(problem -> Requests.end(request, Status.FAILED, problem))
                  .orElseGet(() -> begin(view, request, found));
        });
  }

  private static Optional<String> refusal(RolloutView view, LogTopic log, Backup backup) {
    int version = backup.release().version();
    if (!Beginning.isWanted(view.state(), version)) {
      return Optional.of(
          "encoder " + version + " is barred or older than the live encoder; roll back instead");
    }
    // Missing deletes are the indexer's to find, who asks the topic how long it keeps them.
    return new RestoreConditions(
            log.topicId(), log.partitions(), log.ends(), null, view.state().encoders(), view.now())
        .refusal(backup);
  }

  private static Plan begin(RolloutView view, ControlRequest request, RestoreOffer.Found found) {
    EncoderRelease release = found.backup().release();
    PublishedShards published = found.backup().published();
    IndexSpec spec = published.spec();
    int number =
        view.state().generations().isEmpty() ? 1 : view.state().generations().lastKey() + 1;
    String outcome =
        "generation "
            + number
            + " begins with the backup of generation "
            + spec.generation()
            + ", publication "
            + published.sequences().stream().map(String::valueOf).collect(Collectors.joining("-"));
    String reason = Requests.reason(outcome, request);
    List<Decision> decisions = new ArrayList<>();
    if (!view.state().encoders().containsKey(release.version())) {
      decisions.add(new Decision.Write(release));
    }
    for (IndexGeneration other : view.state().generations().values()) {
      if (Candidate.isCandidate(other)) {
        decisions.add(
            new Decision.Write(other.failed(FailureCause.NOT_WANTED, view.now(), reason)));
      }
    }
    decisions.add(
        new Decision.Write(
            new IndexGeneration(
                number,
                release.version(),
                spec.encoder(),
                spec.dimensions(),
                spec.topicId(),
                spec.partitions(),
                spec.index(),
                IndexOverrides.NONE,
                null,
                GenerationState.BUILDING,
                List.of(new Transition(GenerationState.BUILDING, view.now(), reason)),
                null,
                null,
                found.description())));
    decisions.add(new Decision.Write(request.as(Status.DONE, outcome)));
    return new Plan.Write(decisions, reason);
  }
}
