/**
 * One intake for both ways in: an upload becomes an image event or a rejection, and is counted.
 * Knows neither HTTP nor Kafka Streams.
 */
@NullMarked
package infomax.ingest.intake;

import org.jspecify.annotations.NullMarked;
