/** Encoder releases with their artifacts, and generations, as decided on {@code control}. */
@NullMarked
package infomax.search.release;

import org.jspecify.annotations.NullMarked;
