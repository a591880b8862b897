package infomax.search.live;

import infomax.events.Positions;
import infomax.events.Topic;
import infomax.runtime.kafka.Topics;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** The committed end of {@code images}, as of the last look. Thread-safe. */
public final class LogEnd {

  private final Topics topics;
  private volatile @Nullable Positions ends;

  /** Not looked yet. */
  public LogEnd(Topics topics) {
    this.topics = topics;
  }

  /** Looks where the end is now. */
  public void look() {
    ends = topics.ends(Topic.IMAGES.name(), Topic.IMAGES.partitions());
  }

  /** The end, if it was ever reached. */
  public Optional<Positions> ends() {
    return Optional.ofNullable(ends);
  }

  /** Offset distance of {@code positions} to the end; empty before the first look. */
  public OptionalLong lag(Positions positions) {
    Positions known = ends;
    return known == null ? OptionalLong.empty() : OptionalLong.of(positions.lagTo(known));
  }
}
