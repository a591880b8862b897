/**
 * The words every event is made of: ids, digests, positions, tokens, topics and the one JSON codec.
 *
 * <p>Depends on nothing of ours. No behaviour of any service belongs here, only what flows between
 * them.
 */
@NullMarked
package infomax.events;

import org.jspecify.annotations.NullMarked;
