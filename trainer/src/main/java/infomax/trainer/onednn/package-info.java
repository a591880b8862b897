/**
 * The few functions of oneDNN that a convolution in bfloat16 needs, called in its C library without
 * a wrapper. ND4J brings an older oneDNN with it, but offers no way to its bfloat16.
 *
 * @see <a href="https://uxlfoundation.github.io/oneDNN/">oneDNN</a>
 */
@NullMarked
package infomax.trainer.onednn;

import org.jspecify.annotations.NullMarked;
