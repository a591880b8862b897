/**
 * What a training is trained on: the newest value of every image in a range of the log, decoded to
 * pixels, split into a training and a held-out part, in one memory-mapped file.
 *
 * <p>{@link infomax.trainer.snapshot.SnapshotReader} makes a {@link
 * infomax.trainer.snapshot.TrainingSnapshot}. Nothing here looks at what the pixels show; labels
 * are carried beside them for measuring and never reach the pixel file or its digest.
 */
@NullMarked
package infomax.trainer.snapshot;

import org.jspecify.annotations.NullMarked;
