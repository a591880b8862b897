package infomax.events.signal;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import infomax.events.Positions;
import infomax.events.control.FailureCause;
import infomax.events.control.ShadowComparison;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** A hint on the topic {@code signals}. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
  @JsonSubTypes.Type(value = Signal.PublicationMade.class, name = "publication-made"),
  @JsonSubTypes.Type(value = Signal.ReplicaReported.class, name = "replica-reported"),
  @JsonSubTypes.Type(value = Signal.TrainingProgressed.class, name = "training-progressed"),
  @JsonSubTypes.Type(value = Signal.GenerationProgressed.class, name = "generation-progressed"),
  @JsonSubTypes.Type(value = Signal.ShadowCompared.class, name = "shadow-compared"),
  @JsonSubTypes.Type(value = Signal.ShardFailed.class, name = "shard-failed")
})
public sealed interface Signal {

  /** When it was sent; for people and time-outs, never for ordering. */
  Instant at();

  /**
   * A new publication can be fetched.
   *
   * @param at when
   * @param generation of this generation
   * @param shard of this shard, from 0
   * @param sequence the publication's number
   */
  record PublicationMade(Instant at, int generation, int shard, long sequence) implements Signal {}

  /**
   * What a search replica has loaded; doubles as its heartbeat.
   *
   * @param at when
   * @param replica unique name of the replica
   * @param loaded every generation it could serve right now
   */
  record ReplicaReported(Instant at, String replica, List<LoadedGeneration> loaded)
      implements Signal {
    /** Copies the list. */
    public ReplicaReported {
      loaded = List.copyOf(loaded);
    }
  }

  /**
   * A generation that a replica has loaded.
   *
   * @param generation its number
   * @param serving true if queries go to it by default
   * @param sequence the publication that is open
   * @param positions that publication's positions
   */
  record LoadedGeneration(int generation, boolean serving, long sequence, Positions positions) {}

  /**
   * How far a training is.
   *
   * @param at when
   * @param request the request it answers
   * @param phase {@code snapshot}, {@code training}, {@code evaluation} or {@code publishing}
   * @param epoch current epoch, from 1
   * @param epochs epochs in all
   * @param step optimiser steps done
   * @param steps optimiser steps in all
   * @param imagesPerSecond current speed; 0 before the first measurement
   * @param losses current mean by name: total, global, local, prior
   * @param secondsLeft estimate for the training steps that are left
   */
  record TrainingProgressed(
      Instant at,
      String request,
      String phase,
      int epoch,
      int epochs,
      long step,
      long steps,
      double imagesPerSecond,
      Map<String, Double> losses,
      double secondsLeft)
      implements Signal {
    /** Copies the losses. */
    public TrainingProgressed {
      losses = Map.copyOf(losses);
    }
  }

  /**
   * How far the indexing of a shard is.
   *
   * @param at when
   * @param generation number of its generation
   * @param shard its number, from 0
   * @param positions its last commit
   * @param lag offsets to the end of the log
   * @param images live documents
   * @param embedded images embedded since the start of this process
   */
  record GenerationProgressed(
      Instant at,
      int generation,
      int shard,
      Positions positions,
      long lag,
      long images,
      long embedded)
      implements Signal {}

  /**
   * A shard cannot be indexed any further, nor can its generation therefore; repeated as long as
   * that is so.
   *
   * @param at when
   * @param generation number of its generation
   * @param cause why, for programs
   * @param detail why, for people
   */
  record ShardFailed(Instant at, int generation, FailureCause cause, String detail)
      implements Signal {}

  /**
   * What a search replica found out about a verified candidate; said again and again until it is
   * decided on {@code control}.
   *
   * @param at when it was sent
   * @param replica unique name of the replica
   * @param generation number of the candidate
   * @param comparison what was found
   */
  record ShadowCompared(Instant at, String replica, int generation, ShadowComparison comparison)
      implements Signal {}
}
