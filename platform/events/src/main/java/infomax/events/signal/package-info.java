/**
 * Hints on the topic {@code signals}. Any of them may be lost: whoever follows a signal also polls
 * the truth behind it.
 */
@NullMarked
package infomax.events.signal;

import org.jspecify.annotations.NullMarked;
