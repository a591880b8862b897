/**
 * What can be done with a dead letter: look at it whole, send it again, forget it. Central class:
 * {@link infomax.ingest.rejected.DeadLetterLog}. Deciding whether an upload is refused does not
 * belong here, nor does the list of the newest letters, which searchers keep.
 */
@NullMarked
package infomax.ingest.rejected;

import org.jspecify.annotations.NullMarked;
