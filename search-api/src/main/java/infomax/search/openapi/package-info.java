/**
 * The description of the API for programs. What it describes is elsewhere; a test compares both.
 */
@NullMarked
package infomax.search.openapi;

import org.jspecify.annotations.NullMarked;
