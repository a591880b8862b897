package infomax.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import infomax.events.Positions;
import infomax.events.Token;
import infomax.events.control.EncoderRelease;
import infomax.events.control.EncoderRelease.Verdict;
import infomax.events.control.GenerationState;
import infomax.events.image.DeadLetter;
import infomax.events.image.Rejection;
import infomax.events.image.RejectionReason;
import infomax.events.signal.Signal.GenerationProgressed;
import infomax.events.signal.Signal.TrainingProgressed;
import infomax.runtime.signal.SignalSender;
import infomax.search.SmallSystem.Indexing;
import infomax.testing.TestingKafka;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.Producer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * The page in a real browser on the real service: from nothing live to a second encoder. Leaves
 * screenshots in {@code target/page}.
 */
final class PageIT {

  private static final int IMAGES = 400;
  private static final int PAINTED_MILLIS_MAX = 2_000;

  @RegisterExtension static final TestingKafka KAFKA = TestingKafka.shared();

  @TempDir Path folder;
  @TempDir Path profile;

  @Test
  @Timeout(300)
  void showsTheWholeWay() throws Exception {
    assumeTrue(Browser.isInstalled(), "no chromium with chromedriver here: page not tested");
    try (SmallSystem system = new SmallSystem(KAFKA.clients(), folder);
        SignalSender signals = new SignalSender(system.clients(), "test-sender");
        Browser browser = Browser.start(profile, Path.of("target", "page"))) {
      browser.appear(1280, 900, "light");
      browser.open(system.url("/"));
      browser.awaitText("[data-notice=not-ready]", "Nothing is live yet");
      browser.screenshot("nothing-live");

      Indexing untrained = serveUntrained(system);
      browser.awaitText("[data-notice=untrained]", "untrained network is answering");
      browser.await("[data-role=examples] .tile[data-id]");
      browser.awaitText("#vitals", Integer.toString(IMAGES));

      findsNeighboursOfADroppedImageAndGoesOn(browser);
      paintsTheSheet(browser, system);
      showsARejectionAsItComes(browser, system);
      showsTrainingAndRoll(browser, system, signals, untrained);
      fits(browser, system);
      assertThat(browser.complaints()).isEmpty();
    }
  }

  private static void findsNeighboursOfADroppedImageAndGoesOn(Browser browser) throws Exception {
    browser.drop("mine.png", "image/png", Pictures.png(5, 96));
    browser.await("[data-role=hits] .tile");
    assertThat(browser.url()).contains("upload=");
    assertThat(browser.all("[data-role=hits] .tile").getFirst().getDomAttribute("data-id"))
        .isEqualTo("image-5");
    browser.awaitText("[data-role=provenance]", "generation 1");
    browser.screenshot("dropped-image");

    String next = browser.all("[data-role=hits] .tile").get(3).getDomAttribute("data-id");
    browser.run("document.querySelectorAll('[data-role=hits] .tile')[3].click()");
    browser.awaitText("[data-role=details]", next);
    browser.await("[data-role=hits] .tile");
    assertThat(browser.all(".trail a")).hasSize(2);
    assertThat(browser.all("[data-role=hits] .tile[data-id='" + next + "']")).isEmpty();

    browser.drop("text.png", "image/png", "no image".getBytes(StandardCharsets.UTF_8));
    browser.awaitText(".problem", "This image cannot be read");
    assertThat(browser.all(".problem button")).as("trying again would not help").isEmpty();
    browser.screenshot("unreadable-image");
  }

  private static void paintsTheSheet(Browser browser, SmallSystem system) throws Exception {
    browser.open(system.url("/#/sheet?seed=3"));
    browser.await(".sheet[data-painted-millis]");
    assertThat(browser.all(".sheet .cell img")).hasSize(100);
    assertThat(
            browser.run(
                "return [...document.querySelectorAll('.sheet img')]"
                    + ".every((image) => image.complete && image.naturalWidth > 0)"))
        .isEqualTo(true);
    // Once more with other images: the first sheet pays for what starts cold.
    browser.open(system.url("/#/sheet?seed=4"));
    browser.await(".sheet[data-painted-millis]");
    String millis = browser.await(".sheet").getDomAttribute("data-painted-millis");
    System.out.println("sheet of 10 x 10 painted in " + millis + " ms");
    assertThat(Integer.parseInt(millis)).isLessThanOrEqualTo(PAINTED_MILLIS_MAX);
    browser.screenshot("sheet");
  }

