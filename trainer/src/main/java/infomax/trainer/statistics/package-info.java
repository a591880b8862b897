/**
 * Numbers about sets of vectors: moments, whitening, matrix products.
 *
 * <p>{@link infomax.trainer.statistics.VectorSet} is the central type. Nothing here knows what the
 * vectors stand for; judging encoders by them belongs to the evaluation package.
 */
@NullMarked
package infomax.trainer.statistics;

import org.jspecify.annotations.NullMarked;
