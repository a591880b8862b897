package infomax.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import javax.imageio.ImageIO;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * How long the page takes on a running system, whatever that system does meanwhile: {@code
 * -Dpage.address=http://localhost:8080}. A photo of 12 megapixels is dropped and the sheet of 10 x
 * 10 is opened, in turn; each is over when its images are painted.
 */
@Tag("soak")
final class PageSpeedIT {

  private static final String ADDRESS = System.getProperty("page.address", "");
  private static final int ROUNDS = Integer.getInteger("page.rounds", 11);
  private static final int PHOTO_MILLIS_MAX = 1_000;
  private static final int SHEET_MILLIS_MAX = 2_000;

  private static final String PAINTED =
      """
      const images = [...document.querySelectorAll(arguments[0])];
      return images.length >= arguments[1]
        && images.every((image) => image.complete && image.naturalWidth > 0);
      """;

  @TempDir Path profile;

  @Test
  void neighboursOfAPhotoAndASheet() throws Exception {
    assumeTrue(!ADDRESS.isEmpty(), "skipped: no -Dpage.address of a running system");
    assumeTrue(Browser.isInstalled(), "no chromium with chromedriver here: page not tested");
    List<Long> photos = new ArrayList<>();
    List<Long> sheets = new ArrayList<>();
    try (Browser browser = Browser.start(profile, Path.of("target", "page"))) {
      browser.appear(1280, 900, "light");
      for (int round = 0; round < ROUNDS; round++) {
        byte[] photo = photo(round);
        browser.open(ADDRESS + "/?round=" + round);
        browser.await("[data-role=examples] .tile[data-id]");
        browser.drop("photo.jpg", "image/jpeg", photo);
        awaitPainted(browser, "[data-role=hits] .tile img", 10);
        // By the page's own clock: handing the file to the browser is the test's business.
        photos.add(((Number) since(browser)).longValue());
        if (round == 0) {
          browser.screenshot("speed-photo");
        }
        long opened = System.nanoTime();
        browser.open(ADDRESS + "/#/sheet?seed=" + round);
        awaitPainted(browser, ".sheet .cell img", 100);
        sheets.add((System.nanoTime() - opened) / 1_000_000);
        if (round == 0) {
          browser.screenshot("speed-sheet");
        }
      }
    }
    System.out.println("12-megapixel photo dropped to neighbours painted, ms: " + photos);
    System.out.println("sheet of 10 x 10 opened to painted, ms: " + sheets);
    assertThat(median(photos)).isLessThanOrEqualTo(PHOTO_MILLIS_MAX);
    assertThat(median(sheets)).isLessThanOrEqualTo(SHEET_MILLIS_MAX);
  }

  private static Object since(Browser browser) {
    return Objects.requireNonNull(browser.run("return performance.now() - window.dropped"));
  }

  private static void awaitPainted(Browser browser, String images, int count) {
    Awaitility.await(images)
        .atMost(Duration.ofSeconds(30))
        .pollDelay(Duration.ZERO)
        .pollInterval(Duration.ofMillis(10))
        .ignoreExceptions()
        .until(() -> Boolean.TRUE.equals(browser.run(PAINTED, images, count)));
  }

  private static long median(List<Long> values) {
    return values.stream().sorted().skip(values.size() / 2).findFirst().orElseThrow();
  }

  /** As large as a phone's, with enough going on to be a few megabytes. */
  private static byte[] photo(int seed) throws Exception {
    Random random = new Random(seed);
    BufferedImage image = new BufferedImage(4_000, 3_000, BufferedImage.TYPE_INT_RGB);
    for (int y = 0; y < image.getHeight(); y++) {
      for (int x = 0; x < image.getWidth(); x++) {
        int grain = random.nextInt(24);
        int red = (x / 20 + seed * 31 + grain) & 0xff;
        int green = (y / 15 + grain) & 0xff;
        int blue = ((x + y) / 30 + grain) & 0xff;
        image.setRGB(x, y, red << 16 | green << 8 | blue);
      }
    }
    ByteArrayOutputStream jpeg = new ByteArrayOutputStream();
    ImageIO.write(image, "jpeg", jpeg);
    return jpeg.toByteArray();
  }
}
