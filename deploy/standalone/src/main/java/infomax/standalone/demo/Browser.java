package infomax.standalone.demo;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Opens the page where there is a display; the address is printed anyway. */
final class Browser {

  private static final Logger LOG = LoggerFactory.getLogger(Browser.class);
  private static final List<String> OPENERS = List.of("/usr/bin/xdg-open", "/usr/bin/open");

  private Browser() {}

  static void open(URI address) {
    boolean display = System.getenv("DISPLAY") != null || System.getenv("WAYLAND_DISPLAY") != null;
    boolean mac = System.getProperty("os.name").startsWith("Mac");
    if (!display && !mac) {
      return;
    }
    for (String opener : OPENERS) {
      if (Files.isExecutable(Path.of(opener))) {
        try {
          new ProcessBuilder(opener, address.toString())
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
        } catch (IOException e) {
          LOG.debug("{} did not start", opener, e);
        }
        return;
      }
    }
  }
}
