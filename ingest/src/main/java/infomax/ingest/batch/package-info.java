/**
 * Many uploads in one body: NDJSON, tar, zip and multipart, read as a stream and entry by entry, so
 * that a body may have any size. What becomes of an entry is decided elsewhere. Central class:
 * {@link infomax.ingest.batch.Entries}.
 */
@NullMarked
package infomax.ingest.batch;

import org.jspecify.annotations.NullMarked;
