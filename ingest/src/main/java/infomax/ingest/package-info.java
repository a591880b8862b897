/**
 * The only writer of the topic {@code images}: uploads by HTTP and by the topic {@code
 * images.uploads} become canonical images or dead letters. Central class: {@link
 * infomax.ingest.IngestService}. Reading or searching images does not belong here.
 */
@NullMarked
package infomax.ingest;

import org.jspecify.annotations.NullMarked;
