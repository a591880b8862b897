/**
 * The rollout controller: who it is, what it sees, and how its decisions reach the topic control.
 * {@link infomax.indexer.rollout.RolloutController} is the central class. What to decide belongs to
 * {@code decision}, how a candidate is judged to {@code verification}.
 */
@NullMarked
package infomax.indexer.rollout;

import org.jspecify.annotations.NullMarked;
