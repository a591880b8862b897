/**
 * Following and appending to the topic control. Reacting to decisions is the services' business.
 */
@NullMarked
package infomax.runtime.control;

import org.jspecify.annotations.NullMarked;
