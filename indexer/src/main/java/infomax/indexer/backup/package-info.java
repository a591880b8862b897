/**
 * Backups of the live generation: writing them, and bringing one back as a new generation. The log
 * is in none of them: a backup is of use only beside the topic it was made from.
 */
@NullMarked
package infomax.indexer.backup;

import org.jspecify.annotations.NullMarked;
