package infomax.runtime.config;

import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.Pattern;

/**
 * Settings by key, such as {@code indexer.commit-interval}. Keys are read through typed accessors,
 * which also declare them: {@link #verifyAllUsed()} then refuses any key nobody declared, with a
 * suggestion. Not thread-safe; used once, at start.
 */
public final class Settings {

  /** Keys whose values are never shown. */
  private static final Pattern CREDENTIAL =
      Pattern.compile("(access-key|secret|password|jaas|keystore[.]key)(?!.*-file$)");

  private static final String FILE_SUFFIX = "-file";
  private static final String ENVIRONMENT_PREFIX = "INFOMAX_";

  private final SortedMap<String, String> values;
  private final SortedSet<String> declared = new TreeSet<>();

  private Settings(Map<String, String> values) {
    this.values = new TreeMap<>(values);
  }

  /** Settings from a map. */
  public static Settings of(Map<String, String> values) {
    return new Settings(values);
  }

  /** Settings from a properties file, UTF-8. */
  public static Settings load(Path file) throws IOException {
    Properties properties = new Properties();
    try (Reader reader = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
      properties.load(reader);
    }
    TreeMap<String, String> values = new TreeMap<>();
    properties.stringPropertyNames().forEach(key -> values.put(key, properties.getProperty(key)));
    return new Settings(values);
  }

  /**
   * These settings with those of the environment on top: {@code INFOMAX_INDEXER__COMMIT_INTERVAL}
   * sets {@code indexer.commit-interval}.
   */
  public Settings withEnvironment(Map<String, String> environment) {
    TreeMap<String, String> merged = new TreeMap<>(values);
    environment.forEach(
        (name, value) -> {
          if (name.startsWith(ENVIRONMENT_PREFIX) && name.contains("__")) {
            merged.put(
                name.substring(ENVIRONMENT_PREFIX.length())
                    .toLowerCase(Locale.ROOT)
                    .replace("__", ".")
                    .replace('_', '-'),
                value);
          }
        });
    return new Settings(merged);
  }

  /** These settings with {@code overrides} on top. */
  public Settings with(Map<String, String> overrides) {
    TreeMap<String, String> merged = new TreeMap<>(values);
    merged.putAll(overrides);
    return new Settings(merged);
  }

  /** The text under {@code key}, or the default. */
  public String text(String key, String defaultValue) {
    return find(key).orElse(defaultValue);
  }

  /** The text under {@code key}, if it is set. */
  public Optional<String> find(String key) {
    declared.add(key);
    return Optional.ofNullable(values.get(key));
  }

  /** The texts whose keys begin with {@code prefix}, by the rest of the key. */
  public SortedMap<String, String> under(String prefix) {
    TreeMap<String, String> found = new TreeMap<>();
    values.forEach(
        (key, value) -> {
          if (key.startsWith(prefix)) {
            declared.add(key);
            found.put(key.substring(prefix.length()), value);
          }
        });
    return found;
  }

  /**
   * The secret under {@code key}, or in the file that {@code key-file} names, without white space
   * at its ends; if either is set.
   *
   * @throws ConfigurationException if both are set, or the file cannot be read
   */
  public Optional<String> secret(String key) {
    String fileKey = key + FILE_SUFFIX;
    Optional<String> value = find(key);
    Optional<String> file = find(fileKey);
    if (file.isEmpty()) {
      return value;
    }
    if (value.isPresent()) {
      throw new ConfigurationException(
          "settings " + key + " and " + fileKey + " are both set, expected one of them");
    }
    try {
      return Optional.of(Files.readString(Path.of(file.get())).strip());
    } catch (IOException e) {
      throw new ConfigurationException(
          "setting " + fileKey + " is '" + file.get() + "', which cannot be read");
    }
  }

  /**
   * The whole number under {@code key}, or the default.
   *
   * @throws ConfigurationException if it is no number from {@code min} to {@code max}
   */
  public int integer(String key, int defaultValue, int min, int max) {
    return Math.toIntExact(whole(key, defaultValue, min, max));
  }

  /**
   * The whole number under {@code key}, or the default.
   *
   * @throws ConfigurationException if it is no number from {@code min} to {@code max}
   */
  public long whole(String key, long defaultValue, long min, long max) {
    String expected = "a whole number from " + min + " to " + max;
    long value = parse(key, defaultValue, Long::parseLong, expected);
    if (value < min || value > max) {
      throw invalid(key, Long.toString(value), expected);
    }
    return value;
  }

