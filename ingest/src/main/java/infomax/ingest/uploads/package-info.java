/**
 * The Kafka Streams topology {@code images.uploads -> images | images.rejected}. Stateless; what an
 * upload becomes is decided by {@link infomax.ingest.intake.UploadIntake}.
 */
@NullMarked
package infomax.ingest.uploads;

import org.jspecify.annotations.NullMarked;
