/**
 * How the replica and the system are: figures, training and roll progress, new rejections, and the
 * stream of events that carries them to the page. Nothing here decides anything.
 */
@NullMarked
package infomax.search.status;

import org.jspecify.annotations.NullMarked;
