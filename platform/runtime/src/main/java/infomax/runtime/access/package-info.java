/**
 * Who may call what, how often, and what is kept of it: API keys, scopes, rate limits, the audit
 * log. Begins at {@link infomax.runtime.access.ApiKeys}. Nothing here speaks HTTP.
 */
@NullMarked
package infomax.runtime.access;

import org.jspecify.annotations.NullMarked;
