/**
 * The only place where Kafka clients are built, and the topics' setup. What records mean does not
 * belong here.
 */
@NullMarked
package infomax.runtime.kafka;

import org.jspecify.annotations.NullMarked;
