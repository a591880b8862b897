package infomax.index;

import infomax.events.Digest;
import infomax.events.ImageId;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What an index or a stretch of the log holds, per partition, in a form that can be compared
 * without the ids: two sides with equal contents hold the same newest record of the same ids.
 *
 * @param partitions by partition; one without images is absent
 */
public record Contents(SortedMap<Integer, PartitionContents> partitions) {

  /** Copies the map. */
  public Contents {
    partitions = Collections.unmodifiableSortedMap(new TreeMap<>(partitions));
  }

  /** Images in all partitions. */
  public long images() {
    return partitions.values().stream().mapToLong(PartitionContents::images).sum();
  }

  /**
   * Contents of one partition.
   *
   * @param images number of images
   * @param sum sum over the images of the first 128 bits of SHA-256(id as UTF-8, offset as 8 bytes
   *     big-endian), modulo 2^128, as 32 hexadecimal digits
   */
  public record PartitionContents(long images, String sum) {}

  /** Gathers contents image by image, in any order. Not thread-safe. */
  public static final class Tally {

    private static final BigInteger MODULUS = BigInteger.ONE.shiftLeft(128);
    private static final int HASH_BYTES = 16;

    private final SortedMap<Integer, Long> images = new TreeMap<>();
    private final SortedMap<Integer, BigInteger> sums = new TreeMap<>();
    private final MessageDigest sha256 = Digest.sha256();

    /** Adds an image whose newest record lies at {@code offset} of {@code partition}. */
    public void add(ImageId id, int partition, long offset) {
      add(id.bytes(), partition, offset);
    }

    void add(byte[] id, int partition, long offset) {
      sha256.update(id);
      sha256.update(ByteBuffer.allocate(Long.BYTES).putLong(0, offset));
      BigInteger hash = new BigInteger(1, sha256.digest(), 0, HASH_BYTES);
      images.merge(partition, 1L, Long::sum);
      sums.merge(partition, hash, (left, right) -> left.add(right).mod(MODULUS));
    }

    /** What was added so far. */
    public Contents contents() {
      TreeMap<Integer, PartitionContents> partitions = new TreeMap<>();
      images.forEach(
          (partition, count) ->
              partitions.put(
                  partition, new PartitionContents(count, "%032x".formatted(sums.get(partition)))));
      return new Contents(partitions);
    }
  }
}
