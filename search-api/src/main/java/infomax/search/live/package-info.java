/**
 * The generations this replica has loaded and the one it answers from: loading, swapping, handing
 * out to requests, announcing. What a request asks for is not known here.
 */
@NullMarked
package infomax.search.live;

import org.jspecify.annotations.NullMarked;
