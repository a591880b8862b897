/**
 * The loops of a training step that no matrix product covers, fused so that each large buffer is
 * read as few times as possible; and convolutions by Winograd's minimal filtering.
 *
 * <p>{@link infomax.trainer.kernels.Kernels} is the entry: it picks the Vector API forms where the
 * running JVM has {@code jdk.incubator.vector}, and the plain loops otherwise. All kernels work on
 * off-heap floats, touch only the range they are given, and keep no state, so disjoint ranges may
 * run in parallel; a {@link infomax.trainer.kernels.WinogradConvolution} is one worker's own.
 * Vector code stays in small static methods, each with one loop: larger ones box their vectors and
 * run several times slower, and so do those that hand vectors to many methods of our own. No native
 * library and no network architecture belongs here.
 */
@NullMarked
package infomax.trainer.kernels;

import org.jspecify.annotations.NullMarked;
