/**
 * What the rollout controller decides: a pure function from what is known to the next step. No
 * clock, no Kafka, no files, no threads belong here; whatever a decision needs is in {@link
 * infomax.indexer.rollout.decision.RolloutView}.
 */
@NullMarked
package infomax.indexer.rollout.decision;

import org.jspecify.annotations.NullMarked;
