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
import infomax.runtime.access.ApiKey;
import infomax.runtime.access.ApiKeys;
import infomax.runtime.access.KeyFile;
import infomax.runtime.access.Scope;
import infomax.runtime.health.Health;
import infomax.runtime.http.HttpConfig;
import infomax.runtime.http.HttpServer;
import infomax.runtime.signal.SignalSender;
import infomax.search.SmallSystem.Indexing;
import infomax.testing.TestingKafka;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.awt.image.BufferedImage;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import javax.imageio.ImageIO;
import org.apache.kafka.clients.producer.Producer;
import org.awaitility.Awaitility;
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

  private static final int FIRST_PAINT_MILLIS_MAX = 1_000;
  private static final int LOADS_MAX = 5;
  private static final List<String> VIEWS =
      List.of(
          "search",
          "search?id=image-8&plus=image-9&minus=image-2&not=label:%22bars%22",
          "sheet",
          "sheet?beside=1",
          "encoders",
          "roll",
          "stream");

  @RegisterExtension static final TestingKafka KAFKA = TestingKafka.shared();

  @TempDir Path folder;
  @TempDir Path profile;
  @TempDir Path saved;

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

      paintsWithinASecond(browser, system);
      findsNeighboursOfADroppedImageAndGoesOn(browser);
      PageSearching searching = new PageSearching(browser);
      searching.cropsByMouseAndByKeyboard();
      searching.showsAPhotoUpright();
      searching.steersAndTakesBack(system);
      searching.filtersByWhatResultsCarry(system);
      paintsTheSheet(browser, system);
      showsTheStream(browser, system);
      showsTrainingAndRoll(browser, system, signals, untrained);
      comparesGenerationsAndSavesThePicture(browser, system);
      fits(browser, system);
      browser.appear(1280, 900, "light");
      PageDeciding deciding = new PageDeciding(browser, system, signals);
      deciding.startsATrainingAndCancelsIt();
      deciding.rollsBackOnceConfirmed();
      deciding.approvesOrRejectsAndPauses();
      saysWhyNothingIsToldAnyMore(browser);
      assertThat(browser.complaints()).isEmpty();
      asksForAKeyWhereOneIsNeeded(browser, system);
    }
  }

  private static void findsNeighboursOfADroppedImageAndGoesOn(Browser browser) throws Exception {
    browser.drop("mine.png", "image/png", Pictures.png(5, 96));
    browser.await("[data-role=hits] .tile");
    assertThat(browser.url()).contains("upload=");
    assertThat(browser.all("[data-role=hits] .tile").getFirst().getDomAttribute("data-id"))
        .isEqualTo("image-5");
    browser.awaitText("[data-role=provenance]", "Generation\n1");
    browser.screenshot("dropped-image");

    String next = browser.all("[data-role=hits] .tile").get(3).getDomAttribute("data-id");
    browser.run("document.querySelectorAll('[data-role=hits] .tile a')[3].click()");
    browser.awaitText("[data-role=details]", next);
    browser.await("[data-role=hits] .tile");
    assertThat(browser.all(".trail a")).hasSize(2);
    assertThat(browser.all("[data-role=hits] .tile[data-id='" + next + "']")).isEmpty();

    browser.drop("text.png", "image/png", "no image".getBytes(StandardCharsets.UTF_8));
    browser.awaitText(".problem", "This image cannot be read");
    assertThat(browser.all(".problem button")).as("trying again would not help").isEmpty();
    browser.screenshot("unreadable-image");
  }

  /** The fastest of a few loads: what else the machine does can only add to it. */
  private static void paintsWithinASecond(Browser browser, SmallSystem system) {
    double fastest = Double.MAX_VALUE;
    for (int load = 0; load < LOADS_MAX && fastest > FIRST_PAINT_MILLIS_MAX; load++) {
      browser.open(system.url("/?load=" + load));
      browser.awaitTrue("performance.getEntriesByName('first-contentful-paint').length > 0");
      Object millis =
          browser.run("return performance.getEntriesByName('first-contentful-paint')[0].startTime");
      fastest = Math.min(fastest, ((Number) Objects.requireNonNull(millis)).doubleValue());
    }
    System.out.println("first contentful paint after " + fastest + " ms");
    assertThat(fastest).isLessThanOrEqualTo(FIRST_PAINT_MILLIS_MAX);
    browser.await("[data-role=examples] .tile[data-id]");
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

  private static void showsTheStream(Browser browser, SmallSystem system) throws Exception {
    browser.open(system.url("/#/stream"));
    browser.await("[data-role=arrivals] a.tile");
    assertThat(browser.all("[data-role=arrivals] a.tile")).hasSize(24);
    browser.await("[data-chart='Images per second'] path.line");
    browser.awaitText("[data-role=rejected]", "Nothing was rejected");
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
    browser.screenshot("stream");
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
    // The list hears of the step at once, the notice with the next status.
    browser.awaitTrue("!document.querySelector('[data-notice=untrained]')");
  }

  private void comparesGenerationsAndSavesThePicture(Browser browser, SmallSystem system)
      throws Exception {
    browser.open(system.url("/#/sheet?seed=3&beside=1"));
    browser.await(".sheet[data-sides='2'][data-painted-millis]");
    long shared = browser.all(".sheet .cell[data-shared]").size() / 2;
    assertThat(shared).as("neighbours that two random encoders share").isPositive();
    browser.awaitText(
        "[data-role=overlap]", String.format(Locale.ROOT, "overlap@9 %.2f", shared / 90.0));
    browser.screenshot("sheet-beside");
    browser.saveTo(saved);
    browser.click("[data-role=save]");
    Path picture = saved.resolve("sheet-generation-2-generation-1-cosine-seed-3.png");
    Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> Files.exists(picture));
    BufferedImage drawn = ImageIO.read(picture.toFile());
    assertThat(drawn.getWidth()).isGreaterThan(2_000);
    assertThat(drawn.getHeight()).isGreaterThan(1_500);
    assertThat(Arrays.stream(drawn.getRGB(40, 80, 150, 1_600, null, 0, 150)).distinct().count())
        .as("colours in the column of the first images")
        .isGreaterThan(20);
    browser.open(system.url("/#/sheet?seed=3&by=label"));
    browser.awaitTrue("document.querySelectorAll('.sheet[data-painted-millis] .row').length === 4");
    browser.awaitText("[data-role=sheet-line]", "carry their row’s label");
  }

  /** No view is wider than the window, from a phone to a wall. */
  private static void fits(Browser browser, SmallSystem system) throws Exception {
    for (int width : List.of(400, 900, 2000)) {
      fits(browser, system, width, "light");
    }
    // Colours make nothing wider; for who looks at the pictures.
    fits(browser, system, 2000, "dark");
  }

  private static void fits(Browser browser, SmallSystem system, int width, String scheme)
      throws Exception {
    browser.appear(width, 900, scheme);
    for (String view : VIEWS) {
      browser.open(system.url("/#/" + view));
      browser.await("[data-view] h1");
      assertThat((Long) browser.run("return document.documentElement.scrollWidth"))
          .as(view + " at " + width)
          .isLessThanOrEqualTo(width);
      if (width != 900) {
        browser.screenshot(
            view.split("&", 2)[0].replaceAll("\\W", "-") + "-" + width + "-" + scheme);
      }
    }
  }

  /** As when a hundred others follow the service. */
  private static void saysWhyNothingIsToldAnyMore(Browser browser) {
    browser.run(
        """
        window.fetched = window.fetch;
        window.fetch = (path, options) => path === '/v1/events'
          ? Promise.resolve(Response.json(
              {code: 'overloaded', detail: 'there are 100 event streams already'}, {status: 503}))
          : window.fetched(path, options);
        window.dispatchEvent(new Event('pagehide'));
        window.dispatchEvent(new Event('pageshow'));
        """);
    browser.awaitText("[data-notice=lost]", "There are 100 event streams already.");
    browser.awaitText("#pulse", "refused, trying again");
    browser.run("window.fetch = window.fetched");
    browser.await("#pulse[data-state=live]");
    assertThat(browser.all("[data-notice=lost]")).isEmpty();
  }

  /** The same service once more, behind keys: images and the event stream need them too. */
  private void asksForAKeyWhereOneIsNeeded(Browser browser, SmallSystem system) throws Exception {
    Path keys = folder.resolve("keys");
    String key = ApiKeys.generate(new SecureRandom());
    String loader = ApiKeys.generate(new SecureRandom());
    Files.writeString(
        keys,
        KeyFile.line(new ApiKey("page", ApiKeys.hash(key), Set.of(Scope.READ), null))
            + "\n"
            + KeyFile.line(new ApiKey("loader", ApiKeys.hash(loader), Set.of(Scope.WRITE), null)));
    try (HttpServer server =
        HttpServer.start(
            new HttpConfig("127.0.0.1", 0, new HttpConfig.Access(keys, false, null, null), null),
            new Health(),
            new PrometheusMeterRegistry(PrometheusConfig.DEFAULT),
            List.of(system.service().routes()))) {
      browser.appear(1280, 900, "light");
      browser.open("http://127.0.0.1:" + server.port() + "/#/search?id=image-5");
      browser.awaitText("dialog[data-role=key]", "Enter an API key");
      browser.screenshot("key");
      enterKey(browser, "infomax_guess");
      browser.awaitText("dialog[data-role=key]", "is not let in");
      enterKey(browser, loader);
      browser.awaitText("dialog[data-role=key]", "Key 'loader' has the scopes [write]");
      browser.awaitText("dialog[data-role=key]", "this needs read");
      enterKey(browser, key);
      browser.await("[data-role=hits] .tile img[src^='blob:']");
      browser.await("#pulse[data-state=live]");
      assertThat(browser.all("dialog[data-role=key]")).isEmpty();
      assertThat(browser.all("[data-missing]")).isEmpty();
      assertThat(browser.run("return document.cookie")).isEqualTo("");
      browser.open("http://127.0.0.1:" + server.port() + "/#/encoders");
      browser.click("[data-role=train]");
      browser.click("dialog[open] button.main");
      browser.awaitText("dialog[data-role=key]", "this needs admin");
      browser.click("dialog[data-role=key] button[type=button]");
      browser.awaitText("dialog[open] .problem", "this needs admin");
      assertThat(browser.all("dialog[data-role=key]")).isEmpty();
      assertThat(browser.run("return Object.values(sessionStorage)")).isEqualTo(List.of(key));
    }
  }

  private static void enterKey(Browser browser, String key) {
    browser.run(
        """
        const dialog = document.querySelector('dialog[data-role=key]');
        dialog.querySelector('input').value = arguments[0];
        dialog.querySelector('button.main').click();
        """,
        key);
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
