/**
 * Verifying a candidate at its target: its contents against the live generation or the log, its
 * files, its recall, its encoder's golden images. What follows from the outcome is decided
 * elsewhere.
 */
@NullMarked
package infomax.indexer.rollout.verification;

import org.jspecify.annotations.NullMarked;
