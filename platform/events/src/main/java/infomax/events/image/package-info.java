/**
 * Image events: what the topics {@code images} and {@code images.rejected} hold, and their wire
 * form. Decoding pixels does not belong here.
 */
@NullMarked
package infomax.events.image;

import org.jspecify.annotations.NullMarked;
