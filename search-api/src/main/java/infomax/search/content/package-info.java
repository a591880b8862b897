/**
 * The bytes of indexed images: read back from the log at the position the index names, checked, and
 * kept for a while. What is found and in which order does not belong here.
 */
@NullMarked
package infomax.search.content;

import org.jspecify.annotations.NullMarked;
