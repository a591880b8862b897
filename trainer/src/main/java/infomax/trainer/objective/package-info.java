/**
 * What a training minimises and how: the objective's terms and weights, the estimator of mutual
 * information, the optimiser and its schedule, and the named presets that bundle them.
 *
 * <p>{@link infomax.trainer.objective.Preset} is the central type. Values only: the computation is
 * in the engine package.
 */
@NullMarked
package infomax.trainer.objective;

import org.jspecify.annotations.NullMarked;
