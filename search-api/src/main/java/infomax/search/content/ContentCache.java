package infomax.search.content;

import infomax.events.Digest;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** The contents asked for last, by digest, up to a number of bytes. Thread-safe. */
final class ContentCache {

  private final Map<Digest, ImageContent> contents = new LinkedHashMap<>(64, 0.75f, true);
  private final long bytesMax;
  private long bytes;

  ContentCache(long bytesMax) {
    this.bytesMax = bytesMax;
  }

  synchronized Optional<ImageContent> get(Digest digest) {
    return Optional.ofNullable(contents.get(digest));
  }

  synchronized void put(ImageContent content) {
    if (content.bytes().length > bytesMax) {
      return;
    }
    ImageContent before = contents.put(content.digest(), content);
    bytes += content.bytes().length - (before == null ? 0 : before.bytes().length);
    while (bytes > bytesMax) {
      Map.Entry<Digest, ImageContent> eldest = contents.entrySet().iterator().next();
      contents.remove(eldest.getKey());
      bytes -= eldest.getValue().bytes().length;
    }
  }

  synchronized long bytes() {
    return bytes;
  }
}
