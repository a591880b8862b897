package infomax.search.content;

import static org.assertj.core.api.Assertions.assertThat;

import infomax.events.image.CanonicalImage;
import infomax.events.image.ImageFormat;
import org.junit.jupiter.api.Test;

/** The cache keeps what was asked for last, within its bytes. */
final class ContentCacheTest {

  @Test
  void forgetsWhatWasNotAskedForTheLongest() {
    ContentCache cache = new ContentCache(250);
    ImageContent first = content(1, 100);
    ImageContent second = content(2, 100);
    cache.put(first);
    cache.put(second);
    assertThat(cache.get(first.digest())).isPresent();
    cache.put(content(3, 100));
    assertThat(cache.get(second.digest())).isEmpty();
    assertThat(cache.get(first.digest())).isPresent();
    assertThat(cache.bytes()).isEqualTo(200);
  }

  @Test
  void countsTheSameContentOnceAndRefusesWhatIsTooLarge() {
    ContentCache cache = new ContentCache(250);
    cache.put(content(1, 100));
    cache.put(content(1, 100));
    assertThat(cache.bytes()).isEqualTo(100);
    ImageContent large = content(2, 300);
    cache.put(large);
    assertThat(cache.get(large.digest())).isEmpty();
  }

  @Test
  void tellsTheMediaTypeByTheBytes() {
    byte[] png = {(byte) 0x89, 'P', 'N', 'G', 1};
    byte[] jpeg = {(byte) 0xFF, (byte) 0xD8, (byte) 0xFF, 1};
    assertThat(ImageContent.of(CanonicalImage.of(ImageFormat.JPEG, png)).mediaType())
        .isEqualTo("image/png");
    assertThat(ImageContent.of(CanonicalImage.of(ImageFormat.PNG, jpeg)).mediaType())
        .isEqualTo("image/jpeg");
    assertThat(ImageContent.of(CanonicalImage.of(ImageFormat.PNG, new byte[1])).mediaType())
        .isEqualTo("application/octet-stream");
  }

  private static ImageContent content(int fill, int length) {
    byte[] bytes = new byte[length];
    java.util.Arrays.fill(bytes, (byte) fill);
    return ImageContent.of(CanonicalImage.of(ImageFormat.PNG, bytes));
  }
}
