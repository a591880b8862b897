package infomax.events.control;

import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Index parameters that somebody asked for; those that are null are left to the configuration.
 *
 * @param shards see {@link IndexParameters}
 * @param maxConn see {@link IndexParameters}
 * @param beamWidth see {@link IndexParameters}
 * @param vectorFormat see {@link IndexParameters}
 */
public record IndexOverrides(
    @Nullable Integer shards,
    @Nullable Integer maxConn,
    @Nullable Integer beamWidth,
    @Nullable VectorFormat vectorFormat) {

  /** Nothing was asked for. */
  public static final IndexOverrides NONE = new IndexOverrides(null, null, null, null);

  /**
   * Those of a {@link ControlRequest.Kind#REINDEX} request.
   *
   * @throws IllegalArgumentException naming the parameter that is unreadable
   */
  public static IndexOverrides of(Map<String, String> parameters) {
    return new IndexOverrides(
        whole(parameters, ControlRequest.SHARDS),
        whole(parameters, ControlRequest.MAX_CONN),
        whole(parameters, ControlRequest.BEAM_WIDTH),
        format(parameters.get(ControlRequest.VECTOR_FORMAT)));
  }

  /** As parameters of a request. */
  public Map<String, String> asParameters() {
    Map<String, String> parameters = new TreeMap<>();
    put(parameters, ControlRequest.SHARDS, shards);
    put(parameters, ControlRequest.MAX_CONN, maxConn);
    put(parameters, ControlRequest.BEAM_WIDTH, beamWidth);
    if (vectorFormat != null) {
      parameters.put(ControlRequest.VECTOR_FORMAT, vectorFormat.name().toLowerCase(Locale.ROOT));
    }
    return parameters;
  }

  /** These parameters, and the others from {@code base}. */
  public IndexParameters on(IndexParameters base) {
    return new IndexParameters(
        shards == null ? base.shards() : shards,
        maxConn == null ? base.maxConn() : maxConn,
        beamWidth == null ? base.beamWidth() : beamWidth,
        vectorFormat == null ? base.vectorFormat() : vectorFormat);
  }

  private static void put(Map<String, String> parameters, String name, @Nullable Integer value) {
    if (value != null) {
      parameters.put(name, value.toString());
    }
  }

  private static @Nullable Integer whole(Map<String, String> parameters, String name) {
    String text = parameters.get(name);
    if (text == null) {
      return null;
    }
    try {
      return Integer.valueOf(text);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(name + " is '" + text + "', expected a whole number", e);
    }
  }

  private static @Nullable VectorFormat format(@Nullable String text) {
    if (text == null) {
      return null;
    }
    for (VectorFormat format : VectorFormat.values()) {
      if (format.name().toLowerCase(Locale.ROOT).equals(text)) {
        return format;
      }
    }
    throw new IllegalArgumentException(
        ControlRequest.VECTOR_FORMAT + " is '" + text + "', expected float32 or int8");
  }
}
