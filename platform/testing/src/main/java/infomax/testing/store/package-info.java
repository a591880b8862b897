/**
 * Tests of what every object store has to do, a real S3 server to run them on, and a store that
 * fails on demand. Test scope only.
 */
@NullMarked
package infomax.testing.store;

import org.jspecify.annotations.NullMarked;
