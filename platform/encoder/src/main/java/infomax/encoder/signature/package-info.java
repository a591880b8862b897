/**
 * Who made an encoder release: what of it is signed, by whom, and whether to believe it. Keys are
 * files; where they come from and how they are kept does not belong here.
 */
@NullMarked
package infomax.encoder.signature;

import org.jspecify.annotations.NullMarked;
