/**
 * The training step, by either of two engines behind {@code Computation}.
 *
 * <p>{@link infomax.trainer.engine.Training} is the entry. On the CPU: forward, backward and
 * optimiser written out by hand over buffers that are allocated once; ND4J does the convolutions
 * and matrix products, the kernels package the rest. {@code Torch*}: the same network and objective
 * under libtorch's automatic differentiation, on the CPU or a GPU.
 *
 * <p>ND4J's work is split over a fixed number of workers by images, each worker writes its own part
 * of every gradient, and parts are added up in a fixed order: same seed and same number of threads,
 * same weights bit for bit. Nothing that knows where images come from, how good an encoder is or
 * where it goes belongs here.
 */
@NullMarked
package infomax.trainer.engine;

import org.jspecify.annotations.NullMarked;
