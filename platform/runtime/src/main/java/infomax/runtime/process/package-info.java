/** Child JVMs that end with their parent. */
@NullMarked
package infomax.runtime.process;

import org.jspecify.annotations.NullMarked;
