/** The page: its files and the headers they are sent with. What it shows comes from {@code /v1}. */
@NullMarked
package infomax.search.page;

import org.jspecify.annotations.NullMarked;
