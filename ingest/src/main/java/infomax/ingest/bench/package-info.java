/**
 * What {@code infomax bench intake} measures: whether every upload of a hostile stream is answered,
 * and how fast honest ones go. Central class: {@link infomax.ingest.bench.IntakeBenchmark}. Nothing
 * of the service depends on it.
 */
@NullMarked
package infomax.ingest.bench;

import org.jspecify.annotations.NullMarked;