  /**
   * The decimal number under {@code key}, or the default.
   *
   * @throws ConfigurationException if it is no number from {@code min} to {@code max}
   */
  public double decimal(String key, double defaultValue, double min, double max) {
    String expected = "a number from " + min + " to " + max;
    double value = parse(key, defaultValue, Double::parseDouble, expected);
    if (!(value >= min && value <= max)) {
      throw invalid(key, Double.toString(value), expected);
    }
    return value;
  }

  /**
   * True or false under {@code key}, or the default.
   *
   * @throws ConfigurationException if it is neither
   */
  public boolean flag(String key, boolean defaultValue) {
    return parse(
        key,
        defaultValue,
        text ->
            switch (text) {
              case "true" -> true;
              case "false" -> false;
              default -> throw new IllegalArgumentException(text);
            },
        "true or false");
  }

  /**
   * One of an enumeration's constants under {@code key}, in lower case, or the default.
   *
   * @throws ConfigurationException if it is none of them
   */
  public <E extends Enum<E>> E choice(String key, E defaultValue) {
    List<E> constants = List.of(defaultValue.getDeclaringClass().getEnumConstants());
    return parse(
        key,
        defaultValue,
        text ->
            constants.stream()
                .filter(constant -> lowerCase(constant).equals(text))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(text)),
        "one of " + constants.stream().map(Settings::lowerCase).toList());
  }

  private static String lowerCase(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }

  /**
   * The duration under {@code key}, such as {@code 500ms}, {@code 10s}, {@code 5m}, {@code 7d}, or
   * the default.
   *
   * @throws ConfigurationException if it is no such duration
   */
  public Duration duration(String key, Duration defaultValue) {
    return parse(
        key, defaultValue, Settings::parseDuration, "a duration such as 500ms, 10s, 5m or 7d");
  }

  /** The path under {@code key}, or the default. */
  public Path path(String key, Path defaultValue) {
    return find(key).map(Path::of).orElse(defaultValue);
  }

  /** Every setting, for the log line at start; the values of credentials are hidden. */
  public SortedMap<String, String> all() {
    TreeMap<String, String> shown = new TreeMap<>(values);
    shown.replaceAll((key, value) -> isCredential(key) ? "***" : value);
    return Collections.unmodifiableSortedMap(shown);
  }

  /** True if the value of this key is never shown, nor written anywhere; where it lies may be. */
  public static boolean isCredential(String key) {
    return CREDENTIAL.matcher(key).find() && !key.endsWith(FILE_SUFFIX);
  }

  /**
   * Refuses keys that no accessor asked for.
   *
   * @throws ConfigurationException naming the first such key and the closest known one
   */
  public void verifyAllUsed() {
    for (String key : values.keySet()) {
      if (!declared.contains(key)) {
        String closest =
            Collections.min(declared, Comparator.comparingInt(known -> distance(key, known)));
        throw new ConfigurationException(
            "unknown setting " + key + "; did you mean " + closest + "?");
      }
    }
  }

  private <T> T parse(String key, T defaultValue, Function<String, T> parser, String expected) {
    Optional<String> text = find(key);
    try {
      return text.map(value -> parser.apply(value.strip())).orElse(defaultValue);
    } catch (IllegalArgumentException e) {
      throw invalid(key, text.orElseThrow(), expected);
    }
  }

  private static ConfigurationException invalid(String key, String value, String expected) {
    return new ConfigurationException(
        "setting " + key + " is '" + value + "', expected " + expected);
  }

  private static Duration parseDuration(String text) {
    int digits = 0;
    while (digits < text.length() && Character.isDigit(text.charAt(digits))) {
      digits++;
    }
    long amount = Long.parseLong(text.substring(0, digits));
    return switch (text.substring(digits)) {
      case "ms" -> Duration.ofMillis(amount);
      case "s" -> Duration.ofSeconds(amount);
      case "m" -> Duration.ofMinutes(amount);
      case "h" -> Duration.ofHours(amount);
      case "d" -> Duration.ofDays(amount);
      default -> throw new IllegalArgumentException(text);
    };
  }

  /** Levenshtein distance. */
  private static int distance(String left, String right) {
    int[] previous = new int[right.length() + 1];
    for (int column = 0; column <= right.length(); column++) {
      previous[column] = column;
    }
    for (int row = 1; row <= left.length(); row++) {
      int[] current = new int[right.length() + 1];
      current[0] = row;
      for (int column = 1; column <= right.length(); column++) {
        int substitution =
            previous[column - 1] + (left.charAt(row - 1) == right.charAt(column - 1) ? 0 : 1);
        current[column] =
            Math.min(substitution, 1 + Math.min(previous[column], current[column - 1]));
      }
      previous = current;
    }
    return previous[right.length()];
  }
}
