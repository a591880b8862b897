package infomax.search.content;

import infomax.events.Digest;
import infomax.events.ImageId;
import infomax.events.image.ImageEvent.ImageStored;
import infomax.events.image.ImageEventCodec;
import infomax.events.image.MalformedRecordException;
import infomax.index.IndexedImage;
import infomax.runtime.http.Problem;
import infomax.search.content.LogReaders.Place;
import infomax.search.live.Lease;
import infomax.search.live.LoadedGenerations;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the bytes of images back from the log. The record at the stored position has to carry the
 * image's id and digest; where it does not, because the image was replaced and the log compacted
 * since, the position is looked up once more in the newest publication.
 *
 * <p>Whoever shows an answer asks for the bytes of all its images at once, so they can be read
 * ahead, many with one request to the log; a request for bytes that are on their way waits for
 * them. Thread-safe.
 */
public final class ContentReader {

  private static final Logger LOG = LoggerFactory.getLogger(ContentReader.class);
  private static final Duration TIMEOUT = Duration.ofSeconds(5);

  private final LoadedGenerations loaded;
  private final LogReaders readers;
  private final ContentCache cache;
  private final Map<Digest, CompletableFuture<Optional<ImageContent>>> onTheWay =
      new ConcurrentHashMap<>();

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

  /** Begins to read the contents of images that will be asked for next; does not wait. */
  public void readAhead(Collection<IndexedImage> images) {
    // One share per reader, by partition, so that no two readers go through the same partition.
    Map<Integer, List<Claim>> shares = new LinkedHashMap<>();
    for (IndexedImage image : images) {
      if (cache.get(image.digest()).isEmpty()) {
        claim(image)
            .ifPresent(
                claim ->
                    shares
                        .computeIfAbsent(
                            image.partition() % readers.count(), _ -> new ArrayList<>())
                        .add(claim));
      }
    }
    shares
        .values()
        .forEach(share -> Thread.ofVirtual().name("search-read-ahead").start(() -> fetch(share)));
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

  private Optional<ImageContent> read(IndexedImage image) throws InterruptedException {
    Optional<ImageContent> kept = cache.get(image.digest());
    if (kept.isPresent()) {
      return kept;
    }
    CompletableFuture<Optional<ImageContent>> others = onTheWay.get(image.digest());
    if (others == null) {
      Optional<Claim> claim = claim(image);
      claim.ifPresent(mine -> fetch(List.of(mine)));
      others = claim.map(Claim::content).orElseGet(() -> onTheWay.get(image.digest()));
    }
    if (others == null) {
      // Somebody else was faster, and is done by now.
      return cache.get(image.digest());
    }
    try {
      return others.get(TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException | ExecutionException e) {
      throw Problem.of(503, "log_unavailable", "the log of images does not answer; retry");
    }
  }

  /** Claims the reading of an image's content; empty if somebody else reads it already. */
  private Optional<Claim> claim(IndexedImage image) {
    Claim claim = new Claim(image, new CompletableFuture<>());
    return onTheWay.putIfAbsent(image.digest(), claim.content()) == null
        ? Optional.of(claim)
        : Optional.empty();
  }

  /** Reads what was claimed, and completes every claim. */
  private void fetch(List<Claim> claims) {
    Map<Place, Claim> byPlace = new LinkedHashMap<>();
    claims.forEach(
        claim -> byPlace.put(new Place(claim.image().partition(), claim.image().offset()), claim));
    try {
      readers.read(
          byPlace.keySet(),
          TIMEOUT,
          consumed -> {
            Claim claim = byPlace.get(new Place(consumed.partition(), consumed.offset()));
            if (claim != null) {
              Optional<ImageContent> content = content(consumed, claim.image());
              content.ifPresent(cache::put);
              claim.content().complete(content);
            }
          });
    } catch (TimeoutException | RuntimeException e) {
      LOG.warn("{} images could not be read back: {}", claims.size(), e.toString());
      claims.forEach(claim -> claim.content().completeExceptionally(e));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      claims.forEach(claim -> claim.content().completeExceptionally(e));
    }
    for (Claim claim : claims) {
      // Without effect where it is complete; otherwise the log has nothing at that place.
      claim.content().complete(Optional.empty());
      onTheWay.remove(claim.image().digest(), claim.content());
    }
  }

  private static Optional<ImageContent> content(
      ConsumerRecord<byte[], byte[]> consumed, IndexedImage image) {
    try {
      return ImageEventCodec.read(consumed) instanceof ImageStored stored
              && stored.id().equals(image.id())
              && stored.image().digest().equals(image.digest())
          ? Optional.of(ImageContent.of(stored.image()))
          : Optional.empty();
    } catch (MalformedRecordException e) {
      return Optional.empty();
    }
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

  /**
   * An image whose content is being read.
   *
   * @param image the image
   * @param content completed with the content, or empty if the log does not have it there
   */
  private record Claim(IndexedImage image, CompletableFuture<Optional<ImageContent>> content) {}
}
