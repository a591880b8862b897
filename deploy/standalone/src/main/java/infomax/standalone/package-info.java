/**
 * The all-in-one deployment: command line, composition of broker, services and trainer. The only
 * place that knows all services.
 */
@NullMarked
package infomax.standalone;

import org.jspecify.annotations.NullMarked;
