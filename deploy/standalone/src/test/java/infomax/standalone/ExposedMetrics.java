package infomax.standalone;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Names of samples with their labels, as Prometheus reads them from {@code /metrics}, and a look at
 * which of them PromQL asks for.
 *
 * @param labels by name of a sample, those any of its series has, and those a scrape adds
 */
record ExposedMetrics(Map<String, Set<String>> labels) {

  private static final Set<String> OF_THE_SCRAPE = Set.of("job", "instance");
  private static final Pattern SAMPLE =
      Pattern.compile("(?m)^([a-zA-Z_:][\\w:]*)(?:\\{(.*)})? \\S+$");
  private static final Pattern LABEL = Pattern.compile("(\\w+)\\s*(?:=~|!~|!=|=)\\s*\"[^\"]*\"");
  private static final Pattern SELECTOR = Pattern.compile("([a-zA-Z_:][\\w:]*)\\{([^}]*)}");
  private static final Pattern GROUPING =
      Pattern.compile("\\b(?:by|without|on|ignoring)\\s*\\(([^)]*)\\)");
  private static final Pattern NAME = Pattern.compile("(?<![\\w.])([a-zA-Z_:][\\w:]*)(\\s*\\()?");
  private static final Set<String> WORDS = Set.of("and", "or", "unless", "offset", "bool");

  /** Reads the text format. */
  static ExposedMetrics read(String text) {
    Map<String, Set<String>> labels = new TreeMap<>();
    for (MatchResult sample : SAMPLE.matcher(text).results().toList()) {
      Set<String> known =
          labels.computeIfAbsent(sample.group(1), _ -> new TreeSet<>(OF_THE_SCRAPE));
      if (sample.group(2) != null) {
        known.addAll(keys(sample.group(2)));
      }
    }
    return new ExposedMetrics(labels);
  }

  /** These and others. */
  ExposedMetrics and(ExposedMetrics others) {
    Map<String, Set<String>> all = new TreeMap<>(labels);
    all.putAll(others.labels);
    return new ExposedMetrics(all);
  }

  /** Metrics and labels of a PromQL expression that are not among these. */
  Set<String> missing(String expression) {
    Set<String> missing = new TreeSet<>();
    for (MatchResult selector : SELECTOR.matcher(expression).results().toList()) {
      for (String key : keys(selector.group(2))) {
        if (!labels.getOrDefault(selector.group(1), Set.of()).contains(key)) {
          missing.add(selector.group(1) + "{" + key + "}");
        }
      }
    }
    String bare =
        GROUPING
            .matcher(expression.replaceAll("\\{[^}]*}|\\[[^]]*]", ""))
            .replaceAll(Matcher.quoteReplacement(""));
    Set<String> asked = new TreeSet<>();
    for (MatchResult name : NAME.matcher(bare).results().toList()) {
      boolean function = name.group(2) != null;
      if (!function && !WORDS.contains(name.group(1))) {
        asked.add(name.group(1));
      }
    }
    if (asked.isEmpty()) {
      missing.add("any metric at all");
    }
    for (MatchResult grouping : GROUPING.matcher(expression).results().toList()) {
      for (String key : List.of(grouping.group(1).strip().split("\\s*,\\s*"))) {
        if (asked.stream().noneMatch(name -> labels.getOrDefault(name, Set.of()).contains(key))) {
          missing.add("{" + key + "}");
        }
      }
    }
    asked.removeAll(labels.keySet());
    missing.addAll(asked);
    return missing;
  }

  private static Set<String> keys(String labels) {
    Set<String> keys = new TreeSet<>();
    LABEL.matcher(labels).results().forEach(label -> keys.add(label.group(1)));
    return keys;
  }
}
