package infomax.imaging;

import static org.assertj.core.api.Assertions.assertThat;

import infomax.events.image.RejectionReason;
import infomax.imaging.bench.SampleImages;
import java.awt.image.BufferedImage;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** Memory for decoding is shared, waited for, and never promised twice. */
final class DecodeBudgetTest {

  private static final long MEBIBYTE = 1L << 20;

  @Test
  void whoFindsTooLittleWaits() throws Exception {
    DecodeBudget budget = new DecodeBudget(10 * MEBIBYTE);
    int first = budget.take(6 * MEBIBYTE);
    int second = budget.take(4 * MEBIBYTE);
    CompletableFuture<Integer> third =
        CompletableFuture.supplyAsync(() -> budget.take(5 * MEBIBYTE));
    budget.giveBack(second);
    assertThat(third).isNotDone();
    budget.giveBack(first);
    assertThat(third.get(20, TimeUnit.SECONDS)).isPositive();
  }

  @Test
  void whoNeedsMoreThanThereIsGetsAllOfIt() throws Exception {
    DecodeBudget budget = new DecodeBudget(10 * MEBIBYTE);
    int all = budget.take(100 * MEBIBYTE);
    CompletableFuture<Integer> next = CompletableFuture.supplyAsync(() -> budget.take(1));
    assertThat(next).isNotDone();
    budget.giveBack(all);
    budget.giveBack(next.get(20, TimeUnit.SECONDS));
    assertThat(budget.take(10 * MEBIBYTE)).isPositive();
  }

  @Test
  void anImageThatNeedsMoreHeapThanThereIsIsRefusedUndecoded() throws Exception {
    byte[] webp = SampleImages.plainWebp(4_000, 3_000, 1);
    DecodeCost cost = DecodeCost.of(SourceHeader.read(webp));
    assertThat(cost.heapBytes()).isBetween(48_000_000L, 70_000_000L);
    DecodeWatch watch = new DecodeWatch(1, new DecodeBudget(40 * MEBIBYTE));
    assertThat(refusal(watch, cost)).isEqualTo(RejectionReason.TOO_MANY_PIXELS);
  }

  @Test
  void onlyWhatIsGatheredWholeCostsAllItsPixels() throws Exception {
    BufferedImage image = new BufferedImage(4_000, 3_000, BufferedImage.TYPE_BYTE_GRAY);
    DecodeCost baseline = DecodeCost.of(SourceHeader.read(SampleImages.encode(image, "jpeg")));
    DecodeCost progressive =
        DecodeCost.of(SourceHeader.read(SampleImages.progressive(image, "jpeg")));
    assertThat(baseline.bytes()).isLessThan(12 * MEBIBYTE);
    assertThat(progressive.nativeBytes()).isEqualTo(72_000_000);
    assertThat(DecodeCost.of(SourceHeader.read(SampleImages.encode(image, "png"))).bytes())
        .isLessThan(20 * MEBIBYTE);
  }

  @Test
  void everyDecodeGivesBackWhatItTook() {
    DecodeBudget budget = new DecodeBudget(8 * MEBIBYTE);
    DecodeWatch watch = new DecodeWatch(2, budget);
    byte[] good = SampleImages.jpeg(600, 400, 1);
    byte[] bad = good.clone();
    java.util.Arrays.fill(bad, bad.length / 3, bad.length - 2, (byte) 0x55);
    for (byte[] bytes : new byte[][] {good, bad, good, bad}) {
      try {
        SourceHeader header = SourceHeader.read(bytes);
        watch.run(DecodeCost.of(header), () -> new PixelDecoding(bytes, header));
      } catch (RejectedImageException e) {
        assertThat(bytes).isEqualTo(bad);
      }
    }
    // A decode's thread gives back after it has told its result.
    CompletableFuture<Integer> all = CompletableFuture.supplyAsync(() -> budget.take(8 * MEBIBYTE));
    Awaitility.await().until(all::isDone);
  }

  private static RejectionReason refusal(DecodeWatch watch, DecodeCost cost) {
    try {
      watch.run(
          cost,
          () -> {
            throw new AssertionError("decoded all the same");
          });
      throw new AssertionError("accepted");
    } catch (RejectedImageException e) {
      return e.rejection().reason();
    }
  }
}
