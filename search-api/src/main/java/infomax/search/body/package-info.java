/**
 * Reading request bodies strictly: an unknown member or a bad value is named together with what is
 * accepted. What a request means does not belong here.
 */
@NullMarked
package infomax.search.body;

import org.jspecify.annotations.NullMarked;
