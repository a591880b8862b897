package infomax.search.content;

import infomax.events.ImageId;
import infomax.events.image.ImageEvent.ImageStored;
import infomax.events.image.ImageEventCodec;
import infomax.events.image.MalformedRecordException;
import infomax.index.IndexedImage;
import infomax.runtime.http.Problem;
import infomax.search.live.Lease;
import infomax.search.live.LoadedGenerations;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * Reads the bytes of an image back from the log. The record at the stored position has to carry the
 * image's id and digest; where it does not, because the image was replaced and the log compacted
 * since, the position is looked up once more in the newest publication. Thread-safe.
 */
public final class ContentReader {

  private static final Duration TIMEOUT = Duration.ofSeconds(5);

  private final LoadedGenerations loaded;
  private final LogReaders readers;
  private final ContentCache cache;

  /**
   * A reader.
   *
   * @param cacheBytesMax most bytes of content to keep in memory
   */
  public ContentReader(LoadedGenerations loaded, LogReaders readers, long cacheBytesMax) {
    this.loaded = loaded;
    this.readers = readers;
    this.cache = new ContentCache(cacheBytesMax);
  }

  /** The content of an image that was just found; empty if the log does not have it there. */
  Optional<ImageContent> read(IndexedImage image) throws InterruptedException {
    Optional<ImageContent> kept = cache.get(image.digest());
    if (kept.isPresent()) {
      return kept;
    }
    Optional<ImageContent> read = fetch(image);
    read.ifPresent(cache::put);
    return read;
  }

  /**
   * The content of an image, in its newest version.
   *
   * @throws Problem 404 if the index does not have the image, 503 if the log does not answer
   */
  ImageContent read(ImageId id) throws InterruptedException {
    Optional<ImageContent> content = read(find(id));
    if (content.isEmpty()) {
      content = read(find(id));
    }
    return content.orElseThrow(
        () ->
            Problem.of(
                503,
                "content_moved",
                "image '" + id + "' was replaced a moment ago and is not indexed anew yet; retry"));
  }

  private IndexedImage find(ImageId id) {
    try (Lease lease =
        loaded
            .acquire()
            .orElseThrow(() -> Problem.of(503, "not_ready", "no generation is live yet"))) {
      return lease
          .generation()
          .index()
          .image(id)
          .orElseThrow(
              () -> Problem.of(404, "image_not_found", "image '" + id + "' is not in the index"));
    }
  }

  private Optional<ImageContent> fetch(IndexedImage image) throws InterruptedException {
    try {
      Optional<ConsumerRecord<byte[], byte[]>> consumed =
          readers.read(image.partition(), image.offset(), TIMEOUT);
      if (consumed.isPresent()
          && ImageEventCodec.read(consumed.get()) instanceof ImageStored stored
          && stored.id().equals(image.id())
          && stored.image().digest().equals(image.digest())) {
        return Optional.of(ImageContent.of(stored.image()));
      }
      return Optional.empty();
    } catch (MalformedRecordException e) {
      return Optional.empty();
    } catch (TimeoutException e) {
      throw Problem.of(503, "log_unavailable", String.valueOf(e.getMessage()));
    }
  }
}
