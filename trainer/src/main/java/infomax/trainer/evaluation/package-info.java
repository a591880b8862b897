/**
 * What encoders are worth, measured on held-out images, and the gate that decides on a candidate.
 *
 * <p>{@link infomax.trainer.evaluation.Evaluation} measures, {@link
 * infomax.trainer.evaluation.Gate} judges. Nothing here trains or publishes; labels are read here
 * and nowhere else.
 */
@NullMarked
package infomax.trainer.evaluation;

import org.jspecify.annotations.NullMarked;
