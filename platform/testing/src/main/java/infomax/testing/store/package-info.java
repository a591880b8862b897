/** A real S3 server to run tests on. Test scope only. */
@NullMarked
package infomax.testing.store;

import org.jspecify.annotations.NullMarked;
