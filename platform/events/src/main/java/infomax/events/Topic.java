package infomax.events;

import java.util.List;
import java.util.Map;

/**
 * A topic of the system with its settings.
 *
 * @param name topic name
 * @param partitions number of partitions, fixed for the topic's life
 * @param settings topic configuration by Kafka's keys
 */
public record Topic(String name, int partitions, Map<String, String> settings) {

  private static final String DAY_MILLIS = "86400000";
  private static final String WEEK_MILLIS = "604800000";

  /** Largest record in {@code images.uploads} and {@code images.rejected}: 12 MiB. */
  public static final int UPLOAD_BYTES_MAX = 12 * 1024 * 1024;

  /** Any key to any image bytes, from any producer. */
  public static final Topic UPLOADS =
      new Topic(
          "images.uploads",
          12,
          Map.of(
              "cleanup.policy", "delete",
              "retention.ms", WEEK_MILLIS,
              "retention.bytes", "1073741824",
              "segment.bytes", "67108864",
              "max.message.bytes", Integer.toString(UPLOAD_BYTES_MAX)));

  /** Image id to canonical image, null for a delete. Written by ingest only. */
  public static final Topic IMAGES =
      new Topic(
          "images",
          12,
          Map.of(
              "cleanup.policy", "compact",
              "delete.retention.ms", WEEK_MILLIS,
              "max.compaction.lag.ms", WEEK_MILLIS,
              "min.compaction.lag.ms", "3600000",
              "segment.bytes", "67108864",
              "message.timestamp.type", "CreateTime"));

  /** Original key to original bytes, the reason in headers. */
  public static final Topic REJECTED =
      new Topic(
          "images.rejected",
          1,
          Map.of(
              "cleanup.policy", "delete",
              "retention.ms", "2592000000",
              "retention.bytes", "1073741824",
              "segment.bytes", "67108864",
              "max.message.bytes", Integer.toString(UPLOAD_BYTES_MAX)));

  /** Decisions; one partition, so one order. */
  public static final Topic CONTROL =
      new Topic(
          "control",
          1,
          Map.of(
              "cleanup.policy", "compact",
              "segment.bytes", "1048576",
              "min.cleanable.dirty.ratio", "0.1",
              "delete.retention.ms", DAY_MILLIS));

  /** Hints; may be lost. */
  public static final Topic SIGNALS =
      new Topic(
          "signals",
          1,
          Map.of(
              "cleanup.policy", "delete",
              "retention.ms", "3600000",
              "segment.ms", "600000",
              "segment.bytes", "16777216"));

  /** Every topic of the system. */
  public static final List<Topic> ALL = List.of(UPLOADS, IMAGES, REJECTED, CONTROL, SIGNALS);

  /** Copies the settings. */
  public Topic {
    settings = Map.copyOf(settings);
  }
}
