/**
 * The newest rejections, kept in memory for the page. Refused bytes are described, never decoded
 * and never handed out.
 */
@NullMarked
package infomax.search.rejected;

import org.jspecify.annotations.NullMarked;
