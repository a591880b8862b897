/**
 * What a verified candidate would have answered to recent live queries, beside what the live
 * generation answers: {@link infomax.search.shadow.ShadowComparing} is the central class. Whether
 * the candidate goes live is not decided here.
 */
@NullMarked
package infomax.search.shadow;

import org.jspecify.annotations.NullMarked;
