/**
 * Asking for what changes the system: trainings, rollbacks, promotions. A request is written to
 * {@code control}; the service it concerns executes it.
 */
@NullMarked
package infomax.search.request;

import org.jspecify.annotations.NullMarked;
