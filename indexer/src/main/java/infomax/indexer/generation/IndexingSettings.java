package infomax.indexer.generation;

import java.nio.file.Path;
import java.time.Duration;

/**
 * How generations are indexed.
 *
 * @param folder where the local indexes lie, one folder per generation
 * @param threads threads that decode and embed, for all generations together
 * @param commitInterval shortest time between two commits
 * @param buildCommitInterval the same while a generation is being built
 */
public record IndexingSettings(
    Path folder, int threads, Duration commitInterval, Duration buildCommitInterval) {

  /** Checks the ranges. */
  public IndexingSettings {
    if (threads < 1 || !commitInterval.isPositive() || !buildCommitInterval.isPositive()) {
      throw new IllegalArgumentException(
          "threads "
              + threads
              + ", commit interval "
              + commitInterval
              + ", build commit interval "
              + buildCommitInterval
              + ": expected all above 0");
    }
  }

  /** Where the live index is opened while a generation is built. */
  Path liveFolder(int generation) {
    return folder.resolve("generation-" + generation + "-live");
  }

  Path folder(int generation) {
    return folder.resolve("generation-" + generation);
  }
}
