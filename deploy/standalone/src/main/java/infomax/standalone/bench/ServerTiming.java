package infomax.standalone.bench;

import java.util.LinkedHashMap;
import java.util.Map;

/** Reads a {@code Server-Timing} header (W3C Server Timing): durations in milliseconds by name. */
final class ServerTiming {

  /** The entry with the server's whole time. */
  static final String TOTAL = "total";

  private static final String DURATION = "dur=";

  private ServerTiming() {}

  /** Durations by name, in their order; entries without one are left out. */
  static Map<String, Double> parse(String header) {
    Map<String, Double> durations = new LinkedHashMap<>();
    for (String entry : header.split(",", -1)) {
      String[] parts = entry.strip().split(";", -1);
      for (String part : parts) {
        if (part.strip().startsWith(DURATION)) {
          durations.put(
              parts[0].strip(), Double.valueOf(part.strip().substring(DURATION.length())));
        }
      }
    }
    return durations;
  }
}
