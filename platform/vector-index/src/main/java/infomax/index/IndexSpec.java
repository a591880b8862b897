package infomax.index;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import infomax.events.Digest;
import infomax.events.control.IndexGeneration;
import infomax.events.control.IndexParameters;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * What one shard of a generation is built from and how; the same for every commit of it.
 *
 * @param generation number of the generation
 * @param shard number of the shard, from 0
 * @param encoder SHA-256 of the encoder release's ONNX file
 * @param dimensions length of its vectors
 * @param topicId Kafka's id of the topic {@code images}
 * @param partitions partitions of that topic
 * @param index how the generation's index is laid out
 * @param format which fields its documents have; {@link #FORMAT} for what is written now. A
 *     generation of another format is not written any further, since its documents would differ
 */
public record IndexSpec(
    int generation,
    int shard,
    Digest encoder,
    int dimensions,
    String topicId,
    int partitions,
    IndexParameters index,
    int format) {

  /** Format of what is written now. */
  public static final int FORMAT = 2;

  /** Formats from this one on have the fields that filters search. */
  static final int FORMAT_WITH_FILTERS = 2;

  /** The format of publications that do not name one. */
  private static final int FORMAT_UNNAMED = 1;

  /** Reads the spec of a publication of any age. */
  @JsonCreator
  static IndexSpec read(
      @JsonProperty("generation") int generation,
      @JsonProperty("shard") int shard,
      @JsonProperty("encoder") Digest encoder,
      @JsonProperty("dimensions") int dimensions,
      @JsonProperty("topicId") String topicId,
      @JsonProperty("partitions") int partitions,
      @JsonProperty("index") @Nullable IndexParameters index,
      @JsonProperty("maxConn") @Nullable Integer maxConn,
      @JsonProperty("beamWidth") @Nullable Integer beamWidth,
      @JsonProperty("format") @Nullable Integer format) {
    return new IndexSpec(
        generation,
        shard,
        encoder,
        dimensions,
        topicId,
        partitions,
        IndexParameters.ofAnyAge(index, maxConn, beamWidth),
        format == null ? FORMAT_UNNAMED : format);
  }

  /** A shard of a generation. */
  public static IndexSpec of(IndexGeneration generation, int shard) {
    return new IndexSpec(
        generation.number(),
        shard,
        generation.encoder(),
        generation.dimensions(),
        generation.topicId(),
        generation.partitions(),
        generation.index(),
        FORMAT);
  }

  /** Another shard of the same generation. */
  IndexSpec ofShard(int other) {
    return new IndexSpec(
        generation, other, encoder, dimensions, topicId, partitions, index, format);
  }

  /** The partitions that this shard reads: those whose number mod the shards is its own. */
  public List<Integer> shardPartitions() {
    return IntStream.range(0, partitions)
        .filter(partition -> partition % index.shards() == shard)
        .boxed()
        .toList();
  }
}
