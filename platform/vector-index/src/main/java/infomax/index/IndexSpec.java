package infomax.index;

import infomax.events.Digest;
import infomax.events.control.IndexGeneration;

/**
 * What one shard of a generation is built from and how; the same for every commit of it.
 *
 * @param generation number of the generation
 * @param shard number of the shard, from 0
 * @param encoder SHA-256 of the encoder release's ONNX file
 * @param dimensions length of its vectors
 * @param topicId Kafka's id of the topic {@code images}
 * @param partitions partitions of that topic
 * @param maxConn Lucene's HNSW maxConn (M)
 * @param beamWidth Lucene's HNSW beamWidth (efConstruction)
 */
public record IndexSpec(
    int generation,
    int shard,
    Digest encoder,
    int dimensions,
    String topicId,
    int partitions,
    int maxConn,
    int beamWidth) {

  /** The one shard of a generation. */
  public static IndexSpec of(IndexGeneration generation) {
    return new IndexSpec(
        generation.number(),
        0,
        generation.encoder(),
        generation.dimensions(),
        generation.topicId(),
        generation.partitions(),
        generation.maxConn(),
        generation.beamWidth());
  }
}
