/**
 * The search service: its composition root, configuration and main. Everything it does lies in the
 * packages below.
 */
@NullMarked
package infomax.search;

import org.jspecify.annotations.NullMarked;
