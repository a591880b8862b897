/** Sending and following the topic signals. */
@NullMarked
package infomax.runtime.signal;

import org.jspecify.annotations.NullMarked;
