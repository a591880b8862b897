/** Starting and closing in order. */
@NullMarked
package infomax.runtime.lifecycle;

import org.jspecify.annotations.NullMarked;
