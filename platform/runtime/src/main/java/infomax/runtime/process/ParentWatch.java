package infomax.runtime.process;

import java.io.IOException;

/** Ends a child JVM with its parent, however the parent ends. */
public final class ParentWatch {

  private ParentWatch() {}

  /** Runs the JVM's shutdown when the standard input, the pipe from the parent, ends. */
  public static void install() {
    Thread.ofPlatform()
        .name("parent-watch")
        .daemon(true)
        .start(
            () -> {
              try {
                while (System.in.read() >= 0) {
                  // The parent never writes; only the end of the pipe matters.
                }
              } catch (IOException e) {
                // A broken pipe means the same as a closed one.
              }
              Runtime.getRuntime().exit(0);
            });
  }
}
