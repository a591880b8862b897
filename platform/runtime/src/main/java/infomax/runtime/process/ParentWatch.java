package infomax.runtime.process;

import java.io.IOException;

/**
 * Ends a child JVM with its parent. A terminal sends SIGINT to the whole process group, so a child
 * ignores it: the parent decides when and in which order its children stop.
 */
@SuppressWarnings("sunapi") // no other API ignores a signal
public final class ParentWatch {

  private ParentWatch() {}

  /** Ignores SIGINT, and runs the JVM's shutdown when the standard input ends. */
  public static void install() {
    sun.misc.Signal.handle(new sun.misc.Signal("INT"), sun.misc.SignalHandler.SIG_IGN);
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
