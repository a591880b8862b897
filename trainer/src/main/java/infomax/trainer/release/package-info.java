/**
 * What a trained encoder leaves behind: the release itself and the objects that belong to it.
 *
 * <p>{@link infomax.trainer.release.ReleasePublisher} puts the objects into the store and the
 * decision on {@code control}. How a candidate came to be and what it is worth is decided
 * elsewhere.
 */
@NullMarked
package infomax.trainer.release;

import org.jspecify.annotations.NullMarked;
