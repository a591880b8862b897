/**
 * The training step on the CPU: forward, backward and optimiser written out by hand over buffers
 * that are allocated once.
 *
 * <p>{@link infomax.trainer.engine.Training} is the entry. ND4J does the convolutions and matrix
 * products; the kernels package does the rest. Work is split over a fixed number of workers by
 * images, each worker writes its own part of every gradient, and parts are added up in a fixed
 * order: same seed and same number of threads, same weights bit for bit. Nothing that knows where
 * images come from, how good an encoder is or where it goes belongs here.
 */
@NullMarked
package infomax.trainer.engine;

import org.jspecify.annotations.NullMarked;
