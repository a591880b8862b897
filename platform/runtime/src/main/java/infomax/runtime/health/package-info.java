/** Health as a value: what is checked, and whether the service is live and ready. */
@NullMarked
package infomax.runtime.health;

import org.jspecify.annotations.NullMarked;
