/**
 * One training from its request to its release: snapshot, steps with checkpoints, evaluation,
 * publication, and picking up where an interrupted one stopped.
 *
 * <p>{@link infomax.trainer.training.TrainingRun} is the central type. Which request comes next and
 * what becomes of it is the service's business.
 */
@NullMarked
package infomax.trainer.training;

import org.jspecify.annotations.NullMarked;
