/**
 * Fixtures for tests: a broker, topics, corpora, a tiny encoder. Test scope only; nothing that a
 * service needs at run time belongs here.
 */
@NullMarked
package infomax.testing;

import org.jspecify.annotations.NullMarked;
