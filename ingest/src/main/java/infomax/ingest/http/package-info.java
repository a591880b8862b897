/**
 * Uploads and deletes by HTTP, each acknowledged by the log before it is answered, and waiting
 * until one is searchable. What an upload becomes is decided by {@link
 * infomax.ingest.intake.UploadIntake}.
 */
@NullMarked
package infomax.ingest.http;

import org.jspecify.annotations.NullMarked;
