/**
 * Searching: what a request may ask, the vector it becomes, and the answer with its provenance.
 * Everything in one answer comes from one lease on one generation.
 */
@NullMarked
package infomax.search.query;

import org.jspecify.annotations.NullMarked;
