package infomax.search.live;

import infomax.encoder.Encoder;
import infomax.events.Positions;
import infomax.events.control.EncoderRelease;
import infomax.index.PublishedIndex;
import infomax.index.PublishedShards;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Publications of all shards of one generation together with the encoder its vectors come from: all
 * a request needs, and nothing that changes under it. Immutable and thread-safe. It is used through
 * a {@link Lease}; index and encoder are closed after the last one.
 */
public final class LiveGeneration {

  private final ServedEncoder encoder;
  private final PublishedIndex index;
  private final @Nullable Duration freshness;
  private final References references;

  /**
   * Takes over one reference to {@code encoder}, and {@code index}.
   *
   * @param freshness time from the oldest record new in this publication to its opening; null if
   *     nothing is new or if this replica did not open the publication before
   */
  LiveGeneration(ServedEncoder encoder, PublishedIndex index, @Nullable Duration freshness) {
    this.encoder = encoder;
    this.index = index;
    this.freshness = freshness;
    this.references =
        new References(
            () -> {
              index.close();
              encoder.releaseReference();
            });
  }

  /** The generation's number. */
  public int number() {
    return published().generation();
  }

  /** The release of the encoder. */
  public EncoderRelease release() {
    return encoder.release();
  }

  /** The encoder, open as long as the lease. */
  public Encoder encoder() {
    return encoder.encoder();
  }

  /** The index, open as long as the lease. */
  public PublishedIndex index() {
    return index;
  }

  /** The publications of its shards. */
  public PublishedShards published() {
    return index.published();
  }

  /** Every record below is in the index. */
  public Positions positions() {
    return published().positions();
  }

  /** Time from the oldest record new in this publication to its opening, if it is known. */
  public Optional<Duration> freshness() {
    return Optional.ofNullable(freshness);
  }

  ServedEncoder servedEncoder() {
    return encoder;
  }

  /** A lease, unless it is closed already. */
  Optional<Lease> lease() {
    return references.tryRetain() ? Optional.of(new Lease(this)) : Optional.empty();
  }

  /** True while anybody but its owner uses it. */
  boolean isLeased() {
    return references.areShared();
  }

  void releaseReference() {
    references.release();
  }
}
