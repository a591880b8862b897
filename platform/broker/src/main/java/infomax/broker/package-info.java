/**
 * A real single-node Kafka broker (KRaft) in its own JVM, for the standalone system and for tests.
 * Nothing here knows what the topics mean.
 */
@NullMarked
package infomax.broker;

import org.jspecify.annotations.NullMarked;
