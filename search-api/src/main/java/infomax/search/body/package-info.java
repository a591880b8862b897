/**
 * Bodies of requests and answers: reading strictly, so that an unknown member or a bad value is
 * named together with what is accepted, and writing. What a request means does not belong here.
 */
@NullMarked
package infomax.search.body;

import org.jspecify.annotations.NullMarked;
