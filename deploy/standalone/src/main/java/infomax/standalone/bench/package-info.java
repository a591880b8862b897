/**
 * Benchmarks of the whole system on one machine, clients included. Each starts from a {@link
 * infomax.standalone.bench.BenchSystem} and gives one report. Nothing here is used by a service.
 */
@NullMarked
package infomax.standalone.bench;

import org.jspecify.annotations.NullMarked;
