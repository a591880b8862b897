/**
 * The trainer: executes training requests and publishes encoder releases.
 *
 * <p>{@link infomax.trainer.TrainerService} is the central class; {@link
 * infomax.trainer.TrainerMain} runs it as a process of its own. How a training works belongs to the
 * packages below.
 */
@NullMarked
package infomax.trainer;

import org.jspecify.annotations.NullMarked;
