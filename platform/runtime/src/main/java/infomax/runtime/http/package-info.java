/**
 * The HTTP server every service shares: routes, problem+json, limits. No route of a service is
 * named here.
 */
@NullMarked
package infomax.runtime.http;

import org.jspecify.annotations.NullMarked;
