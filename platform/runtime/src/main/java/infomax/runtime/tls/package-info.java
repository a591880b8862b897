/** TLS from PEM files: what a server shows and what a client trusts. */
@NullMarked
package infomax.runtime.tls;

import org.jspecify.annotations.NullMarked;
