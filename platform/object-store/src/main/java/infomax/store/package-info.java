/**
 * Immutable objects under their SHA-256, and small named entries that are created once. {@link
 * infomax.store.ObjectStore} is the central class. What an object means is its users' business and
 * does not belong here.
 */
@NullMarked
package infomax.store;

import org.jspecify.annotations.NullMarked;
