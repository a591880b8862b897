/**
 * The indexer as a service: configuration, wiring, process. {@link infomax.indexer.IndexerService}
 * is the composition root; work belongs into the packages below.
 */
@NullMarked
package infomax.indexer;

import org.jspecify.annotations.NullMarked;
