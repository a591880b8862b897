/**
 * Uploads as strangers send them: honest images of every format, and bytes made to crash, stall or
 * fill whoever decodes them, for tests and benchmarks. Central class: {@link
 * infomax.imaging.bench.HostileImages}. Nothing here judges an upload.
 */
@NullMarked
package infomax.imaging.bench;

import org.jspecify.annotations.NullMarked;