  private static void showsARejectionAsItComes(Browser browser, SmallSystem system)
      throws Exception {
    browser.open(system.url("/#/rejected"));
    browser.awaitText("main", "Nothing was rejected");
    try (Producer<byte[], byte[]> producer = system.clients().producer("test-rejected")) {
      producer
          .send(
              new DeadLetter(
                      "camera/7.jpg".getBytes(StandardCharsets.UTF_8),
                      "I am a text".getBytes(StandardCharsets.UTF_8),
                      "ingest",
                      new Rejection(
                          RejectionReason.UNSUPPORTED_FORMAT,
                          "upload starts with 49 20 61 6d, expected JPEG, PNG, WebP, GIF or BMP"),
                      new Token("images.uploads", 1, 4))
                  .write())
          .get();
    }
    browser.awaitText("table.records", "camera/7.jpg");
    browser.awaitText("table.records", "unsupported format");
    browser.screenshot("rejected");
  }

  private static void showsTrainingAndRoll(
      Browser browser, SmallSystem system, SignalSender signals, Indexing untrained)
      throws Exception {
    signals.send(
        new TrainingProgressed(
            Instant.now(),
            "r",
            "training",
            3,
            8,
            300,
            800,
            412,
            Map.of("total", 3.2, "global", 1.6),
            74));
    browser.awaitText("[data-notice=training]", "epoch 3 of 8");
    EncoderRelease release = system.release(1, Verdict.ACCEPTED, Map.of());
    Indexing trained = system.generation(2, release);
    signals.send(
        new GenerationProgressed(
            Instant.now(), 2, 0, Positions.START, 200, IMAGES / 2, IMAGES / 2));
    browser.awaitText("[data-notice=roll]", "Building, 50 %");
    browser.open(system.url("/#/encoders"));
    browser.awaitText("[data-version='1']", "accepted");
    browser.screenshot("encoders-during-roll");
    untrained.catchUp();
    trained.catchUp();
    system.enter(2, GenerationState.CAUGHT_UP);
    system.enter(2, GenerationState.VERIFIED);
    browser.awaitText("[data-notice=roll]", "Verified");
    system.goLive(2, 1);
    browser.awaitText(".toast", "Encoder 1 is live now");
    browser.awaitText("[data-version='1']", "generation 2: live");
    assertThat(browser.all("[data-notice=untrained]")).isEmpty();
  }

  /** No view is wider than the window, from a phone to a wall. */
  private static void fits(Browser browser, SmallSystem system) throws Exception {
    for (String scheme : List.of("light", "dark")) {
      for (int width : List.of(400, 900, 1280, 2000)) {
        browser.appear(width, 900, scheme);
        for (String view : List.of("search", "search?id=image-8", "sheet", "encoders", "system")) {
          browser.open(system.url("/#/" + view));
          browser.await("[data-view] h1");
          assertThat((Long) browser.run("return document.documentElement.scrollWidth"))
              .as(view + " at " + width)
              .isLessThanOrEqualTo(width);
          browser.screenshot(view.replaceAll("\\W", "-") + "-" + width + "-" + scheme);
        }
      }
    }
  }

  private static Indexing serveUntrained(SmallSystem system) throws Exception {
    for (int number = 0; number < IMAGES; number++) {
      system.put("image-" + number, Pictures.canonical(number, 96), Pictures.metadata(number));
    }
    Indexing indexing = system.generation(1, system.release(0, Verdict.UNTRAINED, Map.of()));
    indexing.catchUp();
    system.enter(1, GenerationState.VERIFIED);
    system.goLive(1, null);
    return indexing;
  }
}
