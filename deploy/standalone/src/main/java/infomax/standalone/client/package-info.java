/** Talking to a running system over HTTP, as any user would. */
@NullMarked
package infomax.standalone.client;

import org.jspecify.annotations.NullMarked;
