package infomax.indexer.generation;

import infomax.encoder.EncoderDevice;
import infomax.encoder.signature.ReleaseTrust;
import java.nio.file.Path;
import java.time.Duration;

/**
 * How generations are indexed.
 *
 * @param folder where the local indexes lie, one folder per shard
 * @param threads threads that decode and embed for the live generation, and as many for all others
 * @param device where encoders run
 * @param commitInterval shortest time between two commits of an index that is searched or about to
 *     be
 * @param standbyCommitInterval the same of one that stands by
 * @param buildCommitInterval the same of one that is being built
 * @param checkInterval between readings of everything that is published, to see that it is right
 * @param shards which shards this process writes
 * @param trust whose encoders are used
 */
public record IndexingSettings(
    Path folder,
    int threads,
    EncoderDevice device,
    Duration commitInterval,
    Duration standbyCommitInterval,
    Duration buildCommitInterval,
    Duration checkInterval,
    OwnShards shards,
    ReleaseTrust trust) {

  /** Checks the ranges. */
  public IndexingSettings {
    if (threads < 1
        || !commitInterval.isPositive()
        || !standbyCommitInterval.isPositive()
        || !buildCommitInterval.isPositive()
        || !checkInterval.isPositive()) {
      throw new IllegalArgumentException(
          "threads %d, intervals %s (live), %s (standby), %s (build), %s (check): expected all > 0"
              .formatted(
                  threads,
                  commitInterval,
                  standbyCommitInterval,
                  buildCommitInterval,
                  checkInterval));
    }
  }

  /** Where the live index is opened while a generation is built. */
  Path liveFolder(int generation, int shard) {
    return folder.resolve(name(generation, shard) + "-live");
  }

  /** Where the local index of a shard lies. */
  Path folder(int generation, int shard) {
    return folder.resolve(name(generation, shard));
  }

  private static String name(int generation, int shard) {
    return "generation-" + generation + (shard == 0 ? "" : "-shard-" + shard);
  }
}
