/**
 * Settings by key, typed and checked; an unknown key stops the start. No setting of a service is
 * named here.
 */
@NullMarked
package infomax.runtime.config;

import org.jspecify.annotations.NullMarked;
