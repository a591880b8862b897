package infomax.runtime.http;

import io.javalin.http.Context;
import java.util.Optional;

/** What a call is about, where its path does not say so: the audit log keeps it. */
public final class AuditSubject {

  private static final String ATTRIBUTE = "infomax.subject";

  private AuditSubject() {}

  /** Says it; called by the route. */
  public static void set(Context context, String id) {
    context.attribute(ATTRIBUTE, id);
  }

  static Optional<String> of(Context context) {
    return Optional.ofNullable(context.attribute(ATTRIBUTE));
  }
}
