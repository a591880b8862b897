/** The command line: {@code infomax demo}, {@code serve} and the client commands. */
@NullMarked
package infomax.standalone.command;

import org.jspecify.annotations.NullMarked;
