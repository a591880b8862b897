/**
 * Decisions on the topic {@code control} and the state they fold into. Every value is complete,
 * never a delta; reacting to decisions is the services' business.
 */
@NullMarked
package infomax.events.control;

import org.jspecify.annotations.NullMarked;
